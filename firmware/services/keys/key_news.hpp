#pragma once

#include <optional>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/domain/locks/slot_plan.hpp"
#include "firmware/domain/record.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// The records and troubles of keys in locks (HIS-2). Names a key by its owner's name, never by its
// code. Loop thread.
class KeyNews {
 public:
  KeyNews(const Clock& clock, const Directory& directory, const domain::KeyBook& book,
          Troubles& troubles)
      : clock_(clock), directory_(directory), book_(book), troubles_(troubles) {}

  // A record of `kind` about a key at a lock. `why` may be empty.
  domain::RecordDraft of_key(domain::RecordKind kind, const DeviceId& device,
                             const domain::KeyRef& key,
                             const std::optional<domain::SlotAddress>& slot,
                             const domain::LockModel& model, std::string_view why = {}) const;
  // A record about the lock itself.
  domain::RecordDraft of_lock(domain::RecordKind kind, const DeviceId& device) const;
  void trouble(domain::TroubleKind kind, const DeviceId& device, domain::Standing standing,
               const std::string& detail, ports::Change& change);
  // The name that people gave to the key's owner; empty if it is gone.
  std::string name_of(const domain::KeyRef& key) const;

 private:
  const Clock& clock_;
  const Directory& directory_;
  const domain::KeyBook& book_;
  Troubles& troubles_;
};

}  // namespace genkan::services
