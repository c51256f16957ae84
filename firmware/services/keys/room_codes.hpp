#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/secret_input.hpp"

namespace genkan::services {

// The door code of a dwelling (KEY-22). Errors as the reservation office's; conflict also for a
// code that counts in the building already. Loop thread.
class RoomCodes {
 public:
  explicit RoomCodes(KeyDesk& desk) : desk_(desk) {}

  // {"room","set"}; with secrets "code" too.
  Result<json::object> one(const domain::Caller& caller, const RoomId& room, Secrets secrets) const;
  // {"code"}: 4 to 8 digits or a pattern (KEY-20).
  boost::asio::awaitable<Result<json::object>> set(domain::Caller caller, RoomId room,
                                                   json::object request, Secrets secrets);
  // Without one nothing changes.
  boost::asio::awaitable<Result<json::object>> remove(domain::Caller caller, RoomId room);

 private:
  Result<> check(const RoomId& room) const;
  Result<domain::Code> code_for(const RoomId& room, const json::object& request) const;
  boost::asio::awaitable<Result<>> save(domain::Caller caller, RoomId room,
                                        std::optional<domain::Code> code);

  KeyDesk& desk_;
};

}  // namespace genkan::services
