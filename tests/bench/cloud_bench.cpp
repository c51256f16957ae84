// A gateway and its cloud over TLS with client certificates: what a signature and the ledger cost a
// command, what the agent takes, what goes over the line, and how fast a day offline is caught up.
// cloud_flow.hpp has what is about records. Under five minutes.
#include <chrono>
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "firmware/base/text.hpp"
#include "tests/bench/cloud_flow.hpp"
#include "tests/bench/command_times.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/wire_times.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/estate.hpp"
#include "tests/integration/signer.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
using bench::Rounds;

constexpr int rounds = 2;     // figures are medians over so many
constexpr int samples = 112;  // commands of each, seven to each lock
constexpr int reads = 300;
// As many requests as we like of one sender; the default keeps strangers at bay.
constexpr const char* settings = "requests_per_minute = 100000\n";

// The bench's locks behind a claimed gateway that takes commands with and without signature.
class Stage {
 public:
  Stage() : estate(settings, test::Building::Scene::bench) {
    estate.house.restart_with(
        test::replaced(test::read_file(estate.house.settings_file()), R"("refuse")", R"("allow")"));
    estate.house.gateway.wait_fresh(30s);
    estate.open();
    client.emplace(estate.cloud.own_port(), "bench", estate.cloud.tls());
    signer.emplace(estate.cloud.path("keys") / (estate.cloud.kid() + ".key"), estate.cloud.kid(),
                   estate.house.gateway.id());
  }

  test::MqttRequest signed_call(const test::RequestSigner::Wish& wish) const {
    test::MqttRequest request;
    request.path = "/v1/signed";
    request.body = signer->sign(wish);
    return request;
  }

  bench::CommandTimes commands(const std::string& prefix, bool with_signature) {
    bench::CommandRun run{.cloud = *client,
                          .building = estate.house.building,
                          .gateway = estate.house.gateway.id(),
                          .prefix = prefix,
                          .count = samples};
    if (with_signature) {
      run.request = [this](const std::string& device, std::string_view command) {
        return signed_call(
            {.path = cat("/v1/devices/", device, "/commands"), .body = {{"command", command}}});
      };
    }
    return bench::command_times(run);
  }

  // One read after the other; publish to answer in ms.
  std::vector<double> read_times(bool with_signature) {
    std::vector<double> times;
    for (int i = 0; i < reads; ++i) {
      test::MqttRequest request;
      request.method = "GET";
      request.path = "/v1/devices/tcp-1";
      if (with_signature) request = signed_call({.method = "GET", .path = request.path});
      std::int64_t sent_ns = 0;
      const auto correlation = client->send(estate.house.gateway.id(), request, &sent_ns);
      const auto answer = client->take(
          [&](const auto& message) { return message.correlation == correlation; }, 10s);
      if (!answer || answer->status != "200") throw std::runtime_error("a read was not answered");
      times.push_back(static_cast<double>(answer->arrived_ns - sent_ns) / 1e6);
    }
    return times;
  }

  test::Estate estate;
  std::optional<test::MqttClient> client;
  std::optional<test::RequestSigner> signer;
};

// p50 and p99, each beside what it is compared with.
void say(const std::string& name, const Rounds& found, const Rounds& beside) {
  bench::report(
      {.name = name + ", p50", .value = found.p50(), .unit = "ms", .floor = beside.p50()});
  bench::report(
      {.name = name + ", p99", .value = found.p99(), .unit = "ms", .floor = beside.p99()});
}

void measure_commands(Stage& stage) {
  bench::remark(
      "floor of what is unsigned: a bare subscriber in clear that writes the coil with libmodbus;"
      " of what is signed: the same without signature, in the same run");
  test::MosquittoBroker clear;
  Rounds bare;
  Rounds plain_coil;
  Rounds plain_answer;
  Rounds signed_coil;
  Rounds signed_answer;
  for (int i = 0; i < rounds; ++i) {
    bare.add(bench::bare_coil_times(stage.estate.house.building, clear.port(), samples));
    const auto plain = stage.commands("tcp-", false);
    const auto with_signature = stage.commands("tcp-", true);
    plain_coil.add(plain.to_coil);
    plain_answer.add(plain.to_answer);
    signed_coil.add(with_signature.to_coil);
    signed_answer.add(with_signature.to_answer);
  }
  say("unsigned command over TLS, publish to coil, Modbus TCP", plain_coil, bare);
  say("signed command over TLS, publish to coil, Modbus TCP", signed_coil, plain_coil);
  say("signed command over TLS, publish to answer, Modbus TCP", signed_answer, plain_answer);

  Rounds plain_serial;
  Rounds signed_serial;
  plain_serial.add(stage.commands("rtu-", false).to_coil);
  signed_serial.add(stage.commands("rtu-", true).to_coil);
  say("signed command over TLS, publish to coil, RTU", signed_serial, plain_serial);

  Rounds plain_reads;
  Rounds signed_reads;
  for (int i = 0; i < rounds; ++i) {
    plain_reads.add(stage.read_times(false));
    signed_reads.add(stage.read_times(true));
  }
  say("signed read over TLS, publish to answer", signed_reads, plain_reads);
}

void run() {
  {
    Stage stage;
    measure_commands(stage);
  }
  test::Estate estate;
  estate.house.restart_with(test::replaced(test::read_file(estate.house.settings_file()),
                                           "journal_mib = 64", "journal_mib = 512"));
  estate.house.gateway.wait_fresh(30s);
  estate.open();
  bench::measure_rest(estate);
  bench::measure_single_records(estate);
  bench::measure_flood(estate);
  bench::report_agent_memory(estate, "after a flood");
  bench::measure_catching_up(estate);
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cloud_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
