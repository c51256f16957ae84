#include "tests/unit/keys/site.hpp"

#include <utility>

namespace genkan::keys_testing {

using namespace domain;

namespace {

class Models final : public ModelCatalog {
 public:
  Models() {
    for (const auto kind :
         {DeviceKind::lock, DeviceKind::entrance, DeviceKind::intercom, DeviceKind::light}) {
      models_.push_back({std::string(spec(kind).name), "", kind, ""});
    }
  }
  const ModelInfo* find(std::string_view model) const override {
    for (const auto& info : models_) {
      if (info.model == model) return &info;
    }
    return nullptr;
  }
  std::vector<std::string_view> names() const override { return {}; }

 private:
  std::vector<ModelInfo> models_;
};

struct Placed {
  std::string_view id, model, room;
  bool coupled = false;
};
constexpr Placed placed[] = {{"lock-101", "lock", "r101"},
                             {"side-101", "entrance", "r101"},
                             {"lamp-101", "light", "r101"},
                             {"lock-102", "lock", "r102"},
                             {"lobby-door", "entrance", "lobby", true},
                             {"intercom", "intercom", "lobby"},
                             {"lobby-lamp", "light", "lobby"},
                             {"bike-lock", "lock", "bike-room", true},
                             {"lock-201", "lock", "r201"},
                             {"hall-lock", "lock", "hall"},
                             {"gate", "lock", ""}};

Inventory inventory() {
  Inventory site;
  site.buildings.resize(2);
  site.buildings[0].id = BuildingId("sakura");
  site.buildings[0].common_allowance = std::chrono::minutes{30};
  site.buildings[1].id = BuildingId("ume");
  for (const auto& [id, building, common] : {std::tuple{"r101", "sakura", false},
                                             {"r102", "sakura", false},
                                             {"lobby", "sakura", true},
                                             {"bike-room", "sakura", true},
                                             {"r201", "ume", false},
                                             {"hall", "ume", true}}) {
    site.rooms.push_back({RoomId(id), id, BuildingId(building), common});
  }
  for (const auto& entry : placed) {
    DeviceConfig device;
    device.id = DeviceId(std::string(entry.id));
    device.model = std::string(entry.model);
    if (!entry.room.empty()) device.rooms.emplace_back(std::string(entry.room));
    if (entry.coupled) device.coupling = Coupling::entrance;
    site.devices.push_back(std::move(device));
  }
  return site;
}

}  // namespace

Site::Site()
    : inventory_(inventory()),
      doors_(inventory_, Models(), {{BuildingId("sakura"), tokyo()}, {BuildingId("ume"), tokyo()}}),
      hasher_(key_),
      ring_(holidays_) {
  coupled_since[DeviceId("lobby-door")] = wall(2026, 2, 1, 0, 0);
  coupled_since[DeviceId("bike-lock")] = wall(2026, 2, 1, 0, 0);
}

GrantSources Site::sources() const {
  const auto has_memory = [](const DeviceId& device) {
    return device.str() == "lock-101" || device.str() == "bike-lock" || device.str() == "lock-201";
  };
  return {book, doors_, hasher_, key_, has_memory, coupled_since};
}

Reservation Site::reservation(std::string id, std::string_view device, KeyKind kind) const {
  Reservation made;
  made.id = ReservationId(std::move(id));
  made.target = DeviceId(std::string(device));
  made.timing = Span{local(2026, 4, 1, 10, 0), local(2026, 4, 1, 12, 0)};
  made.kind = kind;
  made.made = wall(2026, 3, 1, 0, 0);
  return made;
}

void Site::fill() { domain::fill(ring_, sources()); }

std::string Site::show(Credential how, const KeyHash& hash, std::string_view door,
                       WallTime when) const {
  return std::string(name_of(
      ring_.decide({how, hash, DeviceId(std::string(door)), when, ClockTrust::trusted}).why));
}

std::string Site::typed(std::string_view code, std::string_view door, WallTime when) const {
  return show(Credential::code, hasher_.of(*Code::parse(code)), door, when);
}

std::string Site::software(std::string_view code, std::string_view door, WallTime when) const {
  return show(Credential::software_code, hasher_.of(Credential::software_code, code), door, when);
}

std::string Site::card(std::string_view number, std::string_view door, WallTime when) const {
  return show(Credential::card, hasher_.of(*CardNumber::parse(number)), door, when);
}

std::string Site::link(const Reservation& of, std::string_view door, WallTime when) const {
  return show(Credential::link, hasher_.of(Credential::link, link_token(of, key_)), door, when);
}

std::string Site::qr(std::uint64_t serial, std::string_view door, WallTime when) const {
  return show(Credential::qr, hash_of_serial(hasher_, serial), door, when);
}

}  // namespace genkan::keys_testing
