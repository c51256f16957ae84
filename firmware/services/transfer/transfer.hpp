#pragma once

#include <string>

#include "firmware/base/json.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/ports/key_records.hpp"
#include "firmware/services/transfer/transfer_box.hpp"

// All that one gateway knows of its site and keys, as one JSON document for another (docs/SITE.md).
// Pure.
namespace genkan::services {

// A larger document is refused unread.
constexpr std::size_t most_transfer_bytes = 16 * std::size_t{1024} * 1024;

struct Transfer {
  std::string gateway;  // who made it
  WallTime made{};
  std::string site;  // the site file (docs/SITE.md)
  // Of the notes of slots those in stale_hashes have no hash: their secret is in no record any
  // more. Coupling marks do not travel.
  ports::KeyMemory keys;
};

// {"format","gateway","made","for","sealed_key","site","key_groups","validity_groups","holders",
//  "reservations","temporary_keys","room_codes","slot_notes","coupled_since","holiday_table",
//  "signature"}: codes and card numbers are sealed in `box`, all of it is signed.
json::object to_json(const Transfer& transfer, const AgreementKey& receiver,
                     const TransferBox& box);

// Opens a document that was made for `receive`. Nothing if it has mistakes: all of them are in
// `problems`, one a record, under its place in the document. Whether it holds together is
// check_transfer's to say. `hasher` hashes the secrets of slots as here.
std::optional<Transfer> read_transfer(const json::object& document, AgreementSecret receive,
                                      const domain::KeyHasher& hasher, Problems& problems);

// Whether what belongs together is there: doors, rooms, groups; names and ids once, no more of
// anything than a gateway takes. `site` is the one of the document.
void check_transfer(const Transfer& transfer, const domain::Inventory& site,
                    const domain::ModelCatalog& models, Problems& problems);

}  // namespace genkan::services
