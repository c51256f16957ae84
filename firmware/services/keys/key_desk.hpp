#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/domain/calendar/holidays.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/domain/keys/code_pattern.hpp"
#include "firmware/domain/locks/lock_model.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/keys/key_facts.hpp"
#include "firmware/services/keys/key_secrets.hpp"
#include "firmware/services/keys/key_standings.hpp"
#include "firmware/services/keys/turn.hpp"
#include "firmware/services/keys/zones.hpp"

namespace genkan::services {

// Whether a view shows codes and card numbers.
enum class Secrets : std::uint8_t { hidden, shown };

// What the offices share: the book, the disk, the clock, and the one way to change keys. Loop
// thread.
class KeyDesk {
 public:
  struct Needs {
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    domain::KeyBook& book;
    const domain::Holidays& holidays;
    const KeySecrets& secrets;
    Zones& zones;
    const KeyStandings& standings;
    const KeyFacts& facts;
    // Null: no lock, or unknown.
    std::function<const domain::LockModel*(const DeviceId&)> model_of;
    domain::RandomBelow random;
    const GatewayPolicy& policy;
    // After each put(), with what the book has taken over.
    std::function<void(const ports::KeyChange&)> applied;
    // When a change is complete.
    std::function<void()> changed;
  };
  explicit KeyDesk(Needs needs) : needs_(std::move(needs)) {}
  KeyDesk(const KeyDesk&) = delete;
  KeyDesk& operator=(const KeyDesk&) = delete;

  const Needs& needs() const { return needs_; }
  const domain::KeyBook& book() const { return needs_.book; }
  const domain::Inventory& inventory() const { return needs_.directory.inventory(); }
  WallTime now() const { return needs_.clock.wall(); }

  // Forbidden unless the caller may change keys (Right::keys; the cloud only where its unsigned
  // commands are allowed).
  Result<> may_change(const domain::Caller& caller) const;
  // Forbidden unless the caller may see secrets. The cloud may not (KEY-24).
  Result<> may_see(const domain::Caller& caller, Secrets secrets) const;

  // To be held from the first check of a change until after put().
  Turn& turn() { return turn_; }
  // Puts records and keys on disk, then into the book; an error changes nothing. Does not call
  // changed(): the caller does, once, when all is done.
  boost::asio::awaitable<Result<>> put(ports::Change change);
  void changed() const;

  // A record by `caller` about one thing; `body` without secrets.
  domain::RecordDraft record(const domain::Caller& caller, domain::RecordKind kind,
                             json::object body) const;
  // "r-4kx91mb2": a prefix and eight random characters (more where that is taken), for which `used`
  // says false.
  std::string new_id(std::string_view prefix,
                     const std::function<bool(const std::string&)>& used) const;

  // Whether the device has a memory that takes codes, or cards.
  bool keeps_codes(const DeviceId& device) const;
  bool keeps_cards(const DeviceId& device) const;

 private:
  Needs needs_;
  Turn turn_;
};

// Takes over what is on disk: removals first, as the store does.
void apply(const ports::KeyChange& change, domain::KeyBook& book);

}  // namespace genkan::services
