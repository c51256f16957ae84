#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/reservations/coupling.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/lock_memory.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/commands.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/keys/zones.hpp"

namespace genkan::services {

// Makes coupled devices follow their reservations (RES-30 to RES-38): what is due is computed from
// the records and the mark of how far a device has followed, so that a restart, a clock that jumps
// or a device that was away neither repeats nor skips anything that still matters. What fails is
// tried again after a minute, then 2, 4 … 30, for as long as it is due. While the gateway's clock
// is not trusted nothing is sent. Loop thread.
class Couplings {
 public:
  struct Needs {
    boost::asio::any_io_executor loop;
    ports::Fleet& fleet;
    ports::LockMemory& memory;
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    const domain::KeyBook& book;
    const domain::Holidays& holidays;
    Commands& commands;
  };
  explicit Couplings(const Needs& needs);
  ~Couplings();
  Couplings(const Couplings&) = delete;
  Couplings& operator=(const Couplings&) = delete;

  void restore(const std::map<DeviceId, domain::CouplingMark>& marks);
  void site_changed();
  // Reservations, groups or holidays changed.
  void book_changed();
  // A device reported; a lock that somebody moved may be answered (RES-32, RES-36).
  void on_reported(const DeviceId& device, const domain::Reported& before,
                   const domain::Reported& now);
  // Once a second.
  void tick();

 private:
  struct Follower;
  struct State;
  std::shared_ptr<State> state_;  // shared with commands under way
};

}  // namespace genkan::services
