#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "firmware/base/cipher.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/domain/keys/code.hpp"
#include "firmware/domain/keys/key_ref.hpp"
#include "firmware/store/gateway_keys.hpp"
#include "firmware/store/key_file.hpp"

// Seals and opens codes and card numbers (KEY-24), and looks after the key file behind it.
namespace genkan::store {

// A code or card number as it lies on disk.
struct Sealed {
  std::string key;  // the id of the key that opens it
  Bytes bytes;      // nonce, AES-256-GCM, tag: of the same length whatever is in it
};

// The names of owners on disk, and in what is sealed: never change them.
std::string_view owner_word(domain::KeyOwner owner);
std::optional<domain::KeyOwner> owner_from_word(std::string_view word);

// Made before the store's threads; then the writing connection's thread alone.
class Secrets {
 public:
  // Reads the key file, writing nothing. Without a file, or with one that is damaged or cannot be
  // read, keys are made for what is missing; ensure_saved() puts them on disk. `forbidden`: others
  // may read the file.
  static Result<Secrets> load(std::filesystem::path path);

  // Call with the database's lock, before anything is sealed for the disk. Writes a file that is
  // missing or damaged (that one is set aside); keys that are in a file which has appeared in
  // between are kept in front of ours. `io` if the disk does not take it or the file that is there
  // cannot be read: nothing of it is touched then.
  Result<> ensure_saved(WallTime now);

  // What the rest of the gateway gets; stays the same for the life of the process.
  const GatewayKeys& keys() const { return keys_; }

  // `whose` is sealed with it: what is moved to another owner, or from code to card, does not open.
  Sealed seal(const domain::KeyRef& whose, const domain::Code& code) const;
  Sealed seal(const domain::KeyRef& whose, const domain::CardNumber& card) const;
  // `unknown`: its key is not in the key file. `corrupt`: it was changed, or is another's.
  Result<domain::Code> open_code(const domain::KeyRef& whose, const Sealed& sealed) const;
  Result<domain::CardNumber> open_card(const domain::KeyRef& whose, const Sealed& sealed) const;

  const std::string& sealing_id() const { return file_.seal.front().id; }
  std::string root_id() const { return file_.root.front().id; }
  bool knows(const std::string& key) const { return sealing_.contains(key); }

  // A rotation, in this order; power may fail between any two, and everything opens:
  // 1. begin_rotation: a new key seals from now on; it and those before it are in the file.
  // 2. reseal() (secret_table.hpp) and the commit.
  // 3. end_rotation: the file has the new key alone.
  // A file with several keys (a rotation that was cut off, two files put together) is brought to
  // its end by 2 and 3.
  Result<> begin_rotation();
  bool rotation_is_open() const { return file_.seal.size() > 1 || file_.root.size() > 1; }
  Result<> end_rotation();

 private:
  Secrets(std::filesystem::path path, KeyFile file, bool saved);
  void take(KeyFile file);
  Result<const SecretKey*> key_of(const Sealed& sealed) const;

  std::filesystem::path path_;
  KeyFile file_;
  GatewayKeys keys_;
  std::map<std::string, SecretKey> sealing_;  // derived, by id
  bool saved_ = false;
};

}  // namespace genkan::store
