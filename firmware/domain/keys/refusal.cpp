#include "firmware/domain/keys/key_ring.hpp"

namespace genkan::domain {

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::locked_out: return "locked_out";
    case Refusal::too_early: return "too_early";
    case Refusal::not_now: return "not_now";
    case Refusal::clock_untrusted: return "clock_untrusted";
    case Refusal::disabled: return "disabled";
    case Refusal::used_up: return "used_up";
    case Refusal::too_late: return "too_late";
    case Refusal::revoked: return "revoked";
    case Refusal::wrong_door: return "wrong_door";
    case Refusal::unknown_key: return "unknown_key";
  }
  return "unknown_key";
}

std::string_view sentence(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "The key opens this door.";
    case Refusal::locked_out: return "Too many wrong entries; try again in a few minutes.";
    case Refusal::too_early: return "The key's time has not begun yet.";
    case Refusal::not_now: return "The key does not open at this time; it opens again later.";
    case Refusal::clock_untrusted:
      return "The gateway does not know the time yet; only keys that always open work now.";
    case Refusal::disabled: return "The key's holder is disabled.";
    case Refusal::used_up: return "The key has been used as often as it may.";
    case Refusal::too_late: return "The key's time is over.";
    case Refusal::revoked: return "The key was revoked.";
    case Refusal::wrong_door: return "The key does not open this door.";
    case Refusal::unknown_key: return "Nobody has this key.";
  }
  return "Nobody has this key.";
}

}  // namespace genkan::domain
