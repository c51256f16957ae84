#include "firmware/services/keys/key_desk.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/cloud/cloud_book.hpp"

namespace genkan::services {

namespace {

bool any_area(const domain::LockModel* model, bool domain::SlotArea::* takes) {
  return model != nullptr &&
         std::ranges::any_of(model->areas, [takes](const auto& area) { return area.*takes; });
}

}  // namespace

Result<> KeyDesk::may_change(const domain::Caller& caller) const {
  if (auto may = check_right(caller, domain::Right::keys, "change keys"); !may) return may;
  if (domain::is_unsigned_cloud(caller) && !needs_.policy.unsigned_commands) {
    return fail(ErrorCode::forbidden,
                "changes from the cloud must be signed; unsigned ones are refused here");
  }
  return {};
}

Result<> KeyDesk::may_see(const domain::Caller& caller, Secrets secrets) const {
  const bool cloud = caller.role == domain::Role::cloud;
  const bool may = !cloud && domain::allows(caller, domain::Right::keys);
  if (secrets == Secrets::hidden || may) return {};
  return fail(ErrorCode::forbidden, cat("the role ", domain::name_of(caller.role),
                                        " may not see codes and card numbers"));
}

boost::asio::awaitable<Result<>> KeyDesk::put(ports::Change change) {
  const ports::KeyChange keys = change.keys;
  auto committed = co_await needs_.store.commit(std::move(change));
  if (!committed) co_return fail(committed.error().in("the change could not be stored"));
  apply(keys, needs_.book);
  if (needs_.applied) needs_.applied(keys);
  co_return Result<>{};
}

void KeyDesk::changed() const {
  if (needs_.changed) needs_.changed();
}

domain::RecordDraft KeyDesk::record(const domain::Caller& caller, domain::RecordKind kind,
                                    json::object body) const {
  domain::RecordDraft draft{.kind = kind,
                            .time = needs_.clock.wall(),
                            .clock = needs_.clock.trust(),
                            .device = {},
                            .room = {},
                            .actor = {},
                            .body = std::move(body)};
  domain::put_actor(draft, caller.name, caller.signed_by);
  return draft;
}

std::string KeyDesk::new_id(std::string_view prefix,
                            const std::function<bool(const std::string&)>& used) const {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // none look alike
  constexpr int shortest = 8;
  constexpr int longest = 40;
  for (int length = shortest;; length = std::min(length + 1, longest)) {
    std::string id(prefix);
    id += '-';
    for (int i = 0; i < length; ++i) {
      id += alphabet[needs_.random(static_cast<std::uint32_t>(alphabet.size()))];
    }
    if (!used(id)) return id;
  }
}

bool KeyDesk::keeps_codes(const DeviceId& device) const {
  return any_area(needs_.model_of(device), &domain::SlotArea::codes);
}

bool KeyDesk::keeps_cards(const DeviceId& device) const {
  return any_area(needs_.model_of(device), &domain::SlotArea::cards);
}

void apply(const ports::KeyChange& change, domain::KeyBook& book) {
  const auto remove = [&book](const auto& ids) {
    for (const auto& id : ids) book.remove(id);
  };
  const auto put = [&book](const auto& records) {
    for (const auto& record : records) book.put(record);
  };
  remove(change.reservations_removed);
  remove(change.key_groups_removed);
  remove(change.validity_groups_removed);
  remove(change.holders_removed);
  remove(change.temporary_keys_removed);
  put(change.key_groups);
  put(change.validity_groups);
  put(change.reservations);
  put(change.holders);
  put(change.temporary_keys);
  for (const auto& [room, code] : change.room_codes) book.put_room_code(room, code);
}

}  // namespace genkan::services
