#include "cloud-agent/agent/lane.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr LaneForm alarms{"alarm", "agent-alarm", 1, 4, 20};
constexpr LaneForm activity{"activity", "agent-activity", 100, 2, 300};
constexpr std::size_t roomy = 64 * 1024;

std::vector<LaneRecord> records(std::int64_t first, std::int64_t last) {
  std::vector<LaneRecord> list;
  for (auto seq = first; seq <= last; ++seq) list.push_back({seq, cat("{\"seq\":", seq, "}")});
  return list;
}

std::vector<std::int64_t> numbers(const Lane::Batch& batch) {
  std::vector<std::int64_t> list;
  for (const auto& record : batch.records) list.push_back(record.seq);
  return list;
}

}  // namespace

TEST_CASE("lane: reads from its cursor on, and knows when there is nothing to read") {
  Lane lane(alarms);
  lane.saw_head(9);
  CHECK_FALSE(lane.wants_read());  // its cursor is not known yet
  lane.start(5);
  CHECK_FALSE(lane.wants_read());
  lane.saw_head(9);
  CHECK(lane.wants_read());
  CHECK(lane.scanned() == 5);
  lane.read(5, 20, 9, records(7, 8));
  CHECK(lane.scanned() == 9);
  CHECK_FALSE(lane.wants_read());
  CHECK(lane.cursor() == 6);
}

TEST_CASE("lane: a full page says nothing about what lies behind it") {
  Lane lane(alarms);
  lane.start(0);
  lane.saw_head(50);
  lane.read(0, 3, 50, records(10, 12));
  CHECK(lane.scanned() == 12);
  CHECK(lane.wants_read());
}

TEST_CASE("lane: a head seen after the read was sent is not believed") {
  Lane lane(alarms);
  lane.start(0);
  lane.saw_head(10);
  // While the read was under way, 11 was committed, an alarm.
  CHECK_FALSE(lane.committed(11, "{\"seq\":11}"));
  lane.read(0, 20, 10, records(4, 4));
  CHECK(lane.scanned() == 10);
  CHECK(lane.wants_read());
}

TEST_CASE("lane: a committed record that is the next needs no reading") {
  Lane lane(alarms);
  lane.start(5);
  CHECK(lane.committed(6, ""));  // of the other lane
  CHECK(lane.committed(7, "{\"seq\":7}"));
  CHECK(lane.committed(7, "{\"seq\":7}"));  // known already
  CHECK(lane.scanned() == 7);
  CHECK(lane.waiting() == 1);
  CHECK_FALSE(lane.committed(9, "{\"seq\":9}"));
  CHECK(lane.wants_read());
}

TEST_CASE("lane: an answer that comes late brings nothing twice") {
  Lane lane(alarms);
  lane.start(0);
  lane.saw_head(3);
  lane.read(0, 20, 3, records(1, 3));
  lane.read(0, 20, 3, records(1, 3));
  CHECK(lane.waiting() == 3);
}

TEST_CASE("lane: batches are bounded in records, bytes and number") {
  Lane lane(activity);
  lane.start(0);
  lane.read(0, 300, 0, records(1, 250));
  const Lane::Batch* batch = lane.next(roomy);
  REQUIRE(batch != nullptr);
  CHECK(batch->records.size() == 100);
  CHECK(json::parse(lane.payload(*batch)).at("records").as_array().size() == 100);
  batch = lane.next(100);
  REQUIRE(batch != nullptr);
  CHECK(lane.payload(*batch).size() <= 100);
  CHECK(batch->records.front().seq == 101);
  CHECK(lane.next(roomy) == nullptr);  // two in flight
}

TEST_CASE("lane: the cursor moves over what is acknowledged without a gap") {
  Lane lane(alarms);
  lane.start(0);
  lane.read(0, 20, 6, records(1, 4));
  const auto first = lane.next(roomy)->id;
  const auto second = lane.next(roomy)->id;
  const auto third = lane.next(roomy)->id;
  lane.acknowledged(second);
  CHECK(lane.cursor() == 0);
  lane.acknowledged(first);
  CHECK(lane.cursor() == 2);
  lane.acknowledged(third);
  CHECK(lane.cursor() == 3);
  lane.acknowledged(lane.next(roomy)->id);
  CHECK(lane.cursor() == 6);  // all scanned, nothing open
}

TEST_CASE("lane: what failed is sent again with all that followed, in order") {
  Lane lane(alarms);
  lane.start(0);
  lane.read(0, 20, 5, records(1, 5));
  const auto first = lane.next(roomy)->id;
  const auto second = lane.next(roomy)->id;
  const auto third = lane.next(roomy)->id;
  lane.failed(second);
  CHECK(lane.next(roomy) == nullptr);  // until the others are decided
  lane.acknowledged(third);
  lane.acknowledged(first);
  CHECK(lane.cursor() == 1);
  for (std::int64_t seq = 2; seq <= 5; ++seq) {
    const Lane::Batch* batch = lane.next(roomy);
    REQUIRE(batch != nullptr);
    CHECK(numbers(*batch) == std::vector{seq});
  }
}

