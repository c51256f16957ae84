#include "firmware/store/group_commit.hpp"

#include "firmware/store/cloud_tables.hpp"
#include "firmware/store/key_tables.hpp"
#include "firmware/store/state_tables.hpp"

namespace genkan::store {

namespace {

// Whether the disk or the file is at fault (all of the transaction fails), not the change.
bool is_of_the_disk(const Error& error) {
  return error.code() == ErrorCode::io || error.code() == ErrorCode::corrupt ||
         error.code() == ErrorCode::busy;
}

// The job's records are the last ones.
Waiting::Answer answer_of(const Result<>& written, const Job& job,
                          const std::vector<domain::Record>& records) {
  if (!written) return fail(written.error());
  return std::vector(records.end() - static_cast<std::ptrdiff_t>(job.written), records.end());
}

Result<> write_parts(Database& database, Job& job, std::vector<domain::Record>& records) {
  auto& drafts = job.change.records;
  const bool foreseen = job.foreseen.size() == drafts.size();
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    auto record = database.journal.append(drafts[i], foreseen ? &job.foreseen[i] : nullptr);
    if (!record) return fail(record.error());
    records.push_back(*std::move(record));
    ++job.written;
  }
  const Connection& connection = database.connection;
  auto done = apply_states(connection, job.change);
  if (done) done = apply_keys(connection, *database.secrets, job.change.keys);
  if (done) done = apply_cloud(connection, job.change.cloud);
  if (done && job.rotates_key) done = reseal(connection, *database.secrets);
  if (!done) return done;
  if (!job.cursor) return {};
  return save_cursor(database.connection, job.cursor->reader, job.cursor->seq);
}

// All of the job or nothing. A job of one statement needs no savepoint.
Result<> write_job(Database& database, Job& job, std::vector<domain::Record>& records) {
  const bool one_statement = !job.cursor && !job.rotates_key && job.change.records.size() == 1 &&
                             !changes_state(job.change);
  if (one_statement) return write_parts(database, job, records);
  const Connection& connection = database.connection;
  const ChainLink before = database.journal.head();
  if (auto set = connection.run("SAVEPOINT change"); !set) return set;
  auto written = write_parts(database, job, records);
  if (written) return connection.run("RELEASE change");
  if (is_of_the_disk(written.error())) return written;
  const auto first = records.end() - static_cast<std::ptrdiff_t>(job.written);
  take_back(job, first);
  records.erase(first, records.end());
  database.journal.rewind(before);
  if (auto undone = connection.run("ROLLBACK TO change; RELEASE change"); !undone) {
    return fail(ErrorCode::io, undone.error().message());
  }
  return written;
}

Result<> write_jobs(Database& database, std::vector<Job>& jobs, Delivery& delivery) {
  auto transaction = Transaction::begin(database.connection);
  if (!transaction) return fail(transaction.error());
  for (Job& job : jobs) {
    const auto written = write_job(database, job, delivery.records);
    if (!written && is_of_the_disk(written.error())) return written;
    if (job.caller) {
      delivery.done.push_back({job.caller, answer_of(written, job, delivery.records)});
    } else if (!written) {
      delivery.given_up.push_back({written.error(), job.change.records.size()});
    }
  }
  return transaction->commit();
}

}  // namespace

std::size_t records_of(const std::vector<Job>& jobs) {
  std::size_t records = 0;
  for (const Job& job : jobs) records += job.change.records.size();
  return records;
}

Result<> commit_group(Database& database, std::vector<Job>& jobs, Delivery& delivery) {
  const ChainLink before = database.journal.head();
  delivery.records.reserve(records_of(jobs));
  auto written = write_jobs(database, jobs, delivery);
  if (written) return written;
  database.journal.rewind(before);
  auto first = delivery.records.begin();
  for (Job& job : jobs) {
    const auto next = first + static_cast<std::ptrdiff_t>(job.written);
    take_back(job, first);
    first = next;
  }
  return written;
}

}  // namespace genkan::store
