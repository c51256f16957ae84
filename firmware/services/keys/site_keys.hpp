#pragma once

#include <string>
#include <vector>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// What goes with devices and rooms that a new site has no more (SITE-6), and what stays.
struct KeysGone {
  ports::KeyChange change;
  std::vector<domain::RecordDraft> records;
  // For people, before they confirm and after: "deleting 'Door 101' deletes its reservation
  // 'Anna'".
  std::vector<std::string> sentences;
  bool empty() const { return sentences.empty(); }
};
// Reservations on devices that are gone, their place in key groups, temporary keys and door codes
// of rooms that are gone. The slot notes are the key sync's. To be committed together with `site`.
KeysGone keys_gone_with(const KeyDesk& desk, const domain::Caller& caller,
                        const domain::Inventory& site);

// SITE-7: whose keys go on opening a lock that is deleted now, since they are, or may be, in its
// memory: "'Door 101' still holds, and will go on opening for: the code of 'Anna'". Empty: none.
std::string still_opening(const KeyDesk& desk, const DeviceId& device);
// The same of all devices that `site` has no more.
std::vector<std::string> still_opening(const KeyDesk& desk, const domain::Inventory& site);

}  // namespace genkan::services
