#include "firmware/services/cloud/cloud_book.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

void CloudBook::open(const ports::CloudMemory& memory) {
  for (const auto& key : memory.trust_keys) trust_.put(key);
  take_claim(memory.claim);
  csr_ = memory.csr;
}

boost::asio::awaitable<Result<>> CloudBook::put(ports::Change change) {
  const ports::CloudChange cloud = change.cloud;
  const auto committed = co_await store_.commit(std::move(change));
  if (!committed) co_return fail(committed.error().in("the change could not be stored"));
  take(cloud);
  co_return Result<>{};
}

domain::RecordDraft CloudBook::record(const domain::Caller& caller, domain::RecordKind kind,
                                      json::object body) const {
  domain::RecordDraft draft{.kind = kind,
                            .time = clock_.wall(),
                            .clock = clock_.trust(),
                            .device = {},
                            .room = {},
                            .actor = {},
                            .body = std::move(body)};
  domain::put_actor(draft, caller.name, caller.signed_by);
  return draft;
}

void CloudBook::take(const ports::CloudChange& change) {
  for (const auto& kid : change.trust_keys_removed) trust_.remove(kid);
  for (const auto& key : change.trust_keys) trust_.put(key);
  if (change.claim) take_claim(*change.claim);
  if (change.csr) csr_ = *change.csr;
}

void CloudBook::take_claim(std::optional<domain::CloudClaim> claim) {
  claim_ = std::move(claim);
  certificate_ends_.reset();
  if (claim_) certificate_ends_ = domain::certificate_end(*claim_);
}

Result<> check_right(const domain::Caller& caller, domain::Right right, std::string_view what) {
  if (domain::allows(caller, right)) return {};
  return fail(ErrorCode::forbidden,
              caller.signed_for
                  ? cat("the key may not sign for this: ", what)
                  : cat("the role ", domain::name_of(caller.role), " may not ", what));
}

}  // namespace genkan::services
