#include "firmware/services/keys/slot_owner.hpp"

namespace genkan::services {

namespace {

using domain::KeyOwner;
using domain::KeyRef;
using domain::SlotAddress;
using domain::SlotOwner;

template <class Record>
void take_names(const Record* record, const KeyRef& key, SlotOwner& owner) {
  if (record == nullptr) return;
  owner.name = record->name;
  if (key.card && record->card) owner.card = record->card->name;
}

SlotOwner named(const domain::KeyBook& book, const KeyRef& key) {
  SlotOwner owner;
  owner.actor = domain::actor_of(key);
  if (key.owner == KeyOwner::reservation) {
    take_names(book.find(domain::ReservationId(key.id)), key, owner);
  } else if (key.owner == KeyOwner::holder) {
    take_names(book.find(domain::HolderId(key.id)), key, owner);
  }
  return owner;
}

// Whether something of that sort is, or may be, in the slot besides what we wrote.
bool may_be_foreign(const LockKeys& lock, SlotAddress address, bool card) {
  const auto found = lock.foreign.find(address);
  if (found != lock.foreign.end()) return found->second.card == card;
  return !lock.image.has_value();
}

}  // namespace

std::optional<SlotOwner> slot_owner(const KeySync& sync, const domain::KeyBook& book,
                                    const DeviceId& device, std::uint16_t slot,
                                    domain::OperatedBy how) {
  const bool card = how == domain::OperatedBy::card;
  const LockKeys lock = sync.keys_of(device);
  if (lock.model == nullptr) return std::nullopt;
  std::optional<KeyRef> ours;
  bool foreign = false;
  for (std::size_t i = 0; i < lock.model->areas.size(); ++i) {
    const auto& area = lock.model->areas[i];
    if (slot > area.places || (card ? !area.cards : !area.codes)) continue;
    const SlotAddress address{static_cast<std::uint8_t>(i), slot};
    const auto key = sync.owner_of(device, address);
    if (key && key->card == card) {
      if (ours && *ours != *key) return std::nullopt;
      ours = key;
    } else if (!key) {
      foreign = foreign || may_be_foreign(lock, address, card);
    }
  }
  if (!ours || foreign) return std::nullopt;
  return named(book, *ours);
}

}  // namespace genkan::services
