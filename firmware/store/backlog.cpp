#include "firmware/store/backlog.hpp"

#include <algorithm>
#include <iterator>

#include "firmware/base/text.hpp"
#include "firmware/store/cloud_tables.hpp"
#include "firmware/store/key_tables.hpp"

namespace genkan::store {

namespace {

// Puts those of `earlier` in front of `later` that `later` does not replace.
template <class Entry>
void put_in_front(std::vector<std::pair<DeviceId, Entry>>& earlier,
                  std::vector<std::pair<DeviceId, Entry>>& later) {
  std::erase_if(earlier, [&later](const auto& entry) {
    return std::ranges::find(later, entry.first, &std::pair<DeviceId, Entry>::first) != later.end();
  });
  later.insert(later.begin(), std::make_move_iterator(earlier.begin()),
               std::make_move_iterator(earlier.end()));
}

bool touches(const ports::Change& change, const domain::TroubleKey& key) {
  return std::ranges::find(change.troubles_cleared, key) != change.troubles_cleared.end() ||
         std::ranges::find(change.troubles_set, key, &domain::Trouble::key) !=
             change.troubles_set.end();
}

}  // namespace

void take_back(Job& job, std::vector<domain::Record>::iterator first) {
  for (std::size_t i = 0; i < job.written; ++i, ++first) {
    job.change.records[i] = std::move(first->draft);
  }
  job.written = 0;
}

bool changes_state(const ports::Change& change) {
  return change.inventory || !change.last_states.empty() || !change.troubles_set.empty() ||
         !change.troubles_cleared.empty() || !change.held.empty() || !change.keys.empty() ||
         !change.cloud.empty();
}

void melt(ports::Change earlier, ports::Change& later) {
  std::erase_if(earlier.troubles_set,
                [&later](const auto& trouble) { return touches(later, trouble.key); });
  std::erase_if(earlier.troubles_cleared,
                [&later](const auto& key) { return touches(later, key); });
  std::ranges::move(earlier.troubles_set, std::back_inserter(later.troubles_set));
  std::ranges::move(earlier.troubles_cleared, std::back_inserter(later.troubles_cleared));
  put_in_front(earlier.last_states, later.last_states);
  put_in_front(earlier.held, later.held);
  melt(std::move(earlier.keys), later.keys);
  melt(std::move(earlier.cloud), later.cloud);
  if (!later.inventory) later.inventory = std::move(earlier.inventory);
}

void Backlog::count(const Job& job, int sign) {
  const auto add = [sign](std::size_t& counter, std::size_t n) {
    counter = sign > 0 ? counter + n : counter - n;
  };
  add(drafts_, job.change.records.size());
  add(callers_, job.caller ? 1 : 0);
}

void Backlog::submit(ports::Change change, std::vector<Foreseen> foreseen) {
  if (change.records.empty()) {
    if (!changes_state(change)) return;
    // States without a record would otherwise pile up without a bound.
    if (!jobs_.empty() && !jobs_.back().caller && jobs_.back().change.records.empty()) {
      melt(std::move(jobs_.back().change), change);
      jobs_.back().change = std::move(change);
      return;
    }
  }
  Job job;
  job.change = std::move(change);
  job.foreseen = std::move(foreseen);
  jobs_.push_back(std::move(job));
  count(jobs_.back(), +1);
  enforce_bound();
}

Result<> Backlog::add(Job job) {
  if (callers_ >= most_callers || drafts_ + job.change.records.size() > most_drafts) {
    return fail(ErrorCode::busy, cat("too much waits for the disk: ", drafts_, " records and ",
                                     callers_, " callers; try again later"));
  }
  jobs_.push_back(std::move(job));
  count(jobs_.back(), +1);
  return {};
}

std::vector<Job> Backlog::take(std::size_t most_jobs, std::size_t most_records) {
  std::vector<Job> jobs;
  jobs.reserve(std::min(jobs_.size(), most_jobs));
  std::size_t records = 0;
  while (!jobs_.empty() && jobs.size() < most_jobs) {
    records += jobs_.front().change.records.size();
    if (!jobs.empty() && records > most_records) break;
    count(jobs_.front(), -1);
    jobs.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  return jobs;
}

void Backlog::put_back(std::vector<Job> jobs) {
  for (const Job& job : jobs) count(job, +1);
  jobs_.insert(jobs_.begin(), std::make_move_iterator(jobs.begin()),
               std::make_move_iterator(jobs.end()));
  enforce_bound();
}

std::vector<Job> Backlog::take_callers() {
  std::vector<Job> jobs;
  if (callers_ == 0) return jobs;
  std::deque<Job> kept;
  for (Job& job : jobs_) {
    if (job.caller) {
      count(job, -1);
      jobs.push_back(std::move(job));
    } else {
      kept.push_back(std::move(job));
    }
  }
  jobs_ = std::move(kept);
  return jobs;
}

void Backlog::enforce_bound() {
  while (drafts_ > most_drafts) {
    if (!give_up_one(domain::RecordLane::activity) && !give_up_one(domain::RecordLane::alarm)) {
      return;
    }
  }
}

bool Backlog::give_up_one(domain::RecordLane lane) {
  for (auto job = jobs_.begin(); job != jobs_.end(); ++job) {
    if (job->caller) continue;
    auto& records = job->change.records;
    const auto record = std::ranges::find(records, lane, &domain::RecordDraft::lane);
    if (record == records.end()) continue;
    records.erase(record);
    job->foreseen.clear();
    --drafts_;
    ++lost_;
    const auto next = std::next(job);
    const bool melts = next != jobs_.end() && !next->caller;
    if (records.empty() && (melts || !changes_state(job->change))) {
      if (melts) melt(std::move(job->change), next->change);
      jobs_.erase(job);
    }
    return true;
  }
  return false;
}

}  // namespace genkan::store
