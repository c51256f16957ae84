#include <doctest/doctest.h>

#include "firmware/domain/reservations/coupling.hpp"
#include "tests/unit/locks/support.hpp"

// What a coupled lock does when somebody moves its bolt.

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

using Wanted = std::optional<Command>;
constexpr std::nullopt_t nothing = std::nullopt;

struct Hand {
  const char* what;
  CoupledDevice device;
  OperatedBy by;
  WallTime now;
  Wanted command;
};

LockModel model_after(std::vector<OperatedBy> ways) {
  LockModel model;
  model.unlocks_again_after = std::move(ways);
  return model;
}
const LockModel sesame = model_after({});
const LockModel plus = model_after({OperatedBy::touch, OperatedBy::hand});

const CoupledDevice lock{DeviceKind::lock, Coupling::with_reservation};
const CoupledDevice lock_end_only{DeviceKind::lock, Coupling::end_only};
const CoupledDevice sesame_lock{DeviceKind::lock, Coupling::with_reservation, false, &sesame};
const CoupledTime ten{{at(10), at(12)}, at(0)};

}  // namespace

TEST_CASE("RES-32: locked during a reservation") {
  const auto during = at(11);
  const CoupledDevice on_body{DeviceKind::lock, Coupling::with_reservation, false, &plus};
  const Hand table[] = {
      {"touched", lock, OperatedBy::touch, during, Command::unlock},
      {"touched, end only", lock_end_only, OperatedBy::touch, during, Command::unlock},
      {"at its body", lock, OperatedBy::hand, during, nothing},
      {"at its body, 365plus", on_body, OperatedBy::hand, during, Command::unlock},
      {"touched, 365plus", on_body, OperatedBy::touch, during, Command::unlock},
      {"by card", lock, OperatedBy::card, during, nothing},
      {"by key", on_body, OperatedBy::key, during, nothing},
      {"by auto-lock", on_body, OperatedBy::auto_lock, during, nothing},
      {"remotely", on_body, OperatedBy::remote, during, nothing},
      {"SESAME", sesame_lock, OperatedBy::touch, during, nothing},
      {"before the start", lock, OperatedBy::touch, at(9, 59), nothing},
      {"at the start", lock, OperatedBy::touch, at(10), Command::unlock},
      {"after the end", lock, OperatedBy::touch, at(12), nothing},
      {"not coupled", {DeviceKind::lock, Coupling::none}, OperatedBy::touch, during, nothing},
  };
  for (const Hand& row : table) {
    INFO(std::string(row.what));
    CHECK(answer_to_hand(row.device, {ten}, row.by, Bolt::locked, row.now) == row.command);
  }
}

TEST_CASE("RES-36: unlocked outside reservations") {
  const Hand table[] = {
      {"at its body", lock, OperatedBy::hand, at(9), Command::lock},
      {"at its body, end only", lock_end_only, OperatedBy::hand, at(9), Command::lock},
      {"remotely", lock, OperatedBy::remote, at(9), nothing},
      {"by card", lock, OperatedBy::card, at(9), nothing},
      {"by a code", lock, OperatedBy::key, at(9), nothing},
      {"not known how", lock, OperatedBy::unknown, at(9), nothing},
      {"during a reservation", lock, OperatedBy::hand, at(11), nothing},
      {"in the five minutes before", lock, OperatedBy::hand, at(9, 55), nothing},
      {"likewise, end only", lock_end_only, OperatedBy::hand, at(9, 55), Command::lock},
      {"after the end", lock, OperatedBy::hand, at(12), Command::lock},
      {"not coupled", {DeviceKind::lock, Coupling::none}, OperatedBy::hand, at(9), nothing},
  };
  for (const Hand& row : table) {
    INFO(std::string(row.what));
    CHECK(answer_to_hand(row.device, {ten}, row.by, Bolt::unlocked, row.now) == row.command);
  }
  for (const Bolt bolt : {Bolt::locked, Bolt::moving, Bolt::jammed}) {
    CHECK_FALSE(answer_to_hand(lock, {ten}, OperatedBy::hand, bolt, at(9)));
  }
}
