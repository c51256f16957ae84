#include "firmware/domain/reservations/coupling.hpp"

#include <doctest/doctest.h>

#include "tests/unit/locks/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

using Wanted = std::optional<Command>;
constexpr std::nullopt_t nothing = std::nullopt;

const CoupledDevice lock{DeviceKind::lock, Coupling::with_reservation};
const CoupledDevice door{DeviceKind::entrance, Coupling::with_reservation, true};
const CoupledDevice light{DeviceKind::light, Coupling::with_reservation};
const CoupledDevice air{DeviceKind::air_conditioner, Coupling::with_reservation};

LockModel sesame_model() {
  LockModel model;
  model.unlocks_again_after.clear();
  model.locked_by_touch = false;
  return model;
}
const LockModel sesame = sesame_model();
const CoupledDevice sesame_lock{DeviceKind::lock, Coupling::with_reservation, false, &sesame};

CoupledDevice end_only(CoupledDevice device) {
  device.coupling = Coupling::end_only;
  return device;
}

std::optional<DeviceState> is(Field field, auto word) {
  DeviceState state;
  state.set({field}, static_cast<std::int32_t>(word));
  return state;
}
const auto locked = is(Field::bolt, Bolt::locked);
const auto unlocked = is(Field::bolt, Bolt::unlocked);
const auto off = is(Field::output, Output::off);
const auto on = is(Field::output, Output::on);
const std::optional<DeviceState> unknown;

std::optional<DeviceState> cooling() {
  auto state = is(Field::output, Output::on);
  state->set({Field::mode}, static_cast<std::int32_t>(AirMode::cool));
  return state;
}

CoupledTime time(WallTime start, WallTime end, WallTime made = at(0)) {
  return {{start, end}, made};
}

struct Row {
  const char* what;
  CoupledDevice device;
  std::vector<CoupledTime> times;
  WallTime followed_to;
  std::optional<DeviceState> state;
  WallTime now;
  Wanted command;
};

void run(const std::vector<Row>& table) {
  for (const Row& row : table) {
    INFO(std::string(row.what));
    const auto step =
        follow(row.device, row.times, {DeviceId("d"), row.followed_to}, row.state, row.now);
    CHECK(step.command == row.command);
  }
}

const auto ten = time(at(10), at(12));

}  // namespace

TEST_CASE("RES-30: five minutes before the start") {
  const auto before = at(9, 54);
  const auto now = at(9, 55);
  const auto touching = time(at(8), at(10));
  const auto overlapping = time(at(8), at(11));
  const auto gap = time(at(8), at(9, 58));
  run({
      {"not yet", lock, {ten}, at(0), locked, before, nothing},
      {"unlock", lock, {ten}, before, locked, now, Command::unlock},
      {"state not known", lock, {ten}, before, unknown, now, Command::unlock},
      {"open already", lock, {ten}, before, unlocked, now, nothing},
      {"light on", light, {ten}, before, off, now, Command::on},
      {"light is on", light, {ten}, before, on, now, nothing},
      {"air conditioner on", air, {ten}, before, off, now, Command::on},
      {"air conditioner cools: automatic mode", air, {ten}, before, cooling(), now, Command::on},
      {"automatic door", door, {ten}, before, off, now, Command::hold_open},
      {"SESAME too", sesame_lock, {ten}, before, locked, now, Command::unlock},
      {"once", lock, {ten}, now, locked, at(9, 56), nothing},
      {"a touching one has it open", light, {touching, ten}, before, off, now, nothing},
      {"an overlapping one has it open", light, {overlapping, ten}, before, off, now, nothing},
      {"one with a gap does not count", light, {gap, ten}, before, off, now, Command::on},
      {"an entrance that is no automatic door",
       {DeviceKind::entrance, Coupling::with_reservation},
       {ten},
       before,
       off,
       now,
       nothing},
      {"not coupled", {DeviceKind::light, Coupling::none}, {ten}, before, off, now, nothing},
      {"coupled as entrance",
       {DeviceKind::lock, Coupling::entrance},
       {ten},
       before,
       locked,
       now,
       nothing},
  });
}

