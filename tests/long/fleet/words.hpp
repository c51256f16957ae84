#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "tests/long/fleet/packets.hpp"

namespace genkan::fleet {

// What a simulated gateway says (docs/CLOUD.md): records by their numbers, states, presence,
// answers. It believes every signature: what is measured is the cloud's end.
class Words {
 public:
  // `number` tells gateways apart; `kid` is the command key of its enrolment.
  Words(std::string gateway, unsigned number, std::string kid);

  // Every twentieth record is an alarm.
  static bool is_alarm(std::int64_t seq) { return seq % 20 == 0; }
  std::string record(std::int64_t seq) const;  // the same at every call
  std::string presence(std::int64_t head) const;
  static std::string offline();
  // A lock's; `turn` says which of its two states.
  std::string state(unsigned turn) const;

  struct Reply {
    int status = 0;
    std::string body;
    bool moved = false;  // a command was carried out
  };
  // `head` of the journal; a record follows if something moved, and has the next number.
  Reply reply(const Arrived& request, std::int64_t head);

 private:
  Reply journal_page(std::string_view query, std::int64_t head) const;
  Reply signed_request(const std::string& envelope, std::int64_t head);
  Reply carry_out(const json::object& request, std::int64_t head);

  std::string gateway_, journal_, boot_;
  WallTime since_;
  std::set<std::string, std::less<>> trusted_;
  std::deque<std::pair<std::string, Reply>> ledger_;  // by jti; the last ones
};

}  // namespace genkan::fleet
