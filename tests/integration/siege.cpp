#include "tests/integration/siege.hpp"

#include <stdexcept>

#include "firmware/base/certificate.hpp"
#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 30s;

std::vector<json::object> bodies(Gateway& gateway, std::int64_t after, std::string_view kind,
                                 std::string_view reason) {
  std::vector<json::object> found;
  for (const auto& record : gateway.journal(after)) {
    const auto& body = record.at("body").as_object();
    if (text_at(record, "kind") == kind && text_at(body, "reason") == reason) found.push_back(body);
  }
  return found;
}

}  // namespace

Siege::Siege(const Edit& edit) {
  const auto settings = estate.cloud.path("broker") / "mosquitto.conf";
  if (edit != nullptr) write_file(settings, edit(read_file(settings)));
  estate.open();
  estate.house.restart_with(as(read_file(estate.house.settings_file()), me(), "cloud"));
  wait_until_back();
}

void Siege::wait_until_back() {
  gateway().wait_fresh(patience);
  settle();
  if (!wait_until([this] { return estate.connected(); }, patience)) {
    throw std::runtime_error("the gateway does not come back");
  }
}

std::filesystem::path Siege::command_key() const {
  return estate.cloud.path("keys") / (estate.cloud.kid() + ".key");
}

RequestSigner Siege::signer() const {
  return {command_key(), estate.cloud.kid(), estate.house.gateway.id()};
}

std::string Siege::moved() { return changes(before, gateway(), estate.house.building); }

void Siege::settle() { before = present(gateway(), estate.house.building); }

bool Siege::recorded(std::int64_t after, std::string_view kind, std::string_view reason) {
  return wait_until([&] { return !bodies(gateway(), after, kind, reason).empty(); }, 5s);
}

std::int64_t Siege::not_passed_on() {
  std::int64_t count = 0;
  for (const auto& body : bodies(gateway(), 0, "request_refused", "not_passed_on")) {
    count += body.at("count").to_number<std::int64_t>();
  }
  return count;
}

bool Siege::not_passed_on_because(std::string_view why) {
  for (const auto& body : bodies(gateway(), 0, "request_refused", "not_passed_on")) {
    if (text_at(body, "detail").find(why) != std::string::npos) return true;
  }
  return false;
}

std::size_t Siege::connects() const {
  return times(read_file(estate.house.folder.path() / "agent" / "agent.log"),
               "connected to the broker");
}

std::string Siege::why_away() {
  const auto status = gateway().api("GET", "/v1/status").json();
  const auto& link = status.at("cloud").as_object();
  return link.at("connected").as_bool() ? "" : text_at(link, "why");
}

MqttClient::Tls Siege::enrol(const std::string& gateway) {
  const P256Key key = P256Key::make();
  const auto file = [&](const char* end) { return estate.cloud.path(gateway + end); };
  write_file(file(".key"), key.to_pem());
  write_file(file(".csr"), make_csr_pem(key, gateway).value());
  const auto enrolled =
      estate.cloud.run({"enrol", file(".csr").string(), "--contract", cat("SPID-", gateway),
                        "--gateway", gateway, "--out", file(".json").string()});
  if (enrolled.code != 0) throw std::runtime_error("enrol: " + enrolled.output);
  const auto enrolment = json::parse(read_file(file(".json")));
  write_file(file(".pem"), std::string(enrolment.at("certificate").as_string()));
  return {estate.cloud.path("ca.pem"), file(".pem"), file(".key")};
}

}  // namespace genkan::test
