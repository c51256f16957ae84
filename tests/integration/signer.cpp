#include "tests/integration/signer.hpp"

#include <random>
#include <stdexcept>
#include <utility>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/process.hpp"

namespace genkan::test {

namespace {

P256Key read_key(const std::filesystem::path& file) {
  auto key = P256Key::from_pem(read_file(file));
  if (!key) throw std::runtime_error("no command key in " + file.string());
  return std::move(*key);
}

}  // namespace

RequestSigner::RequestSigner(P256Key key, std::string kid, std::string gateway)
    : key_(std::move(key)), kid_(std::move(kid)), gateway_(std::move(gateway)) {}

RequestSigner::RequestSigner(const std::filesystem::path& key, std::string kid, std::string gateway)
    : RequestSigner(read_key(key), std::move(kid), std::move(gateway)) {}

std::string RequestSigner::sign(const Wish& wish) const {
  const auto issued = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                          .time_since_epoch() +
                      wish.issued;
  json::object request{{"method", wish.method}, {"path", wish.path}};
  if (!wish.body.empty()) request["body"] = wish.body;
  return sign_claims({{"jti", wish.jti.empty() ? fresh_jti() : wish.jti},
                      {"aud", gateway_},
                      {"iat", issued.count()},
                      {"exp", (issued + wish.life).count()},
                      {"sub", wish.subject},
                      {"req", std::move(request)}});
}

std::string RequestSigner::command(std::string_view device, std::string_view command,
                                   std::chrono::seconds life) const {
  return sign({.path = cat("/v1/devices/", device, "/commands"),
               .body = {{"command", command}},
               .life = life});
}

std::string RequestSigner::sign_claims(const json::object& claims) const {
  return jws_sign(key_, kid_, json::serialize(claims));
}

std::string fresh_jti() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::random_device chance;
  std::string jti;
  for (int i = 0; i < 16; ++i) jti += digits[chance() % 16];
  return jti;
}

}  // namespace genkan::test
