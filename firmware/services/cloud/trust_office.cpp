#include "firmware/services/cloud/trust_office.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;
using domain::Right;

constexpr std::string_view what = "change the trusted keys";

Result<> check_place(const domain::TrustList& trust, const domain::TrustKey& key) {
  const auto* before = trust.find(key.kid);
  if (before != nullptr && !(before->key == key.key)) {
    return fail(ErrorCode::conflict,
                cat("another key has the id ", key.kid, "; remove it first, or choose another id"));
  }
  if (trust.has_room_for(key.kid)) return {};
  return fail(ErrorCode::conflict,
              cat("there are ", domain::most_trust_keys, " keys already; remove one first"));
}

}  // namespace

Result<> TrustOffice::check_owner(const domain::Caller& caller, const domain::TrustKey& key) const {
  const bool speaks_for_owner = key.scopes.has(domain::Scope::trust);
  if (!book_.claim() || !speaks_for_owner || domain::allows(caller, Right::release)) return {};
  return fail(ErrorCode::forbidden,
              cat("the gateway belongs to contract ", book_.claim()->contract,
                  ": a key of scope trust could release it, so only an administrator at the "
                  "gateway or a key that has this scope already may add one"));
}

boost::asio::awaitable<Result<json::object>> TrustOffice::add(domain::Caller caller,
                                                              json::object request) {
  if (auto may = check_right(caller, Right::trust, what); !may) co_return fail(may.error());
  auto key = domain::trust_key_from_json(request);
  if (!key) co_return fail(key.error());
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (auto owner = check_owner(caller, *key); !owner) co_return fail(owner.error());
  if (auto place = check_place(book_.trust(), *key); !place) co_return fail(place.error());
  key->added = book_.clock().wall();
  key->added_by = caller.name;
  ports::Change change;
  change.records.push_back(book_.record(
      caller, RecordKind::trust_key_added,
      {{"kid", key->kid}, {"name", key->name}, {"scopes", domain::to_json(key->scopes)}}));
  change.cloud.trust_keys.push_back(*key);
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return domain::to_json(*key);
}

boost::asio::awaitable<Result<json::object>> TrustOffice::remove(domain::Caller caller,
                                                                 std::string kid) {
  if (auto may = check_right(caller, Right::trust, what); !may) co_return fail(may.error());
  auto turn = co_await book_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto* key = book_.trust().find(kid);
  if (key == nullptr) {
    co_return fail(ErrorCode::unknown, cat("there is no trusted key '", printable(kid, 64), "'"));
  }
  if (caller.signed_for && !book_.trust().has_other_trustee(kid)) {
    co_return fail(ErrorCode::conflict,
                   "the last key of scope trust cannot remove itself; add the next one first");
  }
  ports::Change change;
  change.records.push_back(book_.record(caller, RecordKind::trust_key_removed,
                                        {{"kid", key->kid}, {"name", key->name}}));
  change.cloud.trust_keys_removed.push_back(std::move(kid));
  const auto saved = co_await book_.put(std::move(change));
  if (!saved) co_return fail(saved.error());
  co_return list();
}

}  // namespace genkan::services
