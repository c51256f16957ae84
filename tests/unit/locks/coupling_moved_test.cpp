// What follows when a reservation is moved behind the mark of how far a device has followed.
#include <doctest/doctest.h>

#include "firmware/domain/reservations/coupling.hpp"
#include "tests/unit/locks/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

const CoupledDevice light{DeviceKind::light, Coupling::with_reservation};
const CoupledDevice end_only{DeviceKind::light, Coupling::end_only};

std::optional<DeviceState> is(Output output) {
  DeviceState state;
  state.set({Field::output}, static_cast<std::int32_t>(output));
  return state;
}

CoupledTime time(WallTime start, WallTime end, WallTime made = at(0)) {
  return {{start, end}, made};
}

// What is sent at `now`, once the times are no longer `before`.
std::optional<Command> moved(const CoupledDevice& device, const std::vector<CoupledTime>& before,
                             const std::vector<CoupledTime>& now_there,
                             const std::vector<CoupledTime>& changed, WallTime followed_to,
                             Output output, WallTime now) {
  const CouplingMark mark{DeviceId("d"), followed_to};
  const CouplingMark back{DeviceId("d"), mark_for(device, {before, now_there, changed}, mark, now)};
  CHECK(back.followed_to <= followed_to);
  return follow(device, now_there, back, is(output), now).command;
}

const auto other = time(at(8), at(10));  // ended at 10:00: so far the mark has come

}  // namespace

TEST_CASE("RES-31: moved so that it runs now, though others' moments came behind its start") {
  const auto later = time(at(14), at(16));
  const auto running = time(at(9), at(12));
  // Without the mark set back nothing would be sent.
  CHECK_FALSE(follow(light, {other, running}, {DeviceId("d"), at(10)}, is(Output::off), at(10, 30))
                  .command);
  CHECK(moved(light, {other, later}, {other, running}, {running}, at(10), Output::off,
              at(10, 30)) == Command::on);
  CHECK_FALSE(
      moved(light, {other, later}, {other, running}, {running}, at(10), Output::on, at(10, 30)));
  CHECK_FALSE(moved(end_only, {other, later}, {other, running}, {running}, at(10), Output::off,
                    at(10, 30)));
}

TEST_CASE("RES-34: moved so that it is over now: what it opened is closed") {
  const auto running = time(at(8), at(12));
  const auto over = time(at(8), at(9));
  // The mark is behind the new end, since another began at 9:25.
  const auto gap = time(at(9, 30), at(9, 40));
  CHECK(moved(light, {running, gap}, {over, gap}, {over}, at(9, 40), Output::on, at(10)) ==
        Command::off);
  // Another runs on: nothing is closed.
  const auto on = time(at(9, 30), at(11));
  CHECK_FALSE(moved(light, {running, on}, {over, on}, {over}, at(9, 30), Output::on, at(10)));
}

TEST_CASE("RES-31: what somebody switched off stays off when only the end is moved") {
  const auto running = time(at(9), at(12));
  const auto longer = time(at(9), at(13));
  CHECK_FALSE(moved(light, {running}, {longer}, {longer}, at(9), Output::off, at(10)));
  const auto earlier = time(at(8, 30), at(12));
  CHECK_FALSE(moved(light, {running}, {earlier}, {earlier}, at(9), Output::off, at(10)));
}

TEST_CASE("RES-33: made now, or moved within the future, the mark stays") {
  const CouplingMark mark{DeviceId("d"), at(10)};
  const auto made_now = time(at(9), at(12), at(10, 30));
  const std::vector<CoupledTime> before{other};
  const auto set_back = [&](const CoupledDevice& device, const CoupledTime& changed) {
    const std::vector<CoupledTime> now{other, changed};
    const std::vector<CoupledTime> list{changed};
    return mark_for(device, {before, now, list}, mark, at(10, 30));
  };
  CHECK(set_back(light, made_now) == at(10));
  const auto future = time(at(14), at(16));
  CHECK(set_back(light, future) == at(10));
  const auto over_and_new = time(at(8), at(9), at(9, 30));
  CHECK(set_back(light, over_and_new) == at(10));
  CHECK(set_back({DeviceKind::light, Coupling::none}, time(at(9), at(12))) == at(10));
  CHECK(set_back(light, time(at(9), at(12))) < at(8));  // before the first of those that touch
}
