#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/model/oracle.hpp"

namespace genkan::model {

// Who has a slot where slots are few (KEY-3): first come by when due, then by start, then by when
// made; what frees is given to the next. One lock.
class SlotOracle {
 public:
  explicit SlotOracle(Model model) : rules_(rules_of(model)) {}

  // What somebody programmed at the lock itself: how many slots of each area, and which secrets.
  struct AtTheLock {
    std::map<std::size_t, int> taken;
    std::set<Secret> secrets;
    int enabled = 0;  // master areas
  };

  // The lock was brought up to date at a moment at which `due` is due. Returns those that have
  // none.
  std::set<Secret> settle(const std::vector<Due>& due, const AtTheLock& lock);
  // What really stands in it, by area: after a time in which not all could be done that was due.
  void see(std::map<Secret, std::size_t> have) { have_ = std::move(have); }
  const std::map<Secret, std::size_t>& have() const { return have_; }

 private:
  bool give(const Secret& secret, const AtTheLock& lock);

  const ModelRules& rules_;
  std::map<Secret, std::size_t> have_;  // area by secret
};

}  // namespace genkan::model
