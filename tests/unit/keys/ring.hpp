#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/keys/support.hpp"

namespace genkan::keys_testing {

// A key ring with the tests' short forms: keys of reservations in Tokyo.
class Ring {
 public:
  domain::Grant grant(std::string id, std::string_view secret, domain::Timing timing,
                      std::vector<std::string_view> doors) const;
  void add(std::string id, std::string_view secret, domain::Timing timing,
           std::vector<std::string_view> doors);
  domain::Decision show(std::string_view secret, std::string_view door, WallTime when,
                        ClockTrust clock = ClockTrust::trusted,
                        domain::Credential how = domain::Credential::code) const;
  domain::KeyRing* operator->() { return &ring_; }

 private:
  domain::Holidays holidays_;
  domain::KeyRing ring_{holidays_};
};

}  // namespace genkan::keys_testing