TEST_CASE("RES-31: at the start") {
  const auto before = at(9, 55);
  const auto now = at(10);
  const auto touching = time(at(8), at(10));
  const auto gap = time(at(8), at(9, 58));
  run({
      {"a lock that is locked", lock, {ten}, before, locked, now, Command::unlock},
      {"a lock of which nothing is known", lock, {ten}, before, unknown, now, Command::unlock},
      {"a lock that is open", lock, {ten}, before, unlocked, now, nothing},
      {"a light that somebody switched off", light, {ten}, before, off, now, nothing},
      {"likewise an air conditioner", air, {ten}, before, off, now, nothing},
      {"likewise an automatic door", door, {ten}, before, off, now, nothing},
      {"SESAME", sesame_lock, {ten}, before, locked, now, nothing},
      {"a lock, after one that touches",
       lock,
       {touching, ten},
       at(9, 59),
       locked,
       now,
       Command::unlock},
      {"a light, after one that touches", light, {touching, ten}, at(9, 59), off, now, nothing},
      {"a light that the end of another switched off in between",
       light,
       {gap, ten},
       at(9, 58),
       off,
       now,
       Command::on},
      {"SESAME, likewise", sesame_lock, {gap, ten}, at(9, 58), locked, now, Command::unlock},
  });
}

TEST_CASE("RES-33: made late") {
  const auto late = time(at(10), at(12), at(9, 56));
  const auto inside = time(at(10), at(12), at(11));
  const auto just = time(at(10), at(12), at(9, 55));
  const auto ended = time(at(10), at(12), at(12, 30));
  const auto other = time(at(9), at(13));
  const auto over = time(at(9), at(10, 30));
  run({
      {"exactly five minutes before: at once",
       light,
       {just},
       at(9, 54),
       off,
       at(9, 55),
       Command::on},
      {"less than five: not yet", light, {late}, at(9), off, at(9, 57), nothing},
      {"less than five: at the start", light, {late}, at(9), off, at(10), Command::on},
      {"a lock too", lock, {late}, at(9), locked, at(10), Command::unlock},
      {"SESAME too", sesame_lock, {late}, at(9), locked, at(10), Command::unlock},
      {"inside: at once", light, {inside}, at(9), off, at(11), Command::on},
      {"inside: once", light, {inside}, at(11), off, at(11, 1), nothing},
      {"inside, another has it open", light, {other, inside}, at(10), off, at(11), nothing},
      {"inside, another had it open", light, {over, inside}, at(10, 30), off, at(11), Command::on},
      {"made when it was over: nothing", light, {ended}, at(9), on, at(13), nothing},
  });
}

TEST_CASE("RES-34: at the end") {
  const auto before = at(11, 59);
  const auto now = at(12);
  const auto follows = time(at(12), at(13));
  const auto overlaps = time(at(11), at(13));
  const auto gap = time(at(12, 1), at(13));
  run({
      {"lock", lock, {ten}, before, unlocked, now, Command::lock},
      {"lock, state not known", lock, {ten}, before, unknown, now, Command::lock},
      {"locked already", lock, {ten}, before, locked, now, nothing},
      {"light off", light, {ten}, before, on, now, Command::off},
      {"off already", light, {ten}, before, off, now, nothing},
      {"air conditioner off, whatever its mode", air, {ten}, before, cooling(), now, Command::off},
      {"automatic door", door, {ten}, before, on, now, Command::end_hold},
      {"SESAME", sesame_lock, {ten}, before, unlocked, now, Command::lock},
      {"one follows without a gap", light, {ten, follows}, before, on, now, nothing},
      {"one overlaps", light, {ten, overlaps}, before, on, now, nothing},
      {"a gap of a minute: closed, and opened by the next",
       light,
       {ten, gap},
       before,
       on,
       now,
       Command::off},
      {"end only, one follows", end_only(lock), {ten, follows}, before, unlocked, now, nothing},
      {"the last of a row", light, {ten, follows}, at(12), on, at(13), Command::off},
  });
}

TEST_CASE("RES-35: deleted while it is on") {
  const auto follows = time(at(12), at(13));
  const auto overlaps = time(at(11), at(14));
  run({
      {"the light stays on", light, {}, at(10), on, at(11), nothing},
      {"also at what was its end", light, {}, at(10), on, at(12), nothing},
      {"another that had ended under it does not switch it off",
       light,
       {ten},
       at(12),
       on,
       at(13),
       nothing},
      {"the next one has its own end", light, {follows}, at(10), on, at(13), Command::off},
  });
  // An end that another reservation covers is followed too: when that one is deleted later, it is
  // not made up for.
  const auto step = follow(light, {ten, overlaps}, {DeviceId("d"), at(11)}, on, at(12));
  CHECK_FALSE(step.command);
  CHECK(step.followed_to == at(12));
}

