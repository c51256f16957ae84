#include "tests/long/cloud_fault/proof.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>

#include "firmware/base/text.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {

namespace {

constexpr int most_examples = 12;
constexpr std::string_view pulsed_lock = "bike-room-lock";
// A lock that is turned by a pulse moves 250 ms after the write that begins it.
constexpr std::int64_t most_pulse_ns = 300'000'000;
// Both clocks are read one after the other, and the clock of the day may be set a little.
constexpr std::int64_t clock_slack_ns = 50'000'000;

// A bolt, as its events go by.
struct Bolt {
  std::string rest = "locked";  // all bolts lie thrown at first
  std::optional<std::int64_t> begun_ns;
  std::int64_t written_ns = 0;  // the last write to its contact
};

std::int64_t time_of(const json::object& move) { return move.at("t_ns").to_number<std::int64_t>(); }

std::int64_t beginning(const Bolt& bolt, const json::object& move) {
  const auto at = time_of(move);
  const bool by_write = text_at(move, "by") == "bus" && at - bolt.written_ns <= most_pulse_ns;
  return by_write ? bolt.written_ns : at;
}

bool covers(const Order& order, const Movement& movement) {
  return order.device == movement.device && order.lock == movement.lock &&
         order.sent_ns <= movement.begun_ns &&
         (order.answered_ns == 0 || movement.begun_ns <= order.answered_ns);
}

std::string name_of(const Order& order) {
  return cat(order.lock ? "lock " : "unlock ", order.device, " sent at ", order.sent_ns,
             " good until ", order.expires_ns, " answered at ", order.answered_ns, ": ",
             order.verdict, ' ', order.reason, " after ", order.sends, " sendings: ", order.answer);
}

}  // namespace

void Findings::check(bool holds, const std::string& sentence) {
  std::printf("%s  %s\n", holds ? "ok    " : "FAILED", sentence.c_str());
  if (!holds) ++faults_;
  examples_ = 0;
}

void Findings::example(const std::string& sentence) {
  if (++examples_ <= most_examples) std::printf("        %s\n", sentence.c_str());
}

std::vector<Movement> movements(const std::vector<json::object>& moves) {
  std::vector<Movement> found;
  std::map<std::string, Bolt> bolts;
  for (const auto& move : moves) {
    const auto device = text_at(move, "device");
    const auto what = text_at(move, "what");
    Bolt& bolt = bolts[device];
    if (what == "coil") bolt.written_ns = time_of(move);
    if (what != "bolt") continue;
    const auto word = text_at(move, "value");
    if (!bolt.begun_ns) bolt.begun_ns = beginning(bolt, move);
    if (word == "moving") continue;
    found.push_back({device, word == "locked", *bolt.begun_ns});
    // Back where it was: two ways, of which the log has one end.
    if (word == bolt.rest) found.push_back(found.back());
    bolt.rest = word;
    bolt.begun_ns.reset();
  }
  return found;
}

MovedBy attribute(Findings& findings, const std::vector<Movement>& movements,
                  const std::vector<Order>& orders) {
  std::map<std::string, std::vector<const Order*>> by_door;
  for (const auto& order : orders) by_door[order.device].push_back(&order);
  MovedBy moved;
  int unasked = 0;
  for (const auto& movement : movements) {
    const auto& list = by_door[movement.device];
    const auto found = std::ranges::find_if(
        list, [&movement](const Order* order) { return covers(*order, movement); });
    if (found != list.end()) {
      moved[*found].push_back(movement.begun_ns);
      continue;
    }
    ++unasked;
    findings.example(cat(movement.device, movement.lock ? " locked" : " unlocked", " at ",
                         movement.begun_ns, " without a command"));
  }
  findings.check(!movements.empty() && unasked == 0,
                 cat("movements of bolts: ", movements.size(), "; of no command: ", unasked));
  return moved;
}

void check_movements(Findings& findings, const MovedBy& moved, const std::vector<Order>& orders) {
  int doubled = 0;
  int late = 0;
  for (const auto& [order, times] : moved) {
    if (times.size() > 1) {
      ++doubled;
      findings.example("moved twice: " + name_of(*order));
    }
    if (times.back() >= order->expires_ns + clock_slack_ns) {
      ++late;
      findings.example(cat("moved at ", times.back(), ": ", name_of(*order)));
    }
  }
  int unmoved = 0;
  int moved_all_the_same = 0;
  for (const auto& order : orders) {
    const bool moves = moved.contains(&order);
    const bool not_begun = order.verdict == "expired" || order.verdict == "refused";
    if (order.verdict == "done" && !moves) {
      ++unmoved;
      findings.example("done, but nothing moved: " + name_of(order));
    }
    if (not_begun && moves) {
      ++moved_all_the_same;
      findings.example("moved all the same: " + name_of(order));
    }
  }
  findings.check(doubled == 0, cat("commands that moved a bolt twice: ", doubled));
  findings.check(late == 0, cat("movements after the command's expiry: ", late));
  findings.check(unmoved == 0, cat("done without a movement: ", unmoved));
  findings.check(moved_all_the_same == 0,
                 cat("expired or refused, and moved: ", moved_all_the_same));
}

void show_answers(const MovedBy& moved, const std::vector<Order>& orders) {
  struct Count {
    int all = 0, moved = 0;
  };
  std::map<std::string, Count> words;
  for (const auto& order : orders) {
    const bool plain = order.reason.empty() || order.reason == "none";
    Count& count = words[plain ? order.verdict : cat(order.verdict, " (", order.reason, ')')];
    ++count.all;
    if (moved.contains(&order)) ++count.moved;
  }
  for (const auto& [word, count] : words) {
    std::printf("        %6d %s; %d moved a bolt\n", count.all, word.c_str(), count.moved);
  }
}

void check_answers(Findings& findings, const std::vector<Order>& orders) {
  int unanswered = 0;
  int untrue = 0;
  int unread = 0;
  int early = 0;
  // Counts it and shows it.
  const auto is_wrong = [&findings](bool wrong, const Order& order, int& count) {
    if (!wrong) return;
    ++count;
    findings.example(cat(name_of(order), "; there it is ", order.there));
  };
  for (const auto& order : orders) {
    const bool rests = order.bolt == "locked" || order.bolt == "unlocked";
    const auto& wanted = order.lock ? "locked" : "unlocked";
    // Nothing but the next command could have moved it since, and there was none. But a lock that
    // is turned by a pulse does not tell that it is on its way: where the time was up, or the
    // gateway was killed and read it as soon as it was back, it may be.
    const bool on_its_way =
        order.device == pulsed_lock && (order.verdict == "unknown_outcome" ||
                                        (order.verdict != "done" && order.reason == "timed_out"));
    const bool other = rests && !on_its_way && !order.there.empty() && order.bolt != order.there;
    is_wrong(order.verdict.empty(), order, unanswered);
    is_wrong(order.verdict == "unknown_outcome" && order.bolt.empty(), order, unread);
    is_wrong(other || (order.verdict == "done" && order.bolt != wanted), order, untrue);
    is_wrong(order.reason == "403 expired" && order.answered_ns + clock_slack_ns < order.expires_ns,
             order, early);
  }
  findings.check(unanswered == 0, cat("commands without a final answer: ", unanswered));
  findings.check(unread == 0, cat("unknown outcomes without the state read back: ", unread));
  findings.check(untrue == 0, cat("answers that say of the bolt what is not so: ", untrue));
  findings.check(early == 0, cat("told to be expired before they were: ", early));
}

}  // namespace genkan::test
