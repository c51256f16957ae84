#include "firmware/store/writer.hpp"

#include <algorithm>
#include <iterator>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
#include "firmware/store/disk_space.hpp"
#include "firmware/store/retention.hpp"

namespace genkan::store {

namespace {

constexpr std::size_t most_jobs = 500;
constexpr std::size_t most_records = 1'000;
// The log is moved into the file when it has this many pages (4 MiB): each page of an index that
// is written again and again then reaches the file once.
constexpr int most_log_pages = 4'000;
constexpr auto measure_every = 10s;
constexpr auto retention_again = 1s;
// After so many failures in a row the file is opened anew: the disk may have been replugged.
constexpr int failures_before_opening_again = 5;

// Whether the last record that was foreseen came otherwise; then so do those behind it.
bool went_astray(const std::vector<Job>& jobs, const ChainLink& head) {
  if (jobs.empty() || jobs.back().foreseen.empty()) return false;
  return jobs.back().foreseen.back().hash != head.hash;
}

}  // namespace

Writer::Writer(Options options, std::string boot, const Clock& clock, Opened opened,
               Deliver deliver)
    : options_(std::move(options)),
      boot_(std::move(boot)),
      clock_(clock),
      deliver_(std::move(deliver)),
      foresight_(boot_),
      database_(std::move(opened.database)),
      secrets_(std::move(opened.secrets)),
      base_(opened.base),
      head_(opened.head),
      retention_at_(Steady::now() + options_.retention_every),
      measure_at_(Steady::now()),
      retry_at_(Steady::now() + options_.retry_every) {
  failures_ = database_ ? 0 : 1;
  health_.failing = !database_;
  health_.fault = opened.fault;
  measure();
  thread_ = std::thread(&Writer::run, this);
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(ports::Change change) {
  auto foreseen = foresee(change);
  {
    const std::lock_guard lock(mutex_);
    rest_.reset();
    backlog_.submit(std::move(change), std::move(foreseen));
  }
  wake_.notify_one();
}

Result<> Writer::add(Job job) {
  job.foreseen = foresee(job.change);
  Result<> added;
  {
    const std::lock_guard lock(mutex_);
    rest_.reset();
    added = backlog_.add(std::move(job));
  }
  if (!added) foresight_.lose();
  wake_.notify_one();
  return added;
}

std::vector<Foreseen> Writer::foresee(ports::Change& change) {
  {
    const std::lock_guard lock(mutex_);
    if (rest_) foresight_.begin_behind(*rest_);
    if (astray_) foresight_.lose();
  }
  return foresight_.foresee(change.records);
}

ports::StorageHealth Writer::health() const {
  const std::lock_guard lock(mutex_);
  ports::StorageHealth health = health_;
  health.records_waiting += backlog_.drafts();
  health.records_lost = backlog_.lost();
  return health;
}

void Writer::run() {
  while (true) {
    Step step = next_step();
    switch (step.task) {
      case Task::write: write(std::move(step.jobs)); break;
      case Task::refuse: refuse(step.jobs, Error(ErrorCode::io, health().fault)); break;
      case Task::retain: run_retention(); break;
      case Task::measure: measure(); break;
      case Task::stop: end(); return;
    }
  }
}

Writer::Step Writer::next_step() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto now = Steady::now();
    if (health_.failing) {
      Step step = step_while_failing(now);
      if (step.task != Task::measure) return step;
    } else {
      // Between two transactions, so that it comes under load too.
      if (now >= retention_at_ && !stopping_) return {Task::retain, {}};
      if (!backlog_.empty()) {
        Step step{Task::write, backlog_.take(most_jobs, most_records)};
        health_.records_waiting = records_of(step.jobs);
        return step;
      }
      if (stopping_) return {Task::stop, {}};
      rest_ = head_;
      astray_ = false;
    }
    if (now >= measure_at_) return {Task::measure, {}};
    wake_.wait_until(lock, std::min(measure_at_, health_.failing ? retry_at_ : retention_at_));
  }
}

// Task::measure: nothing to do but wait. Under mutex_.
Writer::Step Writer::step_while_failing(SteadyTime now) {
  if (backlog_.callers() > 0) return {Task::refuse, backlog_.take_callers()};
  if (last_attempt_) return {Task::stop, {}};
  if (now >= retry_at_ || stopping_) {
    last_attempt_ = stopping_;
    Step step{Task::write, backlog_.take(most_jobs, most_records)};
    health_.records_waiting = records_of(step.jobs);
    return step;
  }
  return {Task::measure, {}};
}

void Writer::write(std::vector<Job> jobs) {
  std::erase_if(jobs, [](const Job& job) { return job.caller && !job.caller->begin(); });
  begin_rotation(jobs);
  if (jobs.empty() && failures_ == 0) return;
  Delivery delivery;
  if (auto written = write_transaction(jobs, delivery); !written) {
    note_failure(written.error(), std::move(jobs));
    return;
  }
  end_rotation(jobs, delivery);
  note_success(went_astray(jobs, head_));
  note_given_up(delivery);
  set_place(delivery);
  deliver_(std::move(delivery));
  if (database_->connection.log_pages() >= most_log_pages) empty_log();
  if (Steady::now() >= measure_at_) measure();
}

