#include "drivers/bus/reception.hpp"

#include <string>

#include <doctest/doctest.h>

#include "drivers/bus/crc.hpp"

using namespace genkan::bus;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes framed(Bytes bytes) {
  const auto crc = crc16(bytes);
  bytes.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes spoiled(Bytes bytes) {
  bytes.back() ^= 0x55U;
  return bytes;
}

const Exchange read_two{.unit = 1, .function = Function::read_holding, .address = 5, .count = 2};
const Exchange write_one{.unit = 1, .function = Function::write_coil, .address = 6, .values = {1}};
const Bytes good = framed({1, 3, 4, 0, 5, 0, 6});
const Bytes of_unit_9 = framed({9, 3, 4, 0, 5, 0, 6});

Reception after(const Exchange& question, Echo echo = Echo::none, Owed owed = {}) {
  return Reception(Framing::rtu, question, encode(question, Framing::rtu, 0), echo, owed);
}

Bytes tcp(std::uint16_t transaction, std::uint8_t unit, Bytes pdu) {
  const Bytes head{static_cast<std::uint8_t>(transaction >> 8U),
                   static_cast<std::uint8_t>(transaction & 0xFFU),
                   0,
                   0,
                   0,
                   static_cast<std::uint8_t>(pdu.size() + 1),
                   unit};
  return head + pdu;
}

}  // namespace

TEST_CASE("reception: every way an RTU exchange can end is told apart, however the bytes arrive") {
  struct Case {
    std::string name;
    Exchange question;
    Bytes bytes;
    Ending ending;
    bool garbage = false;
  };
  const std::vector<Case> cases{
      {"good", read_two, good, Ending::answered},
      {"nothing", read_two, {}, Ending::silent},
      {"noise", read_two, {0xFF, 0x00, 0xAA, 0x17, 0x91}, Ending::garbage},
      {"noise, then good", read_two, Bytes{0xFF, 0x00, 0xAA} + good, Ending::answered, true},
      {"good, then noise", read_two, good + Bytes{1, 3, 0x11, 0x22}, Ending::answered},
      {"half a frame", read_two, {1, 3, 4, 0}, Ending::partial},
      {"one byte of it", read_two, {1}, Ending::partial},
      {"wrong CRC", read_two, spoiled(good), Ending::wrong_crc},
      {"another unit", read_two, of_unit_9, Ending::wrong_unit},
      {"another unit, then ours", read_two, of_unit_9 + good, Ending::answered},
      {"another function", read_two, framed({1, 4, 4, 0, 5, 0, 6}), Ending::wrong_function},
      {"an unknown function", read_two, framed({1, 0x2B, 4, 0, 5}), Ending::wrong_function},
      {"too short", read_two, framed({1, 3, 2, 0, 7}), Ending::wrong_length},
      {"too long", read_two, framed({1, 3, 6, 0, 5, 0, 6, 0, 7}), Ending::wrong_length},
      {"byte count against length", read_two, framed({1, 3, 4, 0, 5}), Ending::wrong_length},
      {"more bytes than it says", read_two, framed({1, 3, 4, 0, 5, 0, 6, 0}), Ending::wrong_length},
      {"exception", read_two, framed({1, 0x83, 6}), Ending::exception},
      {"exception of another question", read_two, framed({1, 0x86, 6}), Ending::wrong_function},
      {"write done", write_one, framed({1, 5, 0, 6, 0xFF, 0}), Ending::answered},
      {"echo of another address", write_one, framed({1, 5, 0, 120, 0xFF, 0}), Ending::wrong_echo},
      {"echo of another value", write_one, framed({1, 5, 0, 6, 0, 0}), Ending::wrong_echo},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    SUBCASE("all at once") {
      Reception reception = after(one.question);
      reception.take(one.bytes);
      CHECK(name_of(reception.verdict().ending) == name_of(one.ending));
      if (one.garbage) CHECK(reception.garbage());
    }
    SUBCASE("byte by byte") {
      Reception reception = after(one.question);
      for (const std::uint8_t byte : one.bytes) {
        if (reception.settled()) break;
        reception.take({&byte, 1});
      }
      CHECK(name_of(reception.verdict().ending) == name_of(one.ending));
    }
  }
}

TEST_CASE("reception: a good answer is known by its length, without waiting for silence") {
  Reception reception = after(read_two);
  CHECK_FALSE(reception.take(std::span(good).first(8)));
  CHECK(reception.take(std::span(good).last(1)));
  CHECK(reception.verdict().values == std::vector<std::uint16_t>{5, 6});
}

TEST_CASE("reception: a broken frame of the right shape is suspect, so the wait can end early") {
  Reception reception = after(read_two);
  reception.take(spoiled(good));
  CHECK_FALSE(reception.settled());
  CHECK(reception.suspect());
}

TEST_CASE("reception: an owed unit's late answer is recognised and is nobody's answer") {
  Owed owed;
  owed.set(9);
  SUBCASE("before ours") {
    Reception reception = after(read_two, Echo::none, owed);
    CHECK(reception.take(of_unit_9 + good));
    CHECK(reception.late() == std::vector<std::uint8_t>{9});
    CHECK(reception.strays() == 0);
  }
  SUBCASE("alone: ours was silent, not wrong") {
    Reception reception = after(read_two, Echo::none, owed);
    reception.take(of_unit_9);
    CHECK(reception.verdict().ending == Ending::silent);
    CHECK(reception.late() == std::vector<std::uint8_t>{9});
  }
  SUBCASE("while nobody is asked") {
    Reception reception(Framing::rtu, owed);
    reception.take(of_unit_9);
    CHECK(reception.late() == std::vector<std::uint8_t>{9});
    CHECK_FALSE(reception.unexplained());
  }
}

