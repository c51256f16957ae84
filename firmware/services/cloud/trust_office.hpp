#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/cloud/cloud_book.hpp"

namespace genkan::services {

// The keys whose signatures are believed (Right::trust changes them). Loop thread.
class TrustOffice {
 public:
  explicit TrustOffice(CloudBook& book) : book_(book) {}

  // {"keys":[K…]}
  json::object list() const { return domain::to_json(book_.trust()); }
  // K: the key as it stands afterwards. A key of the same id is changed if it is the same key, and
  // a conflict otherwise; more than domain::most_trust_keys are a conflict too. A key of scope
  // trust speaks for the owner (it releases, and signs consents): while the gateway is claimed,
  // only who may release it adds one.
  boost::asio::awaitable<Result<json::object>> add(domain::Caller caller, json::object request);
  // {"keys":[K…]} as it stands afterwards. Who signs cannot remove the last key of scope trust:
  // nobody could change the trust over the line any more.
  boost::asio::awaitable<Result<json::object>> remove(domain::Caller caller, std::string kid);

 private:
  Result<> check_owner(const domain::Caller& caller, const domain::TrustKey& key) const;

  CloudBook& book_;
};

}  // namespace genkan::services
