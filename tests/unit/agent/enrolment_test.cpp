#include "cloud-agent/agent/enrolment.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "firmware/base/certificate.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/json.hpp"
#include "tests/unit/agent/fake_daemon.hpp"
#include "tests/unit/agent/identity_stage.hpp"

namespace genkan::agent {

namespace {

// An enrolment beside a genkand whose claim the test sets.
struct Bench {
  boost::asio::io_context loop;
  IdentityStage stage;
  FakeDaemon daemon;
  int claim_status = 404;
  std::string claim_body;
  std::vector<Destination> changes;

  Bench() {
    daemon.answer = [this](const ApiRequest& request) -> Result<ApiResponse> {
      if (request.method == "PUT") return ApiResponse{200, "application/json", "{}"};
      return ApiResponse{claim_status, "application/json", claim_body};
    };
  }

  std::unique_ptr<Enrolment> make(std::optional<mqtt::Place> own = {}) {
    return std::make_unique<Enrolment>(loop.get_executor(), daemon,
                                       Enrolment::Needs{"gw-1", stage.folder(), std::move(own)},
                                       [this](const Destination& now) { changes.push_back(now); });
  }
  // Until nothing is left to do but to wait.
  void settle() {
    loop.restart();
    while (loop.poll() > 0) {
    }
  }
  void look(Enrolment& enrolment) {
    enrolment.look();
    settle();
  }
  void claimed(const Claim& claim) {
    claim_status = 200;
    claim_body = IdentityStage::body(claim);
  }
  P256Public key() const { return take_identity(stage.folder(), "gw-1")->key; }
};

}  // namespace

TEST_CASE("enrolment: the request goes to genkand, and without a claim nothing else happens") {
  Bench bench;
  const auto enrolment = bench.make();
  CHECK_FALSE(enrolment->where().place);
  enrolment->start();
  bench.settle();
  REQUIRE(bench.daemon.asked.size() == 2);
  CHECK(bench.daemon.asked[0].method == "PUT");
  CHECK(bench.daemon.asked[0].target == "/v1/identity");
  const auto body = json::parse(bench.daemon.asked[0].body).as_object();
  CHECK(body.size() == 1);
  CHECK(read_csr(std::string_view(body.at("csr").as_string()))->key == bench.key());
  CHECK(bench.daemon.asked[1].target == "/v1/claim");
  CHECK(bench.changes.empty());
}

TEST_CASE("enrolment: claimed, renewed, moved and released while it runs") {
  Bench bench;
  const auto enrolment = bench.make();
  enrolment->start();
  bench.settle();

  const Claim first = bench.stage.claim(bench.key());
  bench.claimed(first);
  bench.look(*enrolment);
  REQUIRE(bench.changes.size() == 1);
  CHECK(bench.changes[0].place->host == "broker.example");
  CHECK(read_file(bench.stage.folder().certificate(), 16384).value() == first.certificate);

  bench.look(*enrolment);
  CHECK(bench.changes.size() == 1);  // the same claim: no new connection

  const Claim renewed = bench.stage.claim(bench.key());
  REQUIRE(renewed.certificate != first.certificate);
  bench.claimed(renewed);
  bench.look(*enrolment);
  REQUIRE(bench.changes.size() == 2);
  CHECK(bench.changes[1].place == bench.changes[0].place);
  CHECK(read_file(bench.stage.folder().certificate(), 16384).value() == renewed.certificate);

  bench.claimed(bench.stage.claim(bench.key(), "ssl://elsewhere.example"));
  bench.look(*enrolment);
  REQUIRE(bench.changes.size() == 3);
  CHECK(bench.changes[2].place->host == "elsewhere.example");

  bench.claim_status = 404;
  bench.look(*enrolment);
  REQUIRE(bench.changes.size() == 4);
  CHECK_FALSE(bench.changes[3].place);
  CHECK_FALSE(bench.changes[3].fault);
  CHECK_FALSE(std::filesystem::exists(bench.stage.folder().certificate()));
}

TEST_CASE(
    "enrolment: a claim outlives a restart while genkand is away, and trouble there ends nothing") {
  Bench bench;
  REQUIRE(keep_claim(bench.stage.folder(), bench.stage.claim(bench.key())));
  const auto enrolment = bench.make();
  REQUIRE(enrolment->where().place);
  enrolment->start();
  for (const int status : {500, 503, 403}) {
    bench.claim_status = status;
    bench.look(*enrolment);
  }
  bench.claim_status = 200;
  bench.claim_body = "{}";
  bench.look(*enrolment);
  CHECK(bench.changes.empty());
  CHECK(enrolment->where().place);
}

TEST_CASE("enrolment: a broker in clear is left once the gateway is claimed, one with TLS is not") {
  Bench bench;
  const auto plain = bench.make(mqtt::Place{"b", 1883, std::nullopt});
  REQUIRE(plain->where().place);
  bench.claimed(bench.stage.claim(bench.key()));
  plain->start();
  bench.settle();
  REQUIRE(bench.changes.size() == 1);
  CHECK_FALSE(bench.changes[0].place);
  CHECK(bench.changes[0].fault);

  bench.changes.clear();
  REQUIRE(drop_claim(bench.stage.folder()));
  const auto tls = bench.make(mqtt::Place{"b", 8883, mqtt::TlsFiles{"/a", "", ""}});
  tls->start();
  bench.settle();
  CHECK(bench.changes.empty());
}

TEST_CASE("enrolment: without a key it says why, and puts nothing to genkand") {
  Bench bench;
  REQUIRE(write_file(bench.stage.folder().key(), "damaged", Readers::owner));
  const auto enrolment = bench.make();
  enrolment->start();
  bench.settle();
  REQUIRE(bench.daemon.asked.size() == 1);
  CHECK(bench.daemon.asked[0].target == "/v1/claim");
  bench.claimed(bench.stage.claim(P256Key::make().public_key()));
  bench.look(*enrolment);
  REQUIRE(bench.changes.size() == 1);
  CHECK(bench.changes[0].fault);
  CHECK(bench.changes[0].why.find("damaged") != std::string::npos);
}

}  // namespace genkan::agent
