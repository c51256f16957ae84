#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "firmware/domain/keys/grants.hpp"
#include "tests/unit/keys/support.hpp"

namespace genkan::keys_testing {

// Two buildings with their doors, a key book and its ring.
//   sakura (allowance 30 min): r101 with lock-101 (memory), side-101 (entrance), lamp-101; r102
//   with
//     lock-102 (no memory); lobby (common) with lobby-door (entrance, coupled), intercom,
//     lobby-lamp; bike-room (common) with bike-lock (memory, coupled)
//   ume (no allowance): r201 with lock-201 (memory); hall (common) with hall-lock (no memory)
//   gate: in no room
class Site {
 public:
  Site();

  domain::KeyBook book;
  std::map<DeviceId, WallTime> coupled_since;

  domain::GrantSources sources() const;
  // A reservation from 10:00 to 12:00 on 1 April, made on 1 March, not yet in the book.
  domain::Reservation reservation(std::string id, std::string_view device,
                                  domain::KeyKind kind) const;
  // Fills the ring from the book; then shows: "none" if it opens, otherwise the refusal.
  void fill();
  std::string typed(std::string_view code, std::string_view door, WallTime when) const;
  std::string software(std::string_view code, std::string_view door, WallTime when) const;
  std::string card(std::string_view number, std::string_view door, WallTime when) const;
  std::string link(const domain::Reservation& of, std::string_view door, WallTime when) const;
  std::string qr(std::uint64_t serial, std::string_view door, WallTime when) const;

  domain::KeyRing& ring() { return ring_; }

 private:
  std::string show(domain::Credential how, const domain::KeyHash& hash, std::string_view door,
                   WallTime when) const;

  std::array<std::uint8_t, 32> key_{};
  domain::Inventory inventory_;
  domain::SiteDoors doors_;
  domain::KeyHasher hasher_;
  domain::Holidays holidays_;
  domain::KeyRing ring_;
};

}  // namespace genkan::keys_testing
