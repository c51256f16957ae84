#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/relay/envelope.hpp"
#include "cloud-agent/relay/folder.hpp"
#include "cloud-agent/relay/registry.hpp"
#include "firmware/base/json.hpp"

namespace genkan::relay {

// One of the keys, from its file. ErrorCode::unknown: it was retired.
Result<P256Key> read_command_key(const Folder& folder, std::string_view kid);

// The command-signing keys: files of the folder, told apart by the registry. The newest signs
// wherever a gateway holds it; older ones only until it does. One thread.
class KeyChain {
 public:
  // `registry` must outlive the chain. Reads the keys that are not retired.
  static Result<KeyChain> load(const Folder& folder, Registry& registry);

  // A new key, the newest from now on; returns its kid. Its file is on disk before anyone hears of
  // it. ErrorCode::conflict while an older rotation is under way.
  Result<std::string> make(std::string_view cloud, WallTime now);
  // Takes up what another process made or retired.
  Result<> refresh();
  // Forgets a key that no gateway trusts, and removes its file.
  Result<> retire(std::string_view kid, WallTime now);

  // Those that are not retired, the newest first; never empty after `init`.
  const std::vector<CommandKey>& live() const { return live_; }
  // Null if it is not ours, or retired.
  const P256Key* find(std::string_view kid) const;
  // Keys to try at a gateway: those it is believed to hold, the newest first, then the others.
  Result<std::vector<std::string>> signers(std::string_view gateway) const;
  // {"kid", "key", "name", "scopes"}, as gateways take it.
  Result<json::object> introduction(std::string_view kid,
                                    const std::vector<std::string>& scopes) const;

 private:
  KeyChain(Folder folder, Registry& registry) : folder_(std::move(folder)), registry_(&registry) {}

  Folder folder_;
  Registry* registry_;
  std::vector<CommandKey> live_;
  std::map<std::string, P256Key, std::less<>> keys_;
};

}  // namespace genkan::relay
