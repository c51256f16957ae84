#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/integration/cloud.hpp"

namespace genkan::test {

// What genkan-cloud has, read from its database beside it, also while it runs. Throws
// std::runtime_error with a sentence. One thread.
class MirrorView {
 public:
  explicit MirrorView(const Cloud& cloud);
  ~MirrorView();

  // Up to which number the journal that the gateway writes now is here without a gap.
  std::int64_t whole(const std::string& gateway);

  struct Totals {
    std::int64_t online = 0;   // gateways
    std::int64_t whole = 0;    // over all of them
    std::int64_t highest = 0;  // what was heard of
  };
  Totals totals();
  // The first column of the first row of any query; 0 for none.
  std::int64_t number(const std::string& sql);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genkan::test
