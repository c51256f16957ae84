#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/store/backlog.hpp"
#include "firmware/store/database.hpp"
#include "firmware/store/group_commit.hpp"
#include "firmware/store/options.hpp"

namespace genkan::store {

// The thread that owns the writing connection. All that waits when it becomes free goes into one
// transaction (at most 500 changes, about 1,000 records). While the disk fails it tries again every
// Options::retry_every, keeps what was submitted, and refuses callers at once.
class Writer {
 public:
  // Called on the writer's thread after each commit, and when callers are refused.
  using Deliver = std::function<void(Delivery)>;

  Writer(Options options, std::string boot, const Clock& clock, Opened opened, Deliver deliver);
  // Writes what still waits, if the disk takes it, then ends the thread.
  ~Writer();

  // The loop's thread; see Backlog.
  void submit(ports::Change change);
  Result<> add(Job job);
  // Any thread.
  ports::StorageHealth health() const;

 private:
  enum class Task { write, refuse, retain, measure, stop };
  struct Step {
    Task task = Task::stop;
    std::vector<Job> jobs;
  };

  std::vector<Foreseen> foresee(ports::Change& change);

  void run();
  Step next_step();
  Step step_while_failing(SteadyTime now);
  void write(std::vector<Job> jobs);
  Result<> write_transaction(std::vector<Job>& jobs, Delivery& delivery);
  Result<> ensure_open();
  void begin_rotation(std::vector<Job>& jobs);
  void end_rotation(const std::vector<Job>& jobs, Delivery& delivery);
  void reserve_numbers(const std::vector<Job>& jobs);
  void note_success(bool astray);
  void note_given_up(const Delivery& delivery);
  void note_failure(const Error& error, std::vector<Job> jobs);
  void refuse(const std::vector<Job>& jobs, const Error& error);
  void empty_log();
  void run_retention();
  void measure();
  void end();
  void set_place(Delivery& delivery) const;

  const Options options_;
  const std::string boot_;
  const Clock& clock_;
  const Deliver deliver_;

  // The loop's thread alone.
  Foresight foresight_;

  // The writer's thread alone.
  std::optional<Database> database_;
  const std::shared_ptr<Secrets> secrets_;
  ChainLink base_;
  ChainLink head_;
  SteadyTime retention_at_;
  SteadyTime measure_at_;
  SteadyTime retry_at_;
  int failures_ = 0;  // in a row

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Backlog backlog_;                // under mutex_, as all below
  ports::StorageHealth health_;    // records_waiting: those in the writer's hands
  std::optional<ChainLink> rest_;  // nothing waits or is in the writer's hands; the journal's head
  bool astray_ = false;            // what Foresight foresees does not come true
  bool stopping_ = false;
  bool last_attempt_ = false;  // stopping while the disk fails: no other attempt follows

  std::thread thread_;
};

}  // namespace genkan::store
