#pragma once

#include <map>
#include <string>
#include <vector>

#include "firmware/base/json.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/services/keys/key_facts.hpp"
#include "firmware/services/transfer/transfer.hpp"

namespace genkan::services {

// What a gateway has before it takes a transfer over.
struct KeysHere {
  const domain::KeyBook& book;
  std::map<DeviceId, std::vector<domain::SlotNote>> slot_notes;
  const KeyFacts& facts;
  std::string holiday_table;
};

struct TransferChange {
  ports::KeyChange change;
  // {"key_groups":{"added","changed","removed","same"},…,"slot_notes":N}
  json::object counts;
};

// What makes the keys here those of the transfer: what is other or new is put, what it does not
// have goes. Notes of slots are taken for locks of which nothing is noted here: what this gateway
// wrote itself it knows better. Pure.
TransferChange change_for(const Transfer& transfer, const KeysHere& here);

}  // namespace genkan::services
