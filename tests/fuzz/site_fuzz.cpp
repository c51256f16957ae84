// Site files: any text is either taken or told of, and what is taken is written and read back the
// same.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "firmware/services/site.hpp"

namespace {

using genkan::domain::DeviceKind;
using genkan::domain::ModelInfo;

class Models final : public genkan::domain::ModelCatalog {
 public:
  const ModelInfo* find(std::string_view model) const override {
    for (const auto& info : models_) {
      if (info.model == model) return &info;
    }
    return nullptr;
  }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> names;
    for (const auto& info : models_) names.emplace_back(info.model);
    return names;
  }

 private:
  std::array<ModelInfo, 4> models_{
      ModelInfo{"el-100", "Lock", DeviceKind::lock, "el-100", 1},
      ModelInfo{"sp-16", "Panel", DeviceKind::security_panel, "sp-16", 1},
      ModelInfo{"sp-16-zone", "Zone", DeviceKind::zone, "sp-16", 16},
      ModelInfo{"la-8-light", "Light", DeviceKind::light, "la-8", 8}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Models models;
  genkan::Problems problems;
  const auto site = genkan::services::parse_site(text, "site.toml", models, problems);
  if (site.has_value() != problems.empty()) std::abort();
  if (!site) return 0;
  const auto written = genkan::services::write_site(*site);
  const auto back = genkan::services::parse_site(written, "site.toml", models, problems);
  if (!back || *back != *site) std::abort();
  return 0;
}
