#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/domain/keys/key_ring.hpp"
#include "firmware/domain/keys/wrong_codes.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/commands.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/keys/key_news.hpp"
#include "firmware/services/keys/key_secrets.hpp"

namespace genkan::services {

// What somebody shows to the gateway, as it came in.
struct ShownKey {
  domain::Credential how = domain::Credential::code;
  // The secret itself: a code's digits, a card's bytes, a token's text. Wiped by who made it.
  std::variant<domain::Code, domain::CardNumber, std::string> secret;
};

struct EntryAnswer {
  domain::Decision decision;
  std::string name;                      // of the key's owner; empty if not known
  std::optional<CommandAnswer> command;  // granted: what became of the door
};
// {"granted","reason","sentence","key":{"owner","id","name"}|null,"opens":{"start","end"}|null,
//  "command":…|null}
json::object to_json(const EntryAnswer& answer);

// Keys that are shown to the gateway itself (KEY-60): at readers, intercoms, on pages. One
// decision, one record, and the door. Loop thread.
class Entries {
 public:
  struct Needs {
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    domain::KeyBook& book;
    domain::KeyRing& ring;
    const KeySecrets& secrets;
    Commands& commands;
    const KeyNews& news;
  };
  explicit Entries(const Needs& needs) : needs_(needs) {}

  // Decides, records it with its reason, and opens. The name of `by` is where the person is (an
  // account, an address; empty: at the door): wrong entries count by door and by source (DEV-12). A
  // key whose
  // uses are counted has its use on disk before the door moves (KEY-40, KEY-42); if the disk does
  // not take it, the door stays shut (only then does a key wait for a disk). Errors: unknown
  // device, one that opens nothing, io. After its `until`, if set, the door does not move any more.
  boost::asio::awaitable<Result<EntryAnswer>> enter(DeviceId door, ShownKey shown,
                                                    domain::Caller by);
  // What would happen, now or at another time; nothing moves, nothing counts, nothing is recorded.
  Result<EntryAnswer> why(const DeviceId& door, const ShownKey& shown,
                          std::optional<WallTime> at) const;

 private:
  domain::Decision decide(const DeviceId& door, const ShownKey& shown, WallTime when) const;
  bool locked_out(const DeviceId& door, const std::string& source) const;
  void count_wrong(const DeviceId& door, const std::string& source, ports::Change& change);
  domain::RecordDraft record(const DeviceId& door, const ShownKey& shown,
                             const domain::Decision& decision, const domain::Caller& by) const;

  Needs needs_;
  domain::WrongCodes wrong_;
};

}  // namespace genkan::services
