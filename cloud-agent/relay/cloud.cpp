#include "cloud-agent/relay/cloud.hpp"

#include <utility>

namespace genkan::relay {

Result<std::unique_ptr<Cloud>> Cloud::open(const Folder& folder) {
  auto settings = load_settings(folder);
  if (!settings) return fail(settings.error());
  auto registry = Registry::open(folder);
  if (!registry) return fail(registry.error());
  std::unique_ptr<Cloud> cloud(
      new Cloud{folder, *std::move(settings), *std::move(registry), std::nullopt});
  auto keys = KeyChain::load(folder, cloud->registry);
  if (!keys) return fail(keys.error());
  cloud->keys.emplace(*std::move(keys));
  return cloud;
}

}  // namespace genkan::relay
