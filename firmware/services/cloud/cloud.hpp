#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/base/p256.hpp"
#include "firmware/services/cloud/claim_office.hpp"
#include "firmware/services/cloud/cloud_link.hpp"
#include "firmware/services/cloud/signed_desk.hpp"
#include "firmware/services/cloud/trust_office.hpp"

namespace genkan::services {

// All about the cloud: whom the gateway believes, whose it is, signed requests, and the line as the
// agent tells of it. Loop thread.
class Cloud {
 public:
  struct Needs {
    boost::asio::any_io_executor loop;
    ports::Store& store;
    ports::Fleet& fleet;
    const Clock& clock;
    const Directory& directory;
    Troubles& troubles;
    std::string gateway;
    CipherKey receiving;  // the secret that the receiving key follows from
    std::uint32_t requests_a_minute;
  };
  explicit Cloud(Needs needs);

  // Takes up what the disk remembers; the directory and the fleet have the site already.
  void start(const ports::CloudMemory& memory);
  // Once a second; troubles go into `change`.
  void tick(ports::Change& change);

  TrustOffice& trust() { return trust_; }
  ClaimOffice& claim() { return claim_; }
  SignedDesk& desk() { return desk_; }
  CloudLink& link() { return link_; }
  const CloudLink& link() const { return link_; }
  // Names this journal: another one begins anew with its numbers. Empty: it could not be read.
  const std::string& journal_id() const { return journal_id_; }

 private:
  CloudBook book_;
  const P256Key receiver_;  // for what clouds seal (docs/CLOUD.md)
  TrustOffice trust_{book_};
  ClaimOffice claim_{book_, receiver_.public_key()};
  CloudLink link_;
  SignedDesk desk_;
  std::string journal_id_;
};

}  // namespace genkan::services
