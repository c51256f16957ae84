#include "tests/building/move_log.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {
constexpr std::size_t most_waiting = 65'536;
constexpr std::size_t most_recent = 50;
}  // namespace

MoveLog::MoveLog(const std::string& path) : file_(std::fopen(path.c_str(), "we")) {
  if (file_ == nullptr) throw std::system_error(errno, std::system_category(), path);
  writer_ = std::thread([this] { write_all(); });
}

MoveLog::~MoveLog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  writer_.join();
  std::fclose(file_);
}

void MoveLog::add(Move move) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < most_waiting || stop_; });
  ++count_;
  last_.push_back(move);
  if (last_.size() > most_recent) last_.pop_front();
  waiting_.push_back(std::move(move));
  lock.unlock();
  changed_.notify_all();
}

MoveLog::Recent MoveLog::recent() {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = count_;
  changed_.wait_for(lock, std::chrono::seconds(1),
                    [this, wanted] { return written_ >= wanted || stop_; });
  return {count_, {last_.begin(), last_.end()}};
}

void MoveLog::write_all() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stop_; });
    if (waiting_.empty()) return;
    const Move move = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const std::string line = boost::json::serialize(to_json(move)) + "\n";
    std::fputs(line.c_str(), file_);
    std::fflush(file_);
    lock.lock();
    ++written_;
    changed_.notify_all();
  }
}

}  // namespace building
