#pragma once

#include <chrono>

#include "tests/unit/devices/fake_memory.hpp"

namespace genkan::devices::test {

// A world with the shipped models of locks beside the small ones, and calls on their memories.
class MemoryWorld : public World {
 public:
  MemoryWorld();

  template <class T>
  using Call = std::shared_ptr<Pending<Result<T>>>;

  Call<ports::MemoryRead> read(const std::string& id,
                               std::chrono::milliseconds within = std::chrono::minutes(1));
  Call<ports::SlotWritten> write(const std::string& id, domain::SlotAddress address,
                                 domain::SlotContent content,
                                 std::chrono::milliseconds within = std::chrono::seconds(10));
  Call<void> remove(const std::string& id, domain::SlotAddress address,
                    std::chrono::milliseconds within = std::chrono::seconds(10));
  Call<std::chrono::local_seconds> clock(
      const std::string& id, std::chrono::milliseconds within = std::chrono::seconds(10));
  Call<void> set_clock(const std::string& id, std::chrono::local_seconds now,
                       std::chrono::milliseconds within = std::chrono::seconds(10));
  Call<ports::MemoryMark> mark(const std::string& id,
                               std::chrono::milliseconds within = std::chrono::seconds(10));

  // The same, and time passes until it has ended.
  template <class T>
  Result<T> ended(const Call<T>& call) {
    finish(*call);
    return call->value.value_or(fail(ErrorCode::internal, "it never ended"));
  }
};

domain::SlotContent code(const std::string& digits,
                         std::optional<domain::LockSchedule> schedule = {});
domain::SlotContent card(const std::string& hex, std::optional<domain::LockSchedule> schedule = {});
domain::LocalTime local(const std::string& text);

}  // namespace genkan::devices::test