TEST_CASE("RES-37: an automatic door is held open from five minutes before to the end") {
  const auto held = [](WallTime followed_to, const std::optional<DeviceState>& state,
                       WallTime now) {
    return follow(door, {ten}, {DeviceId("d"), followed_to}, state, now).held;
  };
  CHECK_FALSE(held(at(9), off, at(9, 54)));
  CHECK(held(at(9), off, at(9, 55)) == true);
  CHECK(held(at(9), on, at(9, 55)) == true);
  CHECK_FALSE(held(at(9, 55), off, at(10)));
  CHECK(held(at(10), on, at(12)) == false);
  CHECK(held(at(10), off, at(12)) == false);
  CHECK_FALSE(follow(light, {ten}, {DeviceId("d"), at(9)}, off, at(9, 55)).held);
}

TEST_CASE("RES-38: end only") {
  run({
      {"not before the start", end_only(lock), {ten}, at(9), locked, at(9, 55), nothing},
      {"not at the start", end_only(lock), {ten}, at(9), locked, at(10), nothing},
      {"not when made late",
       end_only(light),
       {time(at(10), at(12), at(11))},
       at(9),
       off,
       at(11),
       nothing},
      {"at the end: lock", end_only(lock), {ten}, at(9), unlocked, at(12), Command::lock},
      {"light", end_only(light), {ten}, at(9), on, at(12), Command::off},
      {"automatic door", end_only(door), {ten}, at(9), on, at(12), Command::end_hold},
  });
}

TEST_CASE("RES-30 to RES-34: the gateway was off") {
  const auto later = time(at(14), at(16));
  const auto follows = time(at(12), at(13));
  run({
      {"over five minutes before", light, {ten}, at(9), off, at(9, 58), Command::on},
      {"over the start", light, {ten}, at(9), off, at(10, 30), Command::on},
      {"over the end", light, {ten}, at(10), on, at(13), Command::off},
      {"over the whole of it", lock, {ten}, at(9), unlocked, at(13), Command::lock},
      {"over one, into the next", light, {ten, later}, at(10), off, at(15), Command::on},
      {"over two", light, {ten, later}, at(10), on, at(17), Command::off},
      {"over the seam of two", light, {ten, follows}, at(11), off, at(12, 30), nothing},
      {"over the seam of two: a lock",
       lock,
       {ten, follows},
       at(11),
       locked,
       at(12, 30),
       Command::unlock},
      {"over a start and an end that another runs over",
       light,
       {time(at(9), at(11)), ten},
       at(8),
       off,
       at(11, 30),
       Command::on},
      {"SESAME over its start", sesame_lock, {ten}, at(9), locked, at(11), Command::unlock},
  });
}

TEST_CASE("RES-11: a clock that went back does nothing again") {
  run({
      {"an hour, over the end", light, {ten}, at(12), on, at(11, 10), nothing},
      {"it comes to the end again", light, {ten}, at(12), on, at(12), nothing},
      {"the next moment counts",
       light,
       {ten, time(at(12, 30), at(13))},
       at(12),
       off,
       at(12, 25),
       Command::on},
  });
  const auto back =
      follow(light, {ten, time(at(12, 30), at(13))}, {DeviceId("d"), at(12)}, on, at(9));
  CHECK(back.followed_to == at(12));
  CHECK(back.next == at(12, 25));
  // A mark from a clock that was years ahead is not believed.
  const auto lost = follow(light, {ten}, {DeviceId("d"), at(24 * 400)}, off, at(9));
  CHECK(lost.followed_to == at(9));
  CHECK(lost.next == at(9, 55));
  CHECK_FALSE(lost.command);
}

TEST_CASE("RES-30: the mark moves to the last moment that was due, and next is the one after") {
  const std::pair<WallTime, WallTime> nexts[] = {
      {at(9), at(9, 55)}, {at(9, 55), at(10)}, {at(10), at(12)}};
  for (const auto& [now, next] : nexts) {
    const auto step = follow(lock, {ten}, {DeviceId("d"), at(8)}, locked, now);
    CHECK(step.next == next);
    CHECK(step.followed_to == std::max(now == at(9) ? at(8) : now, at(8)));
  }
  CHECK_FALSE(follow(lock, {ten}, {DeviceId("d"), at(8)}, locked, at(12)).next);
  CHECK(follow(end_only(lock), {ten}, {DeviceId("d"), at(8)}, locked, at(9)).next == at(12));
  // Moved to begin earlier, while nothing else was due: it acts.
  CHECK(follow(light, {time(at(9, 30), at(12))}, {DeviceId("d"), at(8)}, off, at(10)).command ==
        Command::on);
}
