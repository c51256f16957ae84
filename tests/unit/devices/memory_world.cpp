#include "tests/unit/devices/memory_world.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/devices/spawn.hpp"

namespace genkan::devices::test {

MemoryWorld::MemoryWorld() {
  Problems problems;
  auto shipped = profile::Catalog::load({cat(GENKAN_SOURCE_DIR, "/drivers/profiles")}, problems);
  for (const std::string model : {"el-100", "io-80", "pk-9", "pk-9s", "sb-8"}) {
    const auto* profile = shipped.profile(model);
    REQUIRE(profile != nullptr);
    models.add(*profile, problems);
  }
  REQUIRE(problems.as_error().message().empty());
}

MemoryWorld::Call<ports::MemoryRead> MemoryWorld::read(const std::string& id,
                                                       std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->memories().read(DeviceId(id), time.steady() + within));
}

MemoryWorld::Call<ports::SlotWritten> MemoryWorld::write(const std::string& id,
                                                         domain::SlotAddress address,
                                                         domain::SlotContent content,
                                                         std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->memories().write(DeviceId(id), address, std::move(content),
                                                    time.steady() + within));
}

MemoryWorld::Call<void> MemoryWorld::remove(const std::string& id, domain::SlotAddress address,
                                            std::chrono::milliseconds within) {
  return spawn_boxed(*this,
                     fleet->memories().remove(DeviceId(id), address, time.steady() + within));
}

MemoryWorld::Call<std::chrono::local_seconds> MemoryWorld::clock(const std::string& id,
                                                                 std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->memories().clock(DeviceId(id), time.steady() + within));
}

MemoryWorld::Call<void> MemoryWorld::set_clock(const std::string& id,
                                               std::chrono::local_seconds now,
                                               std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->memories().set_clock(DeviceId(id), now, time.steady() + within));
}

MemoryWorld::Call<ports::MemoryMark> MemoryWorld::mark(const std::string& id,
                                                       std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->memories().mark(DeviceId(id), time.steady() + within));
}

domain::SlotContent code(const std::string& digits, std::optional<domain::LockSchedule> schedule) {
  return {.key = *domain::Code::parse(digits), .schedule = std::move(schedule)};
}

domain::SlotContent card(const std::string& hex, std::optional<domain::LockSchedule> schedule) {
  return {.key = *domain::CardNumber::parse(hex), .schedule = std::move(schedule)};
}

domain::LocalTime local(const std::string& text) {
  const auto time = domain::parse_local(text);
  REQUIRE(time);
  return *time;
}

}  // namespace genkan::devices::test
