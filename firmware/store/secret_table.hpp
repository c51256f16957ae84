#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firmware/domain/reservations/reservation.hpp"
#include "firmware/store/secrets.hpp"
#include "firmware/store/sqlite.hpp"

// The table `secrets`: every sealed code and card number, by its owner.
namespace genkan::store {

// One row as it lies on disk.
struct SealedRow {
  domain::KeyRef whose;
  std::string name;  // of the card
  Sealed sealed;
};

struct OpenedSecrets {
  std::map<domain::KeyRef, domain::Code> codes;
  std::map<domain::KeyRef, domain::Card> cards;
  std::vector<SealedRow> unreadable;  // in order of owner
};

// What does not open is in `unreadable`; errors are SQLite's.
Result<OpenedSecrets> load_secrets(const Connection& connection, const Secrets& secrets);

// Writes and removes; made for one transaction. `owner` says whose: the flag `card` is set here.
class SecretWriter {
 public:
  static Result<SecretWriter> make(const Connection& connection, const Secrets& secrets);

  Result<> put(const domain::KeyRef& whose, const domain::Code& code);
  Result<> put(const domain::KeyRef& whose, const domain::Card& card);
  // As it was sealed, of a database that was set aside.
  Result<> put(const SealedRow& row);
  Result<> remove(const domain::KeyRef& whose);
  // The owner was put without it: removed, unless it was sealed with a key that is not here
  // (ports::KeyChange).
  Result<> remove_if_readable(const domain::KeyRef& whose);

 private:
  SecretWriter(const Secrets& secrets, Statement put, Statement remove, Statement key_of)
      : secrets_(secrets),
        put_(std::move(put)),
        remove_(std::move(remove)),
        key_of_(std::move(key_of)) {}

  const Secrets& secrets_;
  Statement put_;
  Statement remove_;
  Statement key_of_;
};

// Seals all that opens with another key than today's anew. Inside a transaction.
Result<> reseal(const Connection& connection, const Secrets& secrets);
// The same in a transaction of its own.
Result<> reseal_all(const Connection& connection, const Secrets& secrets);

}  // namespace genkan::store
