#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/calendar/holidays.hpp"
#include "firmware/domain/keys/code_pattern.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/lock_memory.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/commands.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/keys/entries.hpp"
#include "firmware/services/keys/group_office.hpp"
#include "firmware/services/keys/holder_import.hpp"
#include "firmware/services/keys/holder_office.hpp"
#include "firmware/services/keys/holiday_office.hpp"
#include "firmware/services/keys/key_secrets.hpp"
#include "firmware/services/keys/key_sync.hpp"
#include "firmware/services/keys/reservation_office.hpp"
#include "firmware/services/keys/reservation_views.hpp"
#include "firmware/services/keys/room_codes.hpp"
#include "firmware/services/keys/secret_office.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// Keys and reservations: the offices where people change them, the ring that decides at doors, the
// reconciler of the locks' memories, and the coupled devices. Loop thread.
class Keys {
 public:
  struct Needs {
    boost::asio::any_io_executor loop;
    ports::Fleet& fleet;
    ports::LockMemory& memory;
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    Troubles& troubles;
    Commands& commands;
    const GatewayPolicy& policy;
    const KeySecrets& secrets;
    domain::RandomBelow random;
    domain::Holidays holidays;
  };
  explicit Keys(Needs needs);
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  // Takes up what the disk remembers; the directory has the site already, and the troubles what
  // stood. `change` gets what belongs on disk with it.
  void start(const ports::KeyMemory& memory, ports::Change& change);
  // The site was changed; its keys follow. `change` gets what belongs on disk with it.
  void site_changed(ports::Change& change);
  // A device reported.
  void on_reported(const DeviceId& device, const domain::Reported& before,
                   const domain::Reported& now);
  // Once a second.
  void tick();

  ReservationOffice& reservations();
  const ReservationViews& reservation_views() const;
  GroupOffice& groups();
  HolderOffice& holders();
  HolderImport& holder_import();
  TemporaryOffice& temporary_keys();
  RoomCodes& room_codes();
  HolidayOffice& holidays();
  SecretOffice& secrets();
  Entries& entries();
  KeySync& sync();
  KeyDesk& desk();

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;  // shared with what is under way
};

}  // namespace genkan::services
