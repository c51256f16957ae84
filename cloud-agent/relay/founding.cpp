#include "cloud-agent/relay/founding.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cloud-agent/relay/authority.hpp"
#include "cloud-agent/relay/broker_files.hpp"
#include "cloud-agent/relay/key_chain.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::chrono::days own_certificate_life{3650};

Result<> make_folder(const std::filesystem::path& path) {
  std::error_code fault;
  std::filesystem::create_directories(path, fault);
  if (!fault) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, fault);
  }
  if (fault) return fail(ErrorCode::io, cat(path.string(), ": ", fault.message()));
  return {};
}

Result<> write_pair(const std::filesystem::path& certificate_file, const Certificate& certificate,
                    const std::filesystem::path& key_file, const P256Key& key) {
  auto written = write_file(key_file, key.to_pem(), Readers::owner);
  if (!written) return written;
  return write_file(certificate_file, certificate.to_pem(), Readers::everybody);
}

Result<> make_own_certificate(const Folder& folder, const Authority& authority,
                              const CloudSettings& settings, WallTime now) {
  const P256Key key = P256Key::make();
  const auto certificate =
      authority.client(broker_user(settings.name), key.public_key(), now, own_certificate_life);
  if (!certificate) return fail(certificate.error());
  return write_pair(folder.certificate(), *certificate, folder.key(), key);
}

Result<> make_broker(const Folder& folder, const Authority& authority, const Founding& founding,
                     WallTime now) {
  const auto& settings = founding.settings;
  std::vector<std::string> names{settings.broker.host};
  for (const std::string_view each : {"localhost", "127.0.0.1"}) names.emplace_back(each);
  names.insert(names.end(), founding.names.begin(), founding.names.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const P256Key key = P256Key::make();
  const auto certificate =
      authority.server(cat("broker.", settings.name), key.public_key(), std::move(names), now);
  if (!certificate) return fail(certificate.error());
  auto done =
      write_pair(folder.broker() / "server.pem", *certificate, folder.broker() / "server.key", key);
  if (done) {
    done = write_file(folder.broker() / "ca.pem", authority.certificate().to_pem(),
                      Readers::everybody);
  }
  if (done) {
    done = write_file(folder.broker() / "acl", mosquitto_access(broker_user(settings.name)),
                      Readers::everybody);
  }
  if (!done) return done;
  return write_file(folder.broker() / "mosquitto.conf", mosquitto_settings(folder, settings),
                    Readers::everybody);
}

}  // namespace

std::string broker_user(std::string_view cloud) {
  return cat("cloud.", cloud);  // '.' is in no gateway's id
}

Result<> found_cloud(const Folder& folder, const Founding& founding, WallTime now) {
  std::error_code fault;
  if (std::filesystem::exists(folder.root(), fault) &&
      !std::filesystem::is_empty(folder.root(), fault)) {
    return fail(ErrorCode::conflict, cat(folder.root().string(),
                                         " is not empty; a new cloud needs a folder of its own"));
  }
  for (const auto& path : {folder.root(), folder.command_keys(), folder.broker()}) {
    if (auto made = make_folder(path); !made) return made;
  }
  const auto authority = Authority::make(founding.settings.name, now);
  if (!authority) return fail(authority.error());
  auto done = authority->save(folder);
  if (done) done = make_own_certificate(folder, *authority, founding.settings, now);
  if (done) done = make_broker(folder, *authority, founding, now);
  if (!done) return done;
  auto registry = Registry::open(folder);
  if (!registry) return fail(registry.error());
  auto keys = KeyChain::load(folder, *registry);
  if (!keys) return fail(keys.error());
  if (auto kid = keys->make(founding.settings.name, now); !kid) return fail(kid.error());
  // Last: a folder with settings is a whole cloud.
  return write_file(folder.settings(), settings_text(founding.settings), Readers::everybody);
}

}  // namespace genkan::relay