TEST_CASE("lane: a batch that was not handed over is the next again") {
  Lane lane(activity);
  lane.start(0);
  lane.read(0, 300, 3, records(1, 3));
  const Lane::Batch* batch = lane.next(roomy);
  lane.put_back(batch->id);
  batch = lane.next(roomy);
  CHECK(numbers(*batch) == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("lane: what can never be delivered is cut, then left out, and the rest goes on") {
  Lane lane(activity);
  lane.start(0);
  lane.read(0, 300, 4, records(1, 4));
  CHECK_FALSE(lane.undeliverable(lane.next(roomy)->id));
  std::vector<std::int64_t> left_out;
  std::vector<std::int64_t> arrived;
  for (int i = 0; i < 4; ++i) {
    const Lane::Batch* batch = lane.next(roomy);
    REQUIRE(batch != nullptr);
    REQUIRE(batch->records.size() == 1);
    const auto seq = batch->records.front().seq;
    const auto id = batch->id;
    if (seq == 3) {
      left_out.push_back(lane.undeliverable(id).value());
    } else {
      lane.acknowledged(id);
      arrived.push_back(seq);
    }
  }
  CHECK(left_out == std::vector<std::int64_t>{3});
  CHECK(arrived == std::vector<std::int64_t>{1, 2, 4});
  CHECK(lane.cursor() == 4);
  // Behind them, batches are whole again.
  lane.read(4, 300, 8, records(5, 8));
  CHECK(lane.next(roomy)->records.size() == 4);
}

TEST_CASE("lane: receipts of a time before a new start change nothing") {
  Lane lane(alarms);
  lane.start(0);
  lane.read(0, 20, 2, records(1, 2));
  const auto old = lane.next(roomy)->id;
  lane.start(0);
  lane.read(0, 20, 2, records(1, 2));
  const auto present = lane.next(roomy)->id;
  CHECK(old != present);
  lane.acknowledged(old);
  CHECK(lane.cursor() == 0);
}

namespace {

// A broker without mercy: what it is handed arrives or not, and is acknowledged or not, by chance.
class Ordeal {
 public:
  Ordeal(LaneForm form, std::uint32_t seed) : lane(form), chance_(seed) { lane.start(0); }

  void step() {
    lane.saw_head(last);
    if (lane.wants_read() && one_in(3)) read();
    if (const Lane::Batch* batch = lane.next(roomy)) take(*batch);
    if (!open_.empty() && one_in(2)) decide();
  }

  static constexpr std::int64_t last = 400;
  Lane lane;
  std::set<std::int64_t> arrived;
  bool gap = false;  // something arrived ahead of what was before it, although nothing was lost

 private:
  struct Open {
    std::uint64_t id;
    bool lost;
  };

  bool one_in(std::uint32_t n) { return chance_() % n == 0; }

  void read() {
    const auto after = lane.scanned();
    const auto limit = std::min<std::size_t>(lane.most_to_read(), 1 + chance_() % 40);
    lane.read(after, limit, last,
              records(after + 1, std::min(last, after + static_cast<std::int64_t>(limit))));
  }

  void take(const Lane::Batch& batch) {
    if (one_in(5)) return lane.put_back(batch.id);
    const bool lost = one_in(6);
    const bool any_lost = std::any_of(open_.begin(), open_.end(), [](auto o) { return o.lost; });
    open_.push_back({batch.id, lost});
    if (lost) return;
    const auto before = batch.records.front().seq - 1;
    if (!any_lost && before > 0 && !arrived.contains(before)) gap = true;
    for (const auto& record : batch.records) arrived.insert(record.seq);
  }

  void decide() {
    const auto which = static_cast<std::ptrdiff_t>(chance_() % open_.size());
    const Open open = open_[static_cast<std::size_t>(which)];
    open_.erase(open_.begin() + which);
    // Also what arrived may be told as failed: the acknowledgement got lost.
    open.lost || one_in(6) ? lane.failed(open.id) : lane.acknowledged(open.id);
  }

  std::minstd_rand chance_;
  std::vector<Open> open_;
};

}  // namespace

TEST_CASE("lane: whatever the broker does, nothing is lost and the order holds") {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Ordeal ordeal(seed % 2 == 0 ? alarms : activity, seed);
    std::int64_t cursor = 0;
    bool back = false;
    bool ahead = false;
    for (int step = 0; step < 100'000 && ordeal.lane.cursor() < Ordeal::last; ++step) {
      ordeal.step();
      back = back || ordeal.lane.cursor() < cursor;
      cursor = ordeal.lane.cursor();
      // The cursor never moves over what has not arrived.
      ahead = ahead || (cursor > 0 && !ordeal.arrived.contains(cursor));
    }
    CHECK(ordeal.lane.cursor() == Ordeal::last);
    CHECK(ordeal.arrived.size() == Ordeal::last);
    CHECK_FALSE(ordeal.gap);
    CHECK_FALSE(back);
    CHECK_FALSE(ahead);
  }
}

}  // namespace genkan::agent
