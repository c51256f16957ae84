#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/keys/turn.hpp"

namespace genkan::services {

// Whom the gateway believes and whose it is, as it is on disk. Loop thread.
class CloudBook {
 public:
  CloudBook(ports::Store& store, const Clock& clock, std::string gateway)
      : store_(store), clock_(clock), gateway_(std::move(gateway)) {}

  void open(const ports::CloudMemory& memory);

  const domain::TrustList& trust() const { return trust_; }
  const std::optional<domain::CloudClaim>& claim() const { return claim_; }
  // When the claim's certificate ends.
  std::optional<WallTime> certificate_ends() const { return certificate_ends_; }
  const std::string& csr() const { return csr_; }
  const std::string& gateway() const { return gateway_; }
  const Clock& clock() const { return clock_; }

  // Puts the change on disk and takes it over. ErrorCode as Store::commit.
  boost::asio::awaitable<Result<>> put(ports::Change change);
  // One change of trust and claim at a time.
  Turn& turn() { return turn_; }
  domain::RecordDraft record(const domain::Caller& caller, domain::RecordKind kind,
                             json::object body) const;

 private:
  void take(const ports::CloudChange& change);
  void take_claim(std::optional<domain::CloudClaim> claim);

  ports::Store& store_;
  const Clock& clock_;
  const std::string gateway_;
  domain::TrustList trust_;
  std::optional<domain::CloudClaim> claim_;
  std::optional<WallTime> certificate_ends_;
  std::string csr_;
  Turn turn_;
};

// ErrorCode::forbidden, with `what` the caller may not do.
Result<> check_right(const domain::Caller& caller, domain::Right right, std::string_view what);

}  // namespace genkan::services
