#include "firmware/store/reader.hpp"

#include "firmware/base/text.hpp"

namespace genkan::store {

Reader::Reader(std::filesystem::path database, Deliver deliver)
    : path_(std::move(database)), deliver_(std::move(deliver)) {
  thread_ = std::thread(&Reader::run, this);
}

Reader::~Reader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<> Reader::ask(std::shared_ptr<Waiting> caller, Question question) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= most_waiting) {
      return fail(ErrorCode::busy,
                  cat(most_waiting, " questions to the journal wait already; try again later"));
    }
    jobs_.push_back({std::move(caller), std::move(question)});
  }
  wake_.notify_one();
  return {};
}

void Reader::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    const bool stopping = stopping_;
    lock.unlock();
    if (stopping) {
      deliver_(std::move(job.caller), fail(ErrorCode::cancelled, "the gateway stops"));
    } else if (job.caller->begin()) {
      deliver_(std::move(job.caller), answer(job.question));
    }
    lock.lock();
  }
  connection_.reset();
}

Waiting::Answer Reader::answer(const Question& question) {
  if (auto open = ensure_open(); !open) return fail(open.error().in("journal"));
  auto answer = question(*connection_);
  const bool failed = !answer && answer.error().code() != ErrorCode::invalid;
  if (failed || immutable_) connection_.reset();
  if (failed) return fail(answer.error().in("journal"));
  return answer;
}

// A connection without locks does not see what is written later, so it serves one question only.
Result<> Reader::ensure_open() {
  if (connection_) return {};
  std::optional<Error> fault;
  for (const Access access : {Access::read_only, Access::immutable}) {
    auto connection = Connection::open(path_, access);
    Result<> usable = connection ? connection->run("PRAGMA cache_size = -512; SELECT 1 FROM meta")
                                 : fail(connection.error());
    if (usable) {
      connection_.emplace(*std::move(connection));
      immutable_ = access == Access::immutable;
      return {};
    }
    if (!fault) fault = usable.error();
  }
  return fail(*std::move(fault));
}

}  // namespace genkan::store
