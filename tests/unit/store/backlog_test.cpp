#include "firmware/store/backlog.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

TEST_CASE("backlog: comes out in order, in bounded portions, and back to the front") {
  Backlog backlog;
  for (int i = 0; i < 10; ++i) {
    auto change = one_record(cat(i));
    change.records.push_back(draft(cat(i)));
    backlog.submit(std::move(change));
  }
  CHECK(backlog.drafts() == 20);
  auto jobs = backlog.take(100, 7);
  REQUIRE(jobs.size() == 3);
  CHECK(backlog.drafts() == 14);
  backlog.put_back(std::move(jobs));
  CHECK(backlog.drafts() == 20);
  CHECK(backlog.take(2, 100).size() == 2);
  CHECK(backlog.take(1, 1).front().change.records[0].device.str() == "2");
}

TEST_CASE("backlog: callers beyond the bound are busy") {
  boost::asio::io_context loop;
  Backlog backlog;
  const auto add = [&](std::size_t records) {
    Job job;
    job.change.records.assign(records, draft("lock-101"));
    job.caller = std::make_shared<Waiting>(loop.get_executor());
    return backlog.add(std::move(job));
  };
  REQUIRE(add(Backlog::most_drafts).has_value());
  CHECK(add(1).error().code() == ErrorCode::busy);
  CHECK(backlog.take_callers().size() == 1);
  for (std::size_t i = 0; i < Backlog::most_callers; ++i) REQUIRE(add(0).has_value());
  CHECK(add(0).error().code() == ErrorCode::busy);
  CHECK(backlog.callers() == Backlog::most_callers);
  CHECK(backlog.drafts() == 0);
}

TEST_CASE("backlog: what is given up leaves its change of state to the next change") {
  Backlog backlog;
  auto first = one_record("first");
  first.held = {{DeviceId("a"), true}, {DeviceId("b"), true}};
  first.troubles_set = {{{domain::TroubleKind::tamper, DeviceId("a"), {}}, WallTime{}, ""}};
  first.inventory = sample_inventory();
  backlog.submit(std::move(first));
  auto second = one_record("second");
  second.held = {{DeviceId("a"), false}};
  second.troubles_cleared = {{domain::TroubleKind::tamper, DeviceId("a"), {}}};
  backlog.submit(std::move(second));
  ports::Change flood;
  flood.records.assign(Backlog::most_drafts - 1, draft("flood"));
  backlog.submit(std::move(flood));
  CHECK(backlog.lost() == 1);
  CHECK(backlog.drafts() == Backlog::most_drafts);
  const auto jobs = backlog.take(1, 1);
  const auto& change = jobs.front().change;
  CHECK(change.records.front().device.str() == "second");
  CHECK(change.inventory.has_value());
  CHECK(change.troubles_set.empty());
  CHECK(change.troubles_cleared.size() == 1);
  const std::vector<std::pair<DeviceId, bool>> held{{DeviceId("b"), true}, {DeviceId("a"), false}};
  CHECK(change.held == held);
}

TEST_CASE("backlog: alarms alone are given up too, the oldest first, at the bound") {
  Backlog backlog;
  for (std::size_t i = 0; i < Backlog::most_drafts + 3; ++i) {
    ports::Change change;
    change.records = {draft(cat(i), domain::RecordKind::alarm, domain::RecordLane::alarm)};
    backlog.submit(std::move(change));
  }
  CHECK(backlog.drafts() == Backlog::most_drafts);
  CHECK(backlog.lost() == 3);
  CHECK(backlog.take(1, 1).front().change.records[0].device.str() == "3");
}

TEST_CASE("backlog: changes of state alone do not pile up") {
  Backlog backlog;
  for (int i = 0; i < 100'000; ++i) {
    ports::Change change;
    change.held = {{DeviceId(cat("d", i % 7)), i % 2 == 0}};
    backlog.submit(std::move(change));
  }
  const auto jobs = backlog.take(100'000, 100'000);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs.front().change.held.size() == 7);
}
