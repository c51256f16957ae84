#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// What people do about the key file, and what they are told of it (docs/SECRETS.md). Loop thread.
class SecretOffice {
 public:
  SecretOffice(const KeyDesk& desk, Troubles& troubles, KeyFacts& facts)
      : desk_(desk), troubles_(troubles), facts_(facts) {}

  // Seals every code and card with a new key and forgets the old one. {"rotated":true}. Errors:
  // forbidden, and those of Store::rotate_key, which say what is left to do.
  boost::asio::awaitable<Result<json::object>> rotate(domain::Caller caller);

  // A change is on disk: what was removed or given anew is no longer unreadable.
  void resolve(const ports::KeyChange& change);
  // The trouble of those that are unreadable now, with whose they are. The book has them already.
  void judge(ports::Change& change);

 private:
  std::string whose() const;

  const KeyDesk& desk_;
  Troubles& troubles_;
  KeyFacts& facts_;
};

}  // namespace genkan::services
