#include "tests/demo/house.hpp"

namespace genkan::demo {

using namespace std::chrono_literals;

House::House(const std::vector<std::string>& options)
    : building(folder.path() / "building", test::Building::Scene::sample, options),
      gateway(folder.path() / "gateway", {.id = "sakura-court"}),
      agent(folder.path() / "agent", gateway, broker.port()) {
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(30s);
}

}  // namespace genkan::demo
