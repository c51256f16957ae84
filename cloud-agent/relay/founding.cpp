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

// Gateways must not take client ids of the cloud, nor it theirs: so each side has a port.
Result<> choose_own_broker(CloudSettings& settings) {
  const auto& gateways = settings.broker;
  auto& own = settings.own_broker;
  if (!gateways.tls) {
    if (!own) return {};
    return fail(ErrorCode::invalid, "without TLS, gateways and the cloud share one port");
  }
  if (!own && gateways.port < 65535) {
    own = gateways;
    ++own->port;
  }
  if (own && own->tls && own->port != gateways.port) return {};
  return fail(ErrorCode::invalid, cat("the cloud's programs need ssl:// and a port of their own at "
                                      "the broker, other than the gateways' ",
                                      gateways.port));
}

// The authority of the cloud's own programs, and their certificate.
Result<> make_own(const Folder& folder, const CloudSettings& settings, WallTime now) {
  const auto authority = Authority::make(cat("Genkan cloud CA ", settings.name), now);
  if (!authority) return fail(authority.error());
  const P256Key key = P256Key::make();
  const auto certificate =
      authority->client(broker_user(settings.name), key.public_key(), now, own_certificate_life);
  if (!certificate) return fail(certificate.error());
  auto done = authority->save(folder.own_authority(), folder.own_authority_key());
  if (done) {
    done = write_file(folder.broker() / broker_file::own_authority,
                      authority->certificate().to_pem(), Readers::everybody);
  }
  if (!done) return done;
  return write_pair(folder.certificate(), *certificate, folder.key(), key);
}

Result<> make_broker(const Folder& folder, const Authority& authority, const Founding& founding,
                     WallTime now) {
  const auto& settings = founding.settings;
  std::vector<std::string> names{settings.broker.host};
  if (settings.own_broker) names.push_back(settings.own_broker->host);
  for (const std::string_view each : {"localhost", "127.0.0.1"}) names.emplace_back(each);
  names.insert(names.end(), founding.names.begin(), founding.names.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const P256Key key = P256Key::make();
  const auto certificate =
      authority.server(cat("broker.", settings.name), key.public_key(), std::move(names), now);
  if (!certificate) return fail(certificate.error());
  const auto file = [&folder](std::string_view name) { return folder.broker() / name; };
  auto done = write_pair(file(broker_file::certificate), *certificate, file(broker_file::key), key);
  if (done) {
    done = write_file(file(broker_file::authority), authority.certificate().to_pem(),
                      Readers::everybody);
  }
  if (done) {
    done =
        write_file(file(broker_file::access), mosquitto_access(settings.name), Readers::everybody);
  }
  if (!done) return done;
  return write_file(file(broker_file::settings), mosquitto_settings(settings, folder.broker()),
                    Readers::everybody);
}

}  // namespace

Result<> found_cloud(const Folder& folder, Founding founding, WallTime now) {
  if (auto chosen = choose_own_broker(founding.settings); !chosen) return chosen;
  std::error_code fault;
  if (std::filesystem::exists(folder.root(), fault) &&
      !std::filesystem::is_empty(folder.root(), fault)) {
    return fail(ErrorCode::conflict, cat(folder.root().string(),
                                         " is not empty; a new cloud needs a folder of its own"));
  }
  for (const auto& path : {folder.root(), folder.command_keys(), folder.broker()}) {
    if (auto made = make_folder(path); !made) return made;
  }
  const auto authority = Authority::make(cat("Genkan trial CA ", founding.settings.name), now);
  if (!authority) return fail(authority.error());
  auto done = authority->save(folder.authority(), folder.authority_key());
  if (done) done = make_own(folder, founding.settings, now);
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
