#include <memory>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "tests/building/crc.hpp"
#include "tests/building/memory_lock.hpp"
#include "tests/building/rtu_line.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {
namespace {

Bytes with_crc(Bytes frame) {
  const std::uint16_t crc = crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return frame;
}

const Bytes read_status = with_crc({1, 4, 0, 0, 0, 4});
const Bytes status_answer = with_crc({1, 4, 8, 0, 1, 0, 95, 0, 0, 0, 0});
const Bytes unlock = with_crc({1, 5, 0, 0, 0, 0});

// A line with two locks, and what came back with its time.
struct Line {
  explicit Line(Duration think = Duration::zero(), std::size_t chunk = 0)
      : bank("line-a", think, log), wire(timing, bank, 1, chunk, [this](auto bytes) {
          emitted.insert(emitted.end(), bytes.begin(), bytes.end());
          emitted_at.push_back(now);
        }) {
    bank.add(std::make_unique<MemoryLock>(Identity{"line-a", 1, {{1, "one"}}}, log, el_100()));
    bank.add(std::make_unique<MemoryLock>(Identity{"line-a", 2, {{1, "two"}}}, log, el_100()));
  }
  // Lets the time pass, waking exactly when something is due.
  void run_until(Time end) {
    while (const auto next = wire.next()) {
      if (*next > end) break;
      now = *next;
      wire.advance(now);
    }
    now = end;
    wire.advance(now);
  }
  void send(const Bytes& bytes, Time at) {
    run_until(at);
    wire.received(bytes, at);
  }

