#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/json.hpp"
#include "firmware/services/keys/keys.hpp"
#include "firmware/services/site_office.hpp"
#include "firmware/services/transfer/transfer.hpp"

namespace genkan::services {

// What came of a document that was given to be taken over: its mistakes, or what it brings.
struct TransferAnswer {
  std::vector<Problem> problems;
  // {"gateway","made","site":{"buses","rooms","devices"},"key_groups":{"added","changed","removed",
  //  "same"},"validity_groups","holders","reservations","temporary_keys","room_codes":{…},
  //  "slot_notes","table_until"|null,"warnings":[…]}
  json::object brings;
};

// Site and keys of one gateway for another (docs/SECRETS.md). Errors as the reservation office's.
// Loop thread.
class TransferOffice {
 public:
  struct Needs {
    const Directory& directory;
    Keys& keys;
    SiteOffice& site;
  };
  explicit TransferOffice(const Needs& needs) : needs_(needs) {}

  // This gateway as a receiver: "GENKANR1.…". No secret.
  std::string receiver() const;
  // All of it, codes and cards sealed for that receiver; recorded, since secrets leave the gateway.
  // For who may see them.
  boost::asio::awaitable<Result<json::object>> take_out(domain::Caller caller,
                                                        std::string receiver);
  // Makes the document's site and keys those of this gateway, in place of its own: all in one
  // commit, or nothing. `check_only`: only tells what it would bring. For who may change both site
  // and keys.
  boost::asio::awaitable<Result<TransferAnswer>> take_in(domain::Caller caller, std::string text,
                                                         bool check_only);

 private:
  Result<> may_take_in(const domain::Caller& caller) const;

  Needs needs_;
};

}  // namespace genkan::services
