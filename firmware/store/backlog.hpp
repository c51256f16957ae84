#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "firmware/ports/store.hpp"
#include "firmware/store/seal.hpp"
#include "firmware/store/waiting.hpp"

// What waits for the disk, in order. Bounded: most_drafts records and most_waiting callers. Not
// thread-safe; the writer holds its mutex.
namespace genkan::store {

struct CursorMove {
  std::string reader;
  Seq seq{};
};

struct Job {
  ports::Change change;
  std::optional<CursorMove> cursor;
  bool rotates_key = false;         // seals all secrets anew
  std::shared_ptr<Waiting> caller;  // null: submitted, nobody waits
  // One for each record of `change`, or none.
  std::vector<Foreseen> foreseen;
  // While a transaction is open: how many drafts of `change` were moved into records.
  std::size_t written = 0;
};

// Moves the job's drafts back out of its records, the first of which is at `first`: they were
// rolled back.
void take_back(Job& job, std::vector<domain::Record>::iterator first);

class Backlog {
 public:
  static constexpr std::size_t most_drafts = 10'000;
  static constexpr std::size_t most_callers = 1'000;

  // A change that nobody waits for. Past most_drafts the oldest activity is given up, alarms only
  // when there is none, changes of state never: they melt into the next change.
  void submit(ports::Change change, std::vector<Foreseen> foreseen = {});
  // A job with a caller; `busy` when the bounds are reached.
  Result<> add(Job job);

  // Up to `most_jobs` jobs with about `most_records` records (at least one job), oldest first.
  std::vector<Job> take(std::size_t most_jobs, std::size_t most_records);
  // Jobs that could not be written come back to the front, in their order.
  void put_back(std::vector<Job> jobs);
  // All jobs with a caller; what was submitted stays.
  std::vector<Job> take_callers();

  bool empty() const { return jobs_.empty(); }
  std::size_t callers() const { return callers_; }
  std::size_t drafts() const { return drafts_; }
  std::uint64_t lost() const { return lost_; }
  // Records of a change that the database refused.
  void add_lost(std::size_t records) { lost_ += records; }

 private:
  void enforce_bound();
  bool give_up_one(domain::RecordLane lane);
  void count(const Job& job, int sign);

  std::deque<Job> jobs_;
  std::size_t callers_ = 0;
  std::size_t drafts_ = 0;
  std::uint64_t lost_ = 0;
};

// Puts what `earlier` changes, records aside, into `later`, as if it had been written before it.
void melt(ports::Change earlier, ports::Change& later);
// Whether there is anything but records in it.
bool changes_state(const ports::Change& change);

}  // namespace genkan::store
