#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/mqtt/broker.hpp"
#include "firmware/base/certificate.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/p256.hpp"

namespace genkan::relay {

// A gateway as the contract has it, as far as the relay can tell: a journal, a list of trusted
// keys, an identity.
class FakeGateway {
 public:
  FakeGateway(std::string id, const Clock& clock);

  // The last `count` records as messages: every tenth an alarm, the others in batches of `batch`.
  // Alarms stand before the activity that was written with them.
  std::vector<mqtt::Inbound> write(int count, int batch = 1);
  mqtt::Inbound presence(bool online = true) const;
  mqtt::Inbound message(std::string_view end, std::string payload) const;
  // A restart; a restart with a new journal, whose numbers begin behind `first`.
  void restart();
  void begin_journal(std::string name, std::int64_t first);
  void forget_below(std::int64_t oldest);
  void forget(std::int64_t seq) { records_.erase(seq); }
  std::int64_t head() const { return records_.empty() ? base_ : records_.rbegin()->first; }

  struct Reply {
    int status;
    std::string body;
  };
  // What it answers to a request; counts it.
  Reply answer(const mqtt::Message& request);
  std::string csr() const;
  // What `genkan identity` prints.
  std::string papers() const { return csr() + receiver.public_key().to_pem(); }

  void trust(const std::string& kid, const P256Public& key) { trusted_.insert_or_assign(kid, key); }
  const std::map<std::string, P256Public>& trusted() const { return trusted_; }

  std::string id;
  std::string journal = "j-00000001";
  P256Key identity = P256Key::make();
  P256Key receiver = P256Key::make();
  std::optional<Certificate> certificate;
  bool answers = true;              // to anything
  std::size_t most_answer = 65536;  // bytes; longer ones are 413
  std::size_t padding = 0;          // bytes more in each record
  std::int64_t hidden_to = 0;       // pages pass over numbers up to here, as a broker could
  int pages = 0;                    // journal requests
  std::vector<std::string> opened;  // what was sealed in those that were carried out
  std::vector<std::string> done;    // signed requests carried out: "POST /v1/trust/keys by k-1"

 private:
  Reply journal_page(std::string_view query);
  Reply signed_request(const std::string& jws);
  Reply carry_out(const json::object& request, const std::string& kid);

  const Clock& clock_;
  int boots_ = 1;
  std::int64_t base_ = 0;
  std::map<std::int64_t, std::string> records_;
  std::map<std::string, P256Public> trusted_;
  std::set<std::string> seen_;
};

}  // namespace genkan::relay
