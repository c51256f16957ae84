#include "firmware/domain/cloud/ledger.hpp"

#include <string>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/domain/cloud/sender_rate.hpp"

using namespace genkan;
using namespace genkan::domain;

TEST_CASE("REM-4: an answer that is too long is kept as a sentence") {
  const auto fits = ledger_end("12345678", 200, std::string(most_ledger_answer, 'a'));
  CHECK(fits.status == 200);
  CHECK(fits.answer.size() == most_ledger_answer);
  const auto cut = ledger_end("12345678", 200, std::string(most_ledger_answer + 1, 'a'));
  CHECK(cut.status == 413);
  CHECK(cut.state == LedgerState::answered);
  CHECK(parse_json(cut.answer, 1000)->at("error").at("code") == "too_large");
}

TEST_CASE("REM-4: a row may be forgotten a day after its request expired") {
  CHECK(format_time(ledger_floor(*parse_time("2026-11-20T12:00:00.900Z"))) ==
        "2026-11-19T12:00:00.000Z");
}

TEST_CASE("REM-4: an unknown outcome tells the state that was read back") {
  LedgerRow row;
  row.jti = "12345678";
  row.device = DeviceId("lock-101");
  row.command = "unlock";
  row.method = "POST";
  row.path = "/v1/reservations";
  const auto answer = unknown_outcome(row, "Door 101", DeviceState{}, true);
  CHECK(answer.at("verdict") == "unknown_outcome");
  CHECK(answer.at("device") == "lock-101");
  CHECK(answer.at("command") == "unlock");
  CHECK(std::string(answer.at("message").as_string()).find("Door 101") != std::string::npos);
  CHECK(unknown_outcome(row).at("error").at("code") == "unknown_outcome");
}

TEST_CASE("REM-4: a sender has a burst, then so many a minute") {
  SenderRate rate(60, 20);
  const SteadyTime start{};
  for (int i = 0; i < 20; ++i) CHECK(rate.take("k1", "anna", start));
  CHECK_FALSE(rate.take("k1", "anna", start));
  CHECK(rate.take("k1", "ben", start));
  CHECK_FALSE(rate.take("k1", "anna", start + 999ms));
  CHECK(rate.take("k1", "anna", start + 1s));
  CHECK_FALSE(rate.take("k1", "anna", start + 1s));
  const auto later = start + std::chrono::hours(1);
  for (int i = 0; i < 20; ++i) CHECK(rate.take("k1", "anna", later));
  CHECK_FALSE(rate.take("k1", "anna", later));
}

TEST_CASE("REM-4: too many senders at once are refused; quiet ones are forgotten") {
  SenderRate rate(60, 1);
  const SteadyTime start{};
  for (std::size_t i = 0; i < SenderRate::most_senders; ++i)
    CHECK(rate.take("k1", cat("s", i), start));
  CHECK_FALSE(rate.take("k1", "one more", start));
  // Another key's are not shut out by them.
  CHECK(rate.take("k2", "s1", start));
  CHECK(rate.take("k1", "one more", start + 2s));
}
