#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace genkan::test {

// Keeps records, commands and faults abreast, so that the faults fall on all of the work: the work
// goes no further than the next fault, the next fault waits until the work has come to its place.
// Any thread.
class FaultPace {
 public:
  enum class Work : std::uint8_t { records, commands };
  struct Sums {
    std::int64_t records = 0;
    std::int64_t commands = 0;
    std::int64_t faults = 0;
  };
  explicit FaultPace(Sums wanted) : wanted_(wanted) {}

  const Sums& wanted() const { return wanted_; }
  // So much is done of it.
  void reached(Work work, std::int64_t done) { done_[index(work)] = done; }
  void fault_began() { ++faults_; }

  std::int64_t done(Work work) const { return done_[index(work)]; }
  std::int64_t faults() const { return faults_; }
  bool finished(Work work) const { return done(work) >= wanted(work); }
  bool may_work(Work work) const {
    return !finished(work) && done(work) * wanted_.faults < wanted(work) * (faults_ + 1);
  }
  bool may_fault() const {
    return faults_ < wanted_.faults && is_there(Work::records) && is_there(Work::commands);
  }

 private:
  static std::size_t index(Work work) { return static_cast<std::size_t>(work); }
  std::int64_t wanted(Work work) const {
    return work == Work::records ? wanted_.records : wanted_.commands;
  }
  bool is_there(Work work) const {
    return done(work) * wanted_.faults >= wanted(work) * faults_ || finished(work);
  }

  const Sums wanted_;
  std::array<std::atomic<std::int64_t>, 2> done_{};
  std::atomic<std::int64_t> faults_{0};
};

}  // namespace genkan::test
