#include "firmware/services/health.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

domain::TroubleKey key(domain::TroubleKind kind) { return {kind, {}, {}}; }

domain::Standing stands(bool it_does) {
  return it_does ? domain::Standing::yes : domain::Standing::no;
}

domain::Standing room_left(std::uint64_t free_bytes) {
  if (free_bytes < Health::nearly_full_bytes) return domain::Standing::yes;
  return free_bytes > Health::room_again_bytes ? domain::Standing::no : domain::Standing::keep;
}

}  // namespace

bool Health::look(ports::Change& change) {
  const SteadyTime now = clock_.steady();
  if (looked_ && now - *looked_ < interval) return false;
  looked_ = now;
  const auto health = store_.health();
  troubles_.rule(key(domain::TroubleKind::clock_wrong),
                 stands(clock_.trust() == ClockTrust::untrusted), "not set by the network yet",
                 change);
  troubles_.rule(key(domain::TroubleKind::storage_failing), stands(health.failing), health.fault,
                 change);
  troubles_.rule(key(domain::TroubleKind::storage_nearly_full), room_left(health.free_bytes),
                 cat("less than ", nearly_full_bytes >> 20U, " MiB are free"), change);
  return true;
}

}  // namespace genkan::services