  SerialTiming timing;
  Recorder log;
  Bank bank;
  Time now = start;
  Bytes emitted;
  std::vector<Time> emitted_at;
  RtuLine wire;
};

TEST_CASE("framing: CRC as in the standard's example") {
  const Bytes message{0x02, 0x07};
  CHECK(crc16(message) == 0x1241);  // Modbus over Serial Line V1.02, 6.2.2: sent as 41 12
}

TEST_CASE("framing: 11 bits a character, 3.5 characters, 1.75 ms above 19,200 baud") {
  CHECK(SerialTiming{}.chars(1) == 572917ns);
  CHECK(SerialTiming{}.silence() == 2005208ns);
  CHECK(SerialTiming{.baud = 115'200}.silence() == 1750us);
}

TEST_CASE("wire: request, silence, thinking and answer take their time") {
  for (const Duration think : {Duration(0), Duration(5ms)}) {
    Line line(think);
    line.send(read_status, start);
    line.run_until(start + 1s);
    CHECK(line.emitted == status_answer);
    REQUIRE(line.emitted_at.size() == 1);
    const auto& timing = line.timing;
    CHECK(line.emitted_at[0] ==
          start + timing.chars(8) + timing.silence() + think + timing.chars(13));
  }
}

TEST_CASE("wire: a write takes effect at its computed time, however late the thread is woken") {
  Line line(2ms);
  line.wire.received(unlock, start);
  line.now = start + 1s;
  line.wire.advance(line.now);
  const Time effect = start + line.timing.chars(8) + line.timing.silence() + 2ms;
  REQUIRE(line.log.moves.size() == 3);
  CHECK(line.log.moves[0].what == "coil");
  CHECK(line.log.moves[0].at == effect);
  CHECK(line.log.moves[2].value == "unlocked");
  CHECK(line.log.moves[2].at == effect + 400ms);
  CHECK(line.emitted == unlock);
}

TEST_CASE("wire: answers in pieces of a FIFO end at the same time as whole ones") {
  Line line(Duration::zero(), 4);
  line.send(read_status, start);
  line.run_until(start + 1s);
  CHECK(line.emitted == status_answer);
  REQUIRE(line.emitted_at.size() == 4);
  const Time begins = start + line.timing.chars(8) + line.timing.silence();
  CHECK(line.emitted_at[0] == begins + line.timing.chars(4));
  CHECK(line.emitted_at[3] == begins + line.timing.chars(13));
}

TEST_CASE("wire: bytes that dribble in make one frame, cut ones are dropped after silence") {
  Line line;
  const Duration one = line.timing.chars(1);
  for (std::size_t index = 0; index < read_status.size(); ++index) {
    line.send({read_status[index]}, start + static_cast<int>(index) * 2 * one);
  }
  line.run_until(start + 1s);
  CHECK(line.emitted == status_answer);

  Line cut;
  cut.send({1, 4, 0}, start);
  cut.send(read_status, start + 1s);
  cut.run_until(start + 2s);
  CHECK(cut.emitted == status_answer);
  CHECK(cut.wire.statistics().bad_crc == 1);
}

TEST_CASE("wire: wrong CRC and units that are not there are met with silence") {
  Line line;
  Bytes wrong = read_status;
  wrong.back() ^= 1;
  line.send(wrong, start);
  line.send(with_crc({9, 4, 0, 0, 0, 4}), start + 1s);
  line.run_until(start + 2s);
  CHECK(line.emitted.empty());
  CHECK(line.wire.statistics().bad_crc == 1);
  CHECK(line.wire.statistics().unheard == 1);
}

TEST_CASE("wire: a broadcast moves all and is not answered") {
  Line line;
  line.send(with_crc({0, 5, 0, 0, 0, 0}), start);
  line.run_until(start + 1s);
  CHECK(line.emitted.empty());
  CHECK(line.log.moves.size() == 6);
}

TEST_CASE("wire: a request before 3.5 characters of silence is counted, a good one is not") {
  Line line;
  const auto& timing = line.timing;
  line.send(read_status, start);
  const Time end = start + timing.chars(8 + 13) + timing.silence();
  line.send(read_status, end + timing.silence());
  CHECK(line.wire.statistics().early == 0);
  const Time second = end + timing.silence() + timing.chars(8 + 13) + timing.silence();
  line.send(read_status, second + timing.silence() - 51us);
  CHECK(line.wire.statistics().early == 1);
  CHECK(line.wire.statistics().collisions == 0);
}

TEST_CASE("wire: a request into an answer is a collision, and both answers come in turn") {
  Line line;
  line.send(read_status, start);
  const Time sending = start + line.timing.chars(8 + 6) + line.timing.silence();
  line.send(with_crc({2, 4, 0, 0, 0, 1}), sending);
  line.run_until(start + 1s);
  CHECK(line.wire.statistics().collisions == 1);
  CHECK(line.emitted.size() == status_answer.size() + 7);
}

TEST_CASE("faults: what each makes of an answer") {
  struct {
    FaultKind kind;
    int argument;
    Bytes expected;
  } const cases[] = {
      {FaultKind::dead, 0, {}},
      {FaultKind::half, 0, {status_answer.begin(), status_answer.begin() + 6}},
      {FaultKind::exception, 6, with_crc({1, 0x84, 6})},
      {FaultKind::wrong_unit, 0, with_crc({2, 4, 8, 0, 1, 0, 95, 0, 0, 0, 0})},
      {FaultKind::wrong_length, 0, with_crc({1, 4, 6, 0, 1, 0, 95, 0, 0})},
      {FaultKind::wrong_echo, 0, status_answer},
  };
  for (const auto& one : cases) {
    CAPTURE(name_of(one.kind));
    Line line;
    REQUIRE(line.bank.set_fault(1, {one.kind, one.argument}));
    line.send(read_status, start);
    line.run_until(start + 1s);
    CHECK(line.emitted == one.expected);
  }
}

TEST_CASE("faults: a wrong CRC, noise, and the echo of the adapter") {
  Line crc;
  crc.bank.set_fault(1, {FaultKind::crc, 0});
  crc.send(read_status, start);
  crc.run_until(start + 1s);
  CHECK(crc.emitted.size() == status_answer.size());
  CHECK(crc.emitted != status_answer);

  Line noise;
  noise.bank.set_fault(1, {FaultKind::noise, 0});
  for (int count = 0; count < 50; ++count) {
    noise.emitted.clear();
    noise.send(read_status, start + count * 1s);
    noise.run_until(start + count * 1s + 500ms);
    CHECK(noise.emitted != status_answer);
    CHECK(noise.emitted.size() >= status_answer.size());
  }

  Line echo;
  echo.bank.set_fault(1, {FaultKind::echo, 0});
  echo.send(unlock, start);
  echo.run_until(start + 1s);
  Bytes twice = unlock;
  twice.insert(twice.end(), unlock.begin(), unlock.end());
  CHECK(echo.emitted == twice);
}

TEST_CASE("faults: slow acts late, late acts in time and answers late, wrong_echo acts") {
  Line slow;
  slow.bank.set_fault(1, {FaultKind::slow, 300});
  slow.send(unlock, start);
  slow.run_until(start + 2s);
  const Time in_time = start + slow.timing.chars(8) + slow.timing.silence();
  CHECK(slow.log.moves.at(0).at == in_time + 300ms);
  CHECK(slow.emitted_at.at(0) == in_time + 300ms + slow.timing.chars(8));

  Line late;
  late.bank.set_fault(1, {FaultKind::late, 300});
  late.send(unlock, start);
  late.send(with_crc({2, 4, 0, 0, 0, 1}), start + 200ms);
  late.run_until(start + 2s);
  CHECK(late.log.moves.at(0).at == in_time);
  REQUIRE(late.emitted_at.size() == 2);
  CHECK(late.emitted_at[1] == in_time + 300ms + late.timing.chars(8));

  Line echo;
  echo.bank.set_fault(1, {FaultKind::wrong_echo, 0});
  echo.send(unlock, start);
  echo.run_until(start + 1s);
  CHECK(echo.emitted == with_crc({1, 5, 0, 1, 0, 0}));
  CHECK(echo.log.moves.size() == 3);
}

}  // namespace
}  // namespace building::test
