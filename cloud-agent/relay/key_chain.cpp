#include "cloud-agent/relay/key_chain.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>

#include "firmware/base/certificate.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

void wipe_text(std::string& text) {
  wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

Result<P256Key> read_command_key(const Folder& folder, std::string_view kid) {
  const auto file = folder.command_key(kid);
  auto pem = read_private_file(file, max_pem);
  if (!pem) return fail(pem.error());
  auto key = P256Key::from_pem(*pem);
  wipe_text(*pem);
  if (!key) return fail(key.error().in(file.string()));
  return key;
}

Result<KeyChain> KeyChain::load(const Folder& folder, Registry& registry) {
  KeyChain chain(folder, registry);
  if (auto read = chain.refresh(); !read) return fail(read.error());
  return chain;
}

Result<> KeyChain::refresh() {
  auto known = registry_->keys();
  if (!known) return fail(known.error());
  std::erase_if(*known, [](const CommandKey& key) { return key.retired; });
  std::map<std::string, P256Key, std::less<>> keys;
  for (const auto& each : *known) {
    if (auto have = keys_.extract(each.kid); !have.empty()) {
      keys.insert(std::move(have));
      continue;
    }
    auto key = read_command_key(folder_, each.kid);
    if (!key) return fail(key.error());
    keys.emplace(each.kid, *std::move(key));
  }
  live_ = *std::move(known);
  keys_ = std::move(keys);
  return {};
}

Result<std::string> KeyChain::make(std::string_view cloud, WallTime now) {
  if (auto read = refresh(); !read) return fail(read.error());
  if (live_.size() > 1) {
    return fail(ErrorCode::conflict,
                cat("gateways are still changing from ", live_.back().kid, " to ",
                    live_.front().kid, "; genkan-cloud keys list shows how far that is"));
  }
  const auto number = registry_->next_key_number();
  if (!number) return fail(number.error());
  std::string kid = cat(cloud, "-", *number);
  std::error_code fault;
  std::filesystem::create_directories(folder_.command_keys(), fault);
  const P256Key key = P256Key::make();
  std::string pem = key.to_pem();
  auto written = write_new_file(folder_.command_key(kid), pem, Readers::owner);
  wipe_text(pem);
  if (!written) return fail(written.error());
  if (auto added = registry_->add_key(kid, now); !added) return fail(added.error());
  if (auto read = refresh(); !read) return fail(read.error());
  return kid;
}

Result<> KeyChain::retire(std::string_view kid, WallTime now) {
  if (auto retired = registry_->retire_key(kid, now); !retired) return retired;
  if (auto gone = remove_file(folder_.command_key(kid)); !gone) return gone;
  return refresh();
}

const P256Key* KeyChain::find(std::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

Result<std::vector<std::string>> KeyChain::signers(std::string_view gateway) const {
  auto kids = registry_->held_by(gateway);
  if (!kids) return kids;
  std::erase_if(*kids, [this](const std::string& kid) { return find(kid) == nullptr; });
  for (const auto& key : live_) {
    if (std::find(kids->begin(), kids->end(), key.kid) == kids->end()) kids->push_back(key.kid);
  }
  return kids;
}

Result<json::object> KeyChain::introduction(std::string_view kid,
                                            const std::vector<std::string>& scopes) const {
  const P256Key* key = find(kid);
  if (key == nullptr) return fail(ErrorCode::unknown, cat("there is no key ", printable(kid)));
  return json::object{{"kid", kid},
                      {"key", key->public_key().to_jwk()},
                      {"name", kid},
                      {"scopes", json::value_from(scopes)}};
}

}  // namespace genkan::relay
