#include "firmware/domain/keys/key_ref.hpp"

#include "firmware/base/text.hpp"

namespace genkan::domain {

std::string_view name_of(KeyOwner owner) {
  switch (owner) {
    case KeyOwner::reservation: return "reservation";
    case KeyOwner::holder: return "holder";
    case KeyOwner::temporary_key: return "temporary_key";
    case KeyOwner::room: return "room";
    case KeyOwner::resident: return "resident";
  }
  return "unknown";
}

std::string actor_of(const KeyRef& key) { return cat(name_of(key.owner), ":", key.id); }

}  // namespace genkan::domain
