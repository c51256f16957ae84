#pragma once

#include <span>
#include <string>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Why a key stands as it does, for people; empty where there is nothing to say.
std::string why_sentence(const KeyDesk& desk, const domain::KeyStanding& standing);
// The owner's name, as people gave it; its id where it is gone.
std::string name_of(const domain::KeyBook& book, const domain::KeyRef& key);

// K: {"device","key":"code|card","state","why","why_sentence","area","slot",
//     "in_favour_of":{"id","name"}|null,"opens":{"start","end"}}
json::object key_json(const KeyDesk& desk, const DeviceId& device,
                      const domain::KeyStanding& standing);

// What should be in locks of one owner.
struct ExpectedKeys {
  domain::KeyOwner owner = domain::KeyOwner::reservation;
  std::string id;
  bool code = false;
  bool card = false;
  std::optional<domain::Interval> opens;  // none: over, nothing is to be expected
};
// [K…] at all doors; a key that should be at one of `doors` and that the locks' side does not know
// of yet is shown as waiting (RES-51).
json::array keys_json(const KeyDesk& desk, const ExpectedKeys& expected,
                      std::span<const DeviceId> doors);

}  // namespace genkan::services
