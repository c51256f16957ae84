#pragma once

#include <map>
#include <string>
#include <vector>

#include "firmware/domain/inventory.hpp"

namespace genkan::fakes {

// A catalog with one model a kind, and a few that share hardware, named as the sample's.
class FakeModels final : public domain::ModelCatalog {
 public:
  FakeModels();
  void add(domain::ModelInfo model);
  void remove(const std::string& model) { models_.erase(model); }

  const domain::ModelInfo* find(std::string_view model) const override;
  std::vector<std::string_view> names() const override;

 private:
  std::map<std::string, domain::ModelInfo, std::less<>> models_;
};

// A small building of those models: see site.cpp. Devices: lock-101, lobby-door, lamp, intercom,
// boxes, panel, zone-1 (door), zone-5 (window, "Lobby window"), zone-13 (motion), zone-15 (fire),
// bath-101, button-1, elevator-1; buses: line-a, tcp-1; rooms: lobby (common), r101, r102.
domain::Inventory small_site();

}  // namespace genkan::fakes
