// Requests and people without rhyme or reason: nothing breaks the memory of a lock, and what is in
// it can always be kept and taken up again.
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/building/memory_json.hpp"
#include "tests/unit/building/memory_master.hpp"

namespace building::test {
namespace {

class Chaos {
 public:
  Chaos(LockSpec spec, unsigned seed) : spec_(spec), master_(std::move(spec)), random_(seed) {}

  void step() {
    switch (below(4)) {
      case 0: request(); break;
      case 1: block(); break;
      case 2: person(); break;
      default: master_.now += std::chrono::milliseconds(below(200)); break;
    }
  }

  void check() {
    const Said told = master_.say("memory", {});
    REQUIRE(told);
    CodeMemory again(spec_.areas, spec_.schedules);
    REQUIRE(again.restore(memory_from_json(*told)));
    CHECK(boost::json::serialize(to_json(again.image())) ==
          boost::json::serialize(to_json(memory_from_json(*told))));
    CHECK(told->at("slots").as_array().size() <= 900);
  }

 private:
  unsigned below(unsigned end) { return random_() % end; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

  void request() {
    Bytes bytes{static_cast<std::uint8_t>(1 + below(17)), 0, static_cast<std::uint8_t>(below(140)),
                0, static_cast<std::uint8_t>(below(20))};
    for (unsigned more = below(2) * below(30); more > 0; --more) bytes.push_back(byte());
    if (bytes.size() > 5 && below(2) == 0) bytes[5] = static_cast<std::uint8_t>(2 * bytes[4]);
    master_.lock.advance(master_.now);
    const Bytes answer = execute(master_.lock, bytes, master_.now, master_.log);
    CHECK(answer.size() >= 2);
    if (answer[0] >= 0x80) {
      const bool known = answer[1] >= 1 && answer[1] <= 6 && answer[1] != 5;
      CHECK_MESSAGE(known, static_cast<int>(answer[1]));
    }
  }

  void block() {
    std::vector<std::uint16_t> words;
    const unsigned length = below(22);
    words.push_back(static_cast<std::uint16_t>(below(12)));
    words.push_back(static_cast<std::uint16_t>(below(100)));
    words.push_back(static_cast<std::uint16_t>(below(3)));
    for (unsigned index = 0; index < 5; ++index) {
      const bool used = 4 * index < length;
      words.push_back(used ? static_cast<std::uint16_t>(0x1110 + below(16)) : 0xFFFF);
    }
    words.insert(words.end(), {static_cast<std::uint16_t>(length), 0, 0,
                               static_cast<std::uint16_t>(1 + below(3))});
    master_.write(99, words);
  }

  void person() {
    static const char* const verbs[] = {"program", "erase", "code",    "card",  "key",    "touch",
                                        "masters", "swap",  "refuse",  "clock", "drift",  "hand",
                                        "lockout", "door",  "program", "jam",   "program"};
    static const char* const words[] = {"0",    "1",    "9",   "90",       "231",        "code",
                                        "card", "1234", "off", "01020304", "lock",       "unlock",
                                        "-1",   "",     "x",   "1000000",  "99999999999"};
    std::vector<std::string> said;
    for (unsigned count = below(5); count > 0; --count) {
      said.emplace_back(words[below(std::size(words))]);
    }
    master_.say(verbs[below(std::size(verbs))], std::move(said));
  }

  LockSpec spec_;
  MemoryMaster master_;
  std::mt19937 random_;
};

TEST_CASE("memory: requests and people at random") {
  const LockSpec all[] = {el_100(), io_80(), pk_9()};
  for (const LockSpec& spec : all) {
    CAPTURE(spec.model);
    for (unsigned seed = 1; seed <= 10; ++seed) {
      CAPTURE(seed);
      Chaos chaos(spec, seed);
      for (int step = 0; step < 2000; ++step) chaos.step();
      chaos.check();
    }
  }
}

}  // namespace
}  // namespace building::test
