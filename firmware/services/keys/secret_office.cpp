#include "firmware/services/keys/secret_office.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_json.hpp"

namespace genkan::services {

namespace {

using domain::KeyOwner;
using domain::KeyRef;

template <class Ids>
bool has(const Ids& ids, const std::string& id) {
  return std::ranges::any_of(ids, [&id](const auto& one) { return one.str() == id; });
}

// Whether the change brings another secret in its place. `loses_code`: the record may have none.
template <class Records, class LosesCode>
bool is_given_anew(const Records& records, const KeyRef& key, LosesCode loses_code) {
  return std::ranges::any_of(records, [&](const auto& record) {
    if (record.id.str() != key.id) return false;
    return key.card ? record.card.has_value() : record.code.has_value() || loses_code(record);
  });
}

// As ports::KeyChange says what becomes of a sealed secret that does not open.
bool is_resolved(const KeyRef& key, const ports::KeyChange& change) {
  switch (key.owner) {
    case KeyOwner::reservation:
      return has(change.reservations_removed, key.id) ||
             is_given_anew(change.reservations, key, [](const domain::Reservation& one) {
               return !domain::has_code(one.kind) && one.kind != domain::KeyKind::software_code;
             });
    case KeyOwner::holder:
      return has(change.holders_removed, key.id) ||
             is_given_anew(change.holders, key, [](const domain::Holder&) { return false; });
    case KeyOwner::room:
      return std::ranges::any_of(change.room_codes,
                                 [&key](const auto& one) { return one.first.str() == key.id; });
    case KeyOwner::temporary_key:
    case KeyOwner::resident: break;
  }
  return false;
}

}  // namespace

boost::asio::awaitable<Result<json::object>> SecretOffice::rotate(domain::Caller caller) {
  if (!domain::allows(caller.role, domain::Right::install)) {
    co_return fail(ErrorCode::forbidden,
                   cat("the role ", domain::name_of(caller.role), " may not rotate the key"));
  }
  auto record = desk_.record(caller, domain::RecordKind::secrets_rotated, {});
  const auto rotated = co_await desk_.needs().store.rotate_key(std::move(record));
  if (!rotated) co_return fail(rotated.error());
  co_return json::object{{"rotated", true}};
}

void SecretOffice::resolve(const ports::KeyChange& change) {
  if (facts_.unreadable.empty()) return;
  const auto gone = std::erase_if(
      facts_.unreadable, [&change](const KeyRef& key) { return is_resolved(key, change); });
  if (gone == 0) return;
  ports::Change told;
  judge(told);
  desk_.needs().store.submit(std::move(told));
}

void SecretOffice::judge(ports::Change& change) {
  const auto standing = facts_.unreadable.empty() ? domain::Standing::no : domain::Standing::yes;
  troubles_.rule({domain::TroubleKind::secrets_unreadable, {}, {}}, standing, whose(), change);
}

// "the code of 'Anna', the card of 'Ben' and 3 more; …"
std::string SecretOffice::whose() const {
  constexpr std::size_t most = 6;
  const auto& keys = facts_.unreadable;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, keys.size()); ++i) {
    const std::string_view which = keys[i].card ? "the card of " : "the code of ";
    text += cat(i > 0 ? ", " : "", which, keys[i].owner == KeyOwner::room ? "room " : "", "'",
                printable(name_of(desk_.book(), keys[i]), 60), "'");
  }
  if (keys.size() > most) text += cat(" and ", keys.size() - most, " more");
  return cat(text, ": put the copy of gateway.key back, or give new ones");
}

}  // namespace genkan::services
