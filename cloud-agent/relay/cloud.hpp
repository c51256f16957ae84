#pragma once

#include <memory>
#include <optional>

#include "cloud-agent/relay/authority.hpp"
#include "cloud-agent/relay/key_chain.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

// A folder, opened: what every command but `init` begins with. One thread.
struct Cloud {
  Folder folder;
  CloudSettings settings;
  Registry registry;
  std::optional<KeyChain> keys;  // always there; refers to the registry

  static Result<std::unique_ptr<Cloud>> open(const Folder& folder);
};

}  // namespace genkan::relay
