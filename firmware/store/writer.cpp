#include "firmware/store/writer.hpp"

#include <algorithm>
#include <iterator>

#include <sys/statvfs.h>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
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

// Whether the disk or the file is at fault (all of the transaction fails), not the change.
bool is_of_the_disk(const Error& error) {
  return error.code() == ErrorCode::io || error.code() == ErrorCode::corrupt ||
         error.code() == ErrorCode::busy;
}

std::size_t records_of(const std::vector<Job>& jobs) {
  std::size_t records = 0;
  for (const Job& job : jobs) records += job.change.records.size();
  return records;
}

// The job's records are the last ones.
Waiting::Answer answer_of(const Result<>& written, const Job& job,
                          const std::vector<domain::Record>& records) {
  if (!written) return fail(written.error());
  return std::vector(records.end() - static_cast<std::ptrdiff_t>(job.written), records.end());
}

// Whether the last record that was foreseen came otherwise; then so do those behind it.
bool went_astray(const std::vector<Job>& jobs, const ChainLink& head) {
  if (jobs.empty() || jobs.back().foreseen.empty()) return false;
  return jobs.back().foreseen.back().hash != head.hash;
}

std::uint64_t size_of(const std::filesystem::path& path) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(path, absent);
  return absent ? 0 : size;
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
  if (jobs.empty() && failures_ == 0) return;
  Delivery delivery;
  if (auto written = write_transaction(jobs, delivery); !written) {
    note_failure(written.error(), std::move(jobs));
    return;
  }
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
  const ChainLink before = database_->journal.head();
  delivery.records.reserve(records_of(jobs));
  if (auto written = write_jobs(jobs, delivery); !written) {
    database_->journal.rewind(before);
    auto first = delivery.records.begin();
    for (Job& job : jobs) {
      const auto next = first + static_cast<std::ptrdiff_t>(job.written);
      take_back(job, first);
      first = next;
    }
    return written;
  }
  head_ = database_->journal.head();
  return {};
}

Result<> Writer::write_jobs(std::vector<Job>& jobs, Delivery& delivery) {
  auto transaction = Transaction::begin(database_->connection);
  if (!transaction) return fail(transaction.error());
  for (Job& job : jobs) {
    const auto written = write_job(job, delivery.records);
    if (!written && is_of_the_disk(written.error())) return written;
    if (job.caller) {
      delivery.done.push_back({job.caller, answer_of(written, job, delivery.records)});
    } else if (!written) {
      delivery.given_up.push_back({written.error(), job.change.records.size()});
    }
  }
  if (jobs.empty()) {
    // The disk was failing and is asked whether it takes something again.
    auto asked = set_journal_base(database_->connection, base_);
    if (!asked) return asked;
  }
  return transaction->commit();
}

// All of the job or nothing. A job of one statement needs no savepoint.
Result<> Writer::write_job(Job& job, std::vector<domain::Record>& records) {
  const bool one_statement =
      !job.cursor && job.change.records.size() == 1 && !changes_state(job.change);
  if (one_statement) return write_parts(job, records);
  const Connection& connection = database_->connection;
  const ChainLink before = database_->journal.head();
  if (auto set = connection.run("SAVEPOINT change"); !set) return set;
  auto written = write_parts(job, records);
  if (written) return connection.run("RELEASE change");
  if (is_of_the_disk(written.error())) return written;
  const auto first = records.end() - static_cast<std::ptrdiff_t>(job.written);
  take_back(job, first);
  records.erase(first, records.end());
  database_->journal.rewind(before);
  if (auto undone = connection.run("ROLLBACK TO change; RELEASE change"); !undone) {
    return fail(ErrorCode::io, undone.error().message());
  }
  return written;
}

Result<> Writer::write_parts(Job& job, std::vector<domain::Record>& records) {
  auto& drafts = job.change.records;
  const bool foreseen = job.foreseen.size() == drafts.size();
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    auto record = database_->journal.append(drafts[i], foreseen ? &job.foreseen[i] : nullptr);
    if (!record) return fail(record.error());
    records.push_back(*std::move(record));
    ++job.written;
  }
  if (auto applied = apply_states(database_->connection, job.change); !applied) return applied;
  if (!job.cursor) return {};
  return save_cursor(database_->connection, job.cursor->reader, job.cursor->seq);
}

Result<> Writer::ensure_open() {
  if (database_ && failures_ > 0 && failures_ % failures_before_opening_again == 0) {
    database_.reset();
  }
  if (database_) return {};
  auto opened = open_again(options_, boot_);
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
  const std::uint64_t bytes = size_of(options_.path) + size_of(options_.path.string() + "-wal");
  const auto folder = options_.path.has_parent_path() ? options_.path.parent_path().string() : ".";
  struct statvfs disk{};
  const bool known = ::statvfs(folder.c_str(), &disk) == 0;
  const std::lock_guard lock(mutex_);
  measure_at_ = Steady::now() + measure_every;
  health_.database_bytes = bytes;
  health_.free_bytes = known ? std::uint64_t{disk.f_bavail} * disk.f_frsize : 0;
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
