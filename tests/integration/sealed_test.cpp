// Codes on their way from a cloud to its gateway, over the real broker: nobody between reads them.
#include <algorithm>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/estate.hpp"
#include "tests/integration/signer.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;

// Whether the digits stand in it, in clear or in any part of it that is merely encoded.
bool shows(std::string_view text, std::string_view digits) {
  if (text.find(digits) != std::string_view::npos) return true;
  constexpr std::string_view coded =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t least = 20;
  for (std::size_t at = 0; (at = text.find_first_of(coded, at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_not_of(coded, at), text.size());
    const auto bytes = base64url_decoded(text.substr(at, end - at));
    const std::string inner = bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
    if (end - at >= least && shows(inner, digits)) return true;
    at = end;
  }
  return false;
}

// Whoever sits on the broker: reads all of it.
struct Eavesdropper {
  explicit Eavesdropper(Estate& estate) : client(join(estate)) { client.subscribe("genkan/#"); }

  bool saw(std::string_view digits) const {
    for (const auto& message : client.messages()) {
      if (shows(message.payload, digits) || shows(message.correlation, digits)) return true;
    }
    return false;
  }
  std::size_t requests() const {
    std::size_t count = 0;
    for (const auto& message : client.messages()) count += message.topic.ends_with("/request");
    return count;
  }

  MqttClient client;

 private:
  static MqttClient join(Estate& estate) {
    return {estate.cloud.own_port(), "eavesdropper", estate.cloud.tls()};
  }
};

// An estate whose broker shows all to the cloud's certificate.
struct OpenEstate : Estate {
  OpenEstate() {
    const auto acl = cloud.path("broker") / "acl";
    write_file(acl, read_file(acl) + "\nuser cloud.trial\ntopic read genkan/#\n");
    open();
  }
};

std::string reservation(std::string_view code) {
  return cat(R"({"name":"Anna","device":"lock-101","kind":"code","code":")", code,
             R"(","start":"2098-01-01 10:00","end":"2098-01-02 10:00"})");
}

std::optional<MqttMessage> ask(MqttClient& client, const std::string& gateway, std::string jws) {
  MqttRequest request;
  request.path = "/v1/signed";
  request.body = std::move(jws);
  return client.ask(gateway, request, soon);
}

// The codes that the gateway has, as its administrator sees them.
std::string codes(Gateway& gateway) {
  return gateway.api("GET", "/v1/reservations?secrets=1").body;
}

}  // namespace

TEST_CASE("KEY-24: a code that genkan-cloud sends is in no message that the broker has") {
  constexpr std::string_view sealed = "73918462";
  constexpr std::string_view in_clear = "58203917";
  OpenEstate estate;
  Eavesdropper broker(estate);
  const auto& id = estate.house.gateway.id();

  const auto made = estate.cloud.run({"send", id, "POST", "/v1/reservations", reservation(sealed)});
  REQUIRE_MESSAGE(made.code == 0, made.output);
  CHECK(made.output.find(sealed) == std::string::npos);
  CHECK(codes(estate.house.gateway).find(sealed) != std::string::npos);

  // What an older cloud sends is taken, and read on the way: so the eavesdropper can read.
  const RequestSigner older(estate.cloud.path("keys") / (estate.cloud.kid() + ".key"),
                            estate.cloud.kid(), id);
  RequestSigner::Wish wish;
  wish.path = "/v1/reservations";
  wish.body = json::parse(reservation(in_clear)).as_object();
  MqttClient other(estate.cloud.own_port(), "older", estate.cloud.tls());
  const auto answer = ask(other, id, older.sign(wish));
  REQUIRE(answer);
  CHECK_MESSAGE(answer->status == "200", answer->payload);
  CHECK(wait_until([&] { return broker.saw(in_clear); }, soon));
  CHECK(broker.requests() >= 2);
  CHECK(wait_until([&] { return estate.mirrored(); }, soon));
  CHECK_FALSE(broker.saw(sealed));
}

TEST_CASE("KEY-24: what a stock library seals opens at the gateway, and nowhere else") {
  Estate estate;
  estate.open();
  auto& gateway = estate.house.gateway;
  const RequestSigner signer(estate.cloud.path("keys") / (estate.cloud.kid() + ".key"),
                             estate.cloud.kid(), gateway.id());
  MqttClient cloud(estate.cloud.own_port(), "stock", estate.cloud.tls());
  const auto send = [&](const std::string& jti, const json::object& content) {
    write_file(estate.cloud.path("content.json"), json::serialize(content));
    const auto program =
        source_folder() / "cloud-agent" / "contract" / "examples" / "python" / "seal.py";
    Process python({"/usr/bin/python3", program.string(), estate.cloud.path("gw.pem").string(),
                    estate.cloud.path("content.json").string()},
                   estate.cloud.path(jti + ".log"));
    REQUIRE_MESSAGE(python.wait(soon) == 0, python.output());
    auto sealed = python.output();
    while (sealed.ends_with('\n')) sealed.pop_back();
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                         .time_since_epoch()
                         .count();
    const json::object claims{
        {"jti", jti},
        {"aud", gateway.id()},
        {"iat", now},
        {"exp", now + 60},
        {"sub", "anna"},
        {"req",
         json::object{{"method", "POST"}, {"path", "/v1/reservations"}, {"sealed", sealed}}}};
    const auto answer = ask(cloud, gateway.id(), signer.sign_claims(claims));
    REQUIRE(answer);
    return *answer;
  };
  const auto content = [&](const std::string& jti, std::string_view code) {
    return json::object{{"jti", jti},
                        {"aud", gateway.id()},
                        {"signed_by", estate.cloud.kid()},
                        {"body", json::parse(reservation(code))}};
  };
  const auto taken = send("stock-0001", content("stock-0001", "73918462"));
  CHECK_MESSAGE(taken.status == "200", taken.payload);
  CHECK(codes(gateway).find("73918462") != std::string::npos);
  const auto lifted = send("stock-0002", content("stock-0001", "58203917"));
  CHECK_MESSAGE(lifted.status == "400", lifted.payload);
  CHECK(lifted.payload.find("sealed for another envelope") != std::string::npos);
  CHECK(codes(gateway).find("58203917") == std::string::npos);

  // Another gateway's key: that of a board that is no more.
  const auto other = P256Key::make().public_key().to_pem();
  write_file(estate.cloud.path("gw.pem"), other);
  const auto refused = send("stock-0003", content("stock-0003", "58203917"));
  CHECK_MESSAGE(refused.status == "403", refused.payload);
  CHECK(refused.payload.find("sealed_for_another") != std::string::npos);
}

}  // namespace genkan::test
