#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/entries.hpp"
#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Keys shown to the gateway, as a reader's program or a page passes them on (KEY-60). `request` has
// exactly one of "code", "card", "token" (a temporary key's QR), "software_code" and "link".
// Nothing that is answered repeats one. Loop thread.
class EntryOffice {
 public:
  EntryOffice(const KeyDesk& desk, Entries& entries) : desk_(desk), entries_(entries) {}

  // Decides, records, opens: {"granted","reason","sentence","key","opens","command"}. The caller is
  // the source that wrong entries are counted by (DEV-12). Errors: forbidden (as for commands),
  // invalid, unknown, unsupported (nothing to open), io.
  boost::asio::awaitable<Result<json::object>> enter(domain::Caller caller, DeviceId door,
                                                     json::object request);
  // The same without "command": what would happen, now or "at" (RFC 3339). Nothing moves, counts or
  // is recorded. Where the key is one that the door's own memory keeps, that memory decides:
  // without "at", "in_lock" says how it stands there (K of key_json.hpp), null that it is not in
  // it.
  Result<json::object> why(const domain::Caller& caller, const DeviceId& door,
                           const json::object& request) const;

 private:
  Result<> may_enter(const domain::Caller& caller) const;

  const KeyDesk& desk_;
  Entries& entries_;
};

}  // namespace genkan::services
