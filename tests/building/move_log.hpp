#pragma once

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/building/moves.hpp"

namespace building {

// Writes moves to a file, one JSON line each, flushed per line, from a thread of its own so that no
// wire waits for the disk. At most 65,536 wait to be written; then add() waits for the writer.
class MoveLog final : public MoveSink {
 public:
  // Makes the file anew. Throws std::system_error if that fails.
  explicit MoveLog(const std::string& path);
  ~MoveLog() override;  // writes what waits
  MoveLog(const MoveLog&) = delete;
  MoveLog& operator=(const MoveLog&) = delete;

  void add(Move move) override;  // any thread

  // How many there were, and the last 50; what they tell is in the file when this returns (within
  // a second, unless the disk stands still).
  struct Recent {
    std::size_t count = 0;
    std::vector<Move> last;
  };
  Recent recent();

 private:
  void write_all();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Move> waiting_;
  std::deque<Move> last_;
  std::size_t count_ = 0;
  std::size_t written_ = 0;
  bool stop_ = false;
  std::FILE* file_;
  std::thread writer_;
};

}  // namespace building
