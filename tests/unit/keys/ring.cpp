#include "tests/unit/keys/ring.hpp"

#include <utility>

namespace genkan::keys_testing {

using namespace domain;

Grant Ring::grant(std::string id, std::string_view secret, Timing timing,
                  std::vector<std::string_view> doors) const {
  Grant grant{};
  grant.key = {KeyOwner::reservation, std::move(id), false};
  grant.how = Credential::code;
  grant.hash = hash_of(secret);
  for (const auto door : doors) grant.doors.emplace_back(std::string(door));
  grant.timing = std::move(timing);
  grant.zone = tokyo();
  return grant;
}

void Ring::add(std::string id, std::string_view secret, Timing timing,
               std::vector<std::string_view> doors) {
  ring_.put(grant(std::move(id), secret, std::move(timing), std::move(doors)));
}

Decision Ring::show(std::string_view secret, std::string_view door, WallTime when, ClockTrust clock,
                    Credential how) const {
  return ring_.decide({how, hash_of(secret), DeviceId(std::string(door)), when, clock});
}

}  // namespace genkan::keys_testing
