#include "firmware/services/keys/lock_view.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/domain/locks/free_slots.hpp"
#include "firmware/services/keys/key_json.hpp"

namespace genkan::services {

namespace {

Result<> check_device(const KeyDesk& desk, const DeviceId& device) {
  const auto& directory = desk.needs().directory;
  if (directory.find(device) == nullptr) return fail(directory.why_not(device));
  return {};
}

json::array areas_json(const LockKeys& lock) {
  json::array areas;
  for (std::size_t i = 0; i < lock.model->areas.size(); ++i) {
    const auto& area = lock.model->areas[i];
    json::object object{{"name", area.name}, {"places", area.places}};
    object["taken"] = nullptr;
    object["enabled"] = area.needs_enabling ? json::value() : json::value(true);
    if (lock.image) {
      object["taken"] = std::ranges::count_if(
          lock.image->occupied, [i](const auto& entry) { return entry.first.area == i; });
      object["enabled"] =
          domain::is_enabled(*lock.model, static_cast<std::uint8_t>(i), lock.image->enabled_areas);
    }
    areas.emplace_back(std::move(object));
  }
  return areas;
}

json::object memory_json(const LockKeys& lock) {
  json::object object;
  object["areas"] = areas_json(lock);
  object["read_at"] = nullptr;
  if (lock.read_at != WallTime{}) object["read_at"] = format_time(lock.read_at);
  object["serial"] = nullptr;
  if (lock.serial) object["serial"] = *lock.serial;
  object["schedule_in_lock"] = lock.model->schedule_in_lock;
  object["clock_off_s"] = nullptr;
  if (lock.clock_off) object["clock_off_s"] = lock.clock_off->count();
  object["fault"] = lock.fault;
  return object;
}

json::array foreign_json(const LockKeys& lock) {
  json::array list;
  for (const auto& [address, reading] : lock.foreign) {
    if (address.area >= lock.model->areas.size()) continue;
    list.push_back({{"area", lock.model->areas[address.area].name},
                    {"slot", address.number},
                    {"card", reading.card}});
  }
  return list;
}

}  // namespace

Result<json::object> lock_view(const KeyDesk& desk, const KeySync& sync, const DeviceId& device) {
  if (auto known = check_device(desk, device); !known) return fail(known.error());
  const LockKeys lock = sync.keys_of(device);
  json::object object{{"device", device.str()}, {"memory", nullptr}};
  json::array keys;
  for (const auto& standing : lock.standings) {
    json::object key = key_json(desk, device, standing);
    key["owner"] = domain::name_of(standing.key.owner);
    key["id"] = standing.key.id;
    key["name"] = name_of(desk.book(), standing.key);
    keys.emplace_back(std::move(key));
  }
  object["keys"] = std::move(keys);
  object["foreign"] = json::array();
  if (lock.model == nullptr || !lock.model->has_memory()) return object;
  object["memory"] = memory_json(lock);
  object["foreign"] = foreign_json(lock);
  return object;
}

boost::asio::awaitable<Result<json::object>> check_lock(const KeyDesk& desk, KeySync& sync,
                                                        domain::Caller caller, DeviceId device,
                                                        std::chrono::milliseconds most) {
  if (auto may = desk.may_change(caller); !may) co_return fail(may.error());
  if (auto known = check_device(desk, device); !known) co_return fail(known.error());
  const auto* model = desk.needs().model_of(device);
  if (model == nullptr || !model->has_memory()) {
    co_return fail(ErrorCode::unsupported,
                   cat("'", device.str(), "' has no memory for codes and cards to read"));
  }
  if (desk.needs().clock.trust() == ClockTrust::untrusted) {
    co_return fail(
        ErrorCode::conflict,
        "the gateway does not know the time yet; until then no lock's memory is touched");
  }
  const bool read = co_await sync.read_now(device, most);
  if (!read) {
    co_return fail(ErrorCode::timeout, cat("the memory of '", device.str(),
                                           "' was not read in time; it is read as soon "
                                           "as the line has room for it"));
  }
  co_return lock_view(desk, sync, device);
}

}  // namespace genkan::services