TEST_CASE("reception: an adapter that echoes is learned from reads") {
  const Bytes request = encode(read_two, Framing::rtu, 0);
  SUBCASE("echo, then answer") {
    for (const Echo known : {Echo::unknown, Echo::none, Echo::echoes}) {
      Reception reception = after(read_two, known);
      CHECK(reception.take(request + good));
      CHECK(reception.verdict().ending == Ending::answered);
      CHECK(reception.echo() == Echo::echoes);
    }
  }
  SUBCASE("echo alone is silence of the device") {
    Reception reception = after(read_two, Echo::unknown);
    reception.take(request);
    CHECK(reception.verdict().ending == Ending::silent);
    CHECK(reception.echo() == Echo::echoes);
  }
  SUBCASE("byte by byte") {
    Reception reception = after(read_two, Echo::unknown);
    for (const std::uint8_t byte : request + good) reception.take({&byte, 1});
    CHECK(reception.verdict().ending == Ending::answered);
    CHECK(reception.echo() == Echo::echoes);
  }
  SUBCASE("no echo") {
    Reception reception = after(read_two, Echo::unknown);
    reception.take(good);
    CHECK(reception.echo() == Echo::none);
  }
  SUBCASE("utter silence is no echo either") {
    Reception reception = after(read_two, Echo::unknown);
    CHECK(reception.verdict().ending == Ending::silent);
    CHECK(reception.echo() == Echo::none);
  }
}

TEST_CASE("reception: on a line that echoes, a write's echo is not the device's word") {
  const Bytes request = encode(write_one, Framing::rtu, 0);
  SUBCASE("once: only the adapter spoke") {
    Reception reception = after(write_one, Echo::echoes);
    CHECK_FALSE(reception.take(request));
    CHECK(reception.verdict().ending == Ending::silent);
  }
  SUBCASE("twice: the device did as well") {
    Reception reception = after(write_one, Echo::echoes);
    CHECK(reception.take(request + request));
    CHECK(reception.verdict().ending == Ending::answered);
  }
  SUBCASE("behind noise, once") {
    Reception reception = after(write_one, Echo::echoes);
    CHECK_FALSE(reception.take(Bytes{0xFF, 0x00} + request));
    CHECK(reception.verdict().ending != Ending::answered);
  }
  SUBCASE("on a line that does not, once is the answer, and nothing is learned") {
    Reception reception = after(write_one, Echo::none);
    CHECK(reception.take(request));
    CHECK(reception.verdict().ending == Ending::answered);
    CHECK(reception.echo() == Echo::unknown);
  }
}

TEST_CASE("reception: Modbus TCP answers are matched by their transaction") {
  const Bytes pdu{3, 4, 0, 5, 0, 6};
  const auto asked = [](std::uint16_t transaction) {
    return Reception(Framing::tcp, read_two, encode(read_two, Framing::tcp, transaction),
                     Echo::none, {});
  };
  struct Case {
    std::string name;
    Bytes bytes;
    Ending ending;
    std::size_t late = 0;
  };
  const std::vector<Case> cases{
      {"good", tcp(7, 1, pdu), Ending::answered},
      {"late one, then good", tcp(6, 1, {3, 4, 0, 1, 0, 1}) + tcp(7, 1, pdu), Ending::answered, 1},
      {"late one alone", tcp(6, 1, pdu), Ending::silent, 1},
      {"wrong unit", tcp(7, 2, pdu), Ending::wrong_unit},
      {"wrong function", tcp(7, 1, {4, 4, 0, 5, 0, 6}), Ending::wrong_function},
      {"wrong length", tcp(7, 1, {3, 2, 0, 5}), Ending::wrong_length},
      {"byte count against length", tcp(7, 1, {3, 4, 0, 5}), Ending::wrong_length},
      {"exception", tcp(7, 1, {0x83, 2}), Ending::exception},
      {"half", {0, 7, 0, 0, 0, 7, 1}, Ending::partial},
      {"noise", {0xFF, 0xFE, 0x01, 0x02, 0x03}, Ending::garbage},
      {"noise, then good", Bytes{0xFF, 0xFE, 0x01, 0x02, 0x03} + tcp(7, 1, pdu), Ending::answered},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Reception whole = asked(7);
    whole.take(one.bytes);
    CHECK(name_of(whole.verdict().ending) == name_of(one.ending));
    CHECK(whole.late().size() == one.late);
    Reception dribbled = asked(7);
    for (const std::uint8_t byte : one.bytes) dribbled.take({&byte, 1});
    CHECK(name_of(dribbled.verdict().ending) == name_of(one.ending));
  }
}

TEST_CASE("reception: a babbling line is held in bounds") {
  Reception reception = after(read_two);
  const Bytes noise(4096, 0xFF);
  CHECK_FALSE(reception.take(noise));
  CHECK(reception.verdict().ending == Ending::garbage);
  CHECK(reception.garbage());
}
