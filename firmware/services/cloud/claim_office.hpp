#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/services/cloud/cloud_book.hpp"

namespace genkan::services {

// Whose gateway this is (SITE-1, API-3). The agent's key never comes here: only its certificate
// request does. Loop thread.
class ClaimOffice {
 public:
  ClaimOffice(CloudBook& book, const P256Public& receiver) : book_(book), receiver_(receiver) {}

  // {"csr":PEM|null,"gateway","receiver":JWK}, the last being what clouds seal for.
  json::object identity() const;
  // {"csr"}, from the agent (Right::report): must be for this gateway.
  boost::asio::awaitable<Result<json::object>> set_identity(domain::Caller caller,
                                                            json::object request);

  // The claim, or ErrorCode::unknown.
  Result<json::object> get() const;
  // Takes an enrolment file (Right::claim): all its mistakes, or all of it, with its command keys.
  // A claimed gateway takes another contract or cloud only with its owner's consent; the same again
  // renews all of it, but brings a key of scope trust that was not there only with that consent
  // too, or from who may release the gateway: such a key speaks for the owner. Keys that came with
  // an earlier file and are not in this one go; with another contract, all others do.
  boost::asio::awaitable<Result<json::object>> claim(domain::Caller caller, json::object request);
  // {"certificate"}: a new one for the same key (Right::trust).
  boost::asio::awaitable<Result<json::object>> renew(domain::Caller caller, json::object request);
  // Right::release: the claim and all trusted keys go. {"released":contract}
  boost::asio::awaitable<Result<json::object>> release(domain::Caller caller);

 private:
  Result<> check_owner(const domain::Caller& caller, const domain::Enrolment& enrolment) const;
  bool is_of_owner(const domain::TrustKey& key) const;
  Result<ports::CloudChange> change_for(domain::Enrolment enrolment) const;
  domain::EnrolmentFacts facts() const;

  CloudBook& book_;
  const P256Public receiver_;
};

}  // namespace genkan::services
