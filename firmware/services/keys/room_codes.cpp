#include "firmware/services/keys/room_codes.hpp"

#include <array>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/card_text.hpp"
#include "firmware/services/keys/codes_in_use.hpp"
#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

namespace {

// The intercoms and entrances of common areas: where a room's code is typed.
std::vector<DeviceId> common_doors(const KeyDesk& desk, const BuildingId& building) {
  std::vector<DeviceId> doors;
  const auto& site = desk.inventory();
  for (const auto& room : site.rooms) {
    if (!room.common || room.building != building) continue;
    for (const auto& device : site.devices) {
      const bool door = not_a_door(desk.needs().directory, device.id).empty();
      if (door && in_room(site, device.id, room.id)) doors.push_back(device.id);
    }
  }
  return doors;
}

}  // namespace

Result<> RoomCodes::check(const RoomId& id) const {
  const auto* room = desk_.inventory().room(id);
  if (room == nullptr) {
    return fail(ErrorCode::unknown, cat("there is no room '", printable(id.str(), 48), "'"));
  }
  if (!room->common) return {};
  return fail(ErrorCode::invalid,
              cat("'", room->name, "' is a common area; only a dwelling has a door code"));
}

Result<json::object> RoomCodes::one(const domain::Caller& caller, const RoomId& room,
                                    Secrets secrets) const {
  if (auto may = desk_.may_see(caller, secrets); !may) return fail(may.error());
  if (auto checked = check(room); !checked) return fail(checked.error());
  const domain::Code* code = desk_.book().room_code(room);
  json::object object{{"room", room.str()}, {"set", code != nullptr}};
  if (secrets == Secrets::shown) {
    object["code"] = code == nullptr ? json::value() : code_json(*code);
  }
  return object;
}

Result<domain::Code> RoomCodes::code_for(const RoomId& room, const json::object& request) const {
  static constexpr std::array<std::string_view, 1> known{"code"};
  Faults faults;
  const JsonFields fields(request, "", known, faults);
  if (!fields.has("code")) fields.fault("code", "is missing; give 4 to 8 digits");
  const auto wish = read_code_wish(fields, "code");
  if (faults.any()) return fail(faults.result().error());
  const auto doors = common_doors(desk_, desk_.inventory().room(room)->building);
  const CodesInUse in_use(desk_, doors, std::nullopt, room.str());
  const auto taken = [&in_use](const domain::Code& code) { return in_use.has(code); };
  auto code = domain::code_from_pattern(wish.pattern, desk_.needs().random, taken);
  if (!code) return fail(code.error().in("code"));
  if (in_use.has(*code)) {
    return fail(ErrorCode::conflict, "code: cannot be used in this building; choose another");
  }
  return code;
}

boost::asio::awaitable<Result<>> RoomCodes::save(domain::Caller caller, RoomId room,
                                                 std::optional<domain::Code> code) {
  ports::Change change;
  auto record = desk_.record(caller, domain::RecordKind::room_code_changed,
                             {{"what", code ? "set" : "removed"}});
  record.room = room;
  change.records.push_back(std::move(record));
  change.keys.room_codes.emplace_back(room, std::move(code));
  auto done = co_await desk_.put(std::move(change));
  if (done) desk_.changed();
  co_return done;
}

boost::asio::awaitable<Result<json::object>> RoomCodes::set(domain::Caller caller, RoomId room,
                                                            json::object request, Secrets secrets) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk_.may_see(caller, secrets); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (auto checked = check(room); !checked) co_return fail(checked.error());
  auto code = code_for(room, request);
  if (!code) co_return fail(code.error());
  const domain::Code* before = desk_.book().room_code(room);
  if (before == nullptr || !(*before == *code)) {
    auto saved = co_await save(caller, room, std::move(*code));
    if (!saved) co_return fail(saved.error());
  }
  co_return one(caller, room, secrets);
}

boost::asio::awaitable<Result<json::object>> RoomCodes::remove(domain::Caller caller, RoomId room) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (auto checked = check(room); !checked) co_return fail(checked.error());
  if (desk_.book().room_code(room) != nullptr) {
    auto saved = co_await save(caller, room, std::nullopt);
    if (!saved) co_return fail(saved.error());
  }
  co_return one(caller, room, Secrets::hidden);
}

}  // namespace genkan::services