Result<> Writer::write_transaction(std::vector<Job>& jobs, Delivery& delivery) {
  if (auto open = ensure_open(); !open) return open;
  reserve_numbers(jobs);
  // Without jobs, the disk was failing and is asked whether it takes something again.
  auto written = jobs.empty() ? set_journal_base(database_->connection, base_)
                              : commit_group(*database_, jobs, delivery);
  if (written) head_ = database_->journal.head();
  return written;
}

Result<> Writer::ensure_open() {
  if (database_ && failures_ > 0 && failures_ % failures_before_opening_again == 0) {
    database_.reset();
  }
  if (database_) return {};
  auto opened = open_again(options_, boot_, clock_, secrets_);
  if (!opened) return fail(opened.error());
  database_.emplace(*std::move(opened));
  base_ = database_->base;
  head_ = database_->journal.head();
  return {};
}

// A number that is used must be below the reserved one on disk. If that file cannot be written the
// record is worth more: should the database be damaged before the next attempt, numbers go on
// behind the last one that can be read.
void Writer::reserve_numbers(const std::vector<Job>& jobs) {
  const std::int64_t next =
      number(database_->journal.head().seq) + static_cast<std::int64_t>(records_of(jobs)) + 1;
  if (next <= number(database_->reserved)) return;
  const Seq below{next + reserved_block};
  const auto written = write_reserved(options_.path, below);
  if (written) {
    database_->reserved = below;
  } else {
    log(LogLevel::warning, "no journal numbers could be reserved",
        {{"reason", written.error().message()}});
  }
}

void Writer::note_success(bool astray) {
  if (failures_ > 0) log(LogLevel::notice, "the disk takes records again");
  failures_ = 0;
  const std::lock_guard lock(mutex_);
  health_.failing = false;
  health_.fault.clear();
  health_.records_waiting = 0;
  ++health_.commits;
  astray_ = astray_ || astray;
}

// A mistake of whoever submitted it; there is nobody else to tell.
void Writer::note_given_up(const Delivery& delivery) {
  for (const auto& [reason, records] : delivery.given_up) {
    log(LogLevel::error, "a change was refused by the database and given up",
        {{"reason", reason.message()}});
    const std::lock_guard lock(mutex_);
    backlog_.add_lost(records);
  }
}

void Writer::note_failure(const Error& error, std::vector<Job> jobs) {
  if (failures_++ == 0) {
    log(LogLevel::error, "the disk does not take records", {{"reason", error.message()}});
  }
  std::vector<Job> refused;
  std::vector<Job> kept;
  for (Job& job : jobs) (job.caller ? refused : kept).push_back(std::move(job));
  {
    const std::lock_guard lock(mutex_);
    health_.failing = true;
    health_.fault = error.message();
    health_.records_waiting = 0;
    astray_ = true;
    backlog_.put_back(std::move(kept));
    retry_at_ = Steady::now() + options_.retry_every;
  }
  refuse(refused, error);
}

void Writer::refuse(const std::vector<Job>& jobs, const Error& error) {
  if (jobs.empty()) return;
  Delivery delivery;
  for (const Job& job : jobs) {
    delivery.done.push_back({job.caller, fail(error.in("storage"))});
  }
  set_place(delivery);
  deliver_(std::move(delivery));
}

void Writer::empty_log() {
  const auto done = database_->connection.run("PRAGMA wal_checkpoint(PASSIVE)");
  if (!done) {
    log(LogLevel::warning, "the write-ahead log could not be emptied",
        {{"reason", done.error().message()}});
  }
}

void Writer::run_retention() {
  const auto now = Steady::now();
  retention_at_ = now + options_.retention_every;
  const auto step = retain(database_->connection, options_, clock_, base_);
  if (!step) {
    log(LogLevel::warning, "old records could not be removed",
        {{"reason", step.error().message()}});
    return;
  }
  if (step->more)
    retention_at_ = now + std::min<SteadyTime::duration>(retention_again, options_.retention_every);
  if (step->base.seq == base_.seq) return;
  base_ = step->base;
  Delivery delivery;
  set_place(delivery);
  deliver_(std::move(delivery));
}

void Writer::measure() {
  const DiskSpace space = disk_space_of(options_.path);
  const std::lock_guard lock(mutex_);
  measure_at_ = Steady::now() + measure_every;
  health_.database_bytes = space.database_bytes;
  health_.free_bytes = space.free_bytes;
}

void Writer::end() {
  const std::size_t waiting = health().records_waiting;
  if (waiting > 0) {
    log(LogLevel::error, "the gateway stops with records that the disk did not take",
        {{"records", cat(waiting)}});
  }
  database_.reset();
}

void Writer::set_place(Delivery& delivery) const {
  delivery.head = head_.seq;
  delivery.oldest = Seq{number(base_.seq) + 1};
}

}  // namespace genkan::store
