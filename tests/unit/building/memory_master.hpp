#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/building/memory_lock.hpp"
#include "tests/building/pdu.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {

// A lock with a memory and a master that speaks to it in Modbus requests, as the bus would.
class MemoryMaster {
 public:
  explicit MemoryMaster(LockSpec spec, MemoryKeep* keep = nullptr, std::string name = "lock-5")
      : lock(Identity{"line-a", 5, {{1, std::move(name)}}}, log, std::move(spec), keep) {
    lock.advance(now);
  }

  // Function 16; the exception's code, 0 if it was taken.
  int write(std::uint16_t first, const std::vector<std::uint16_t>& values) {
    lock.advance(now);
    Bytes request{16};
    put(request, first);
    put(request, static_cast<unsigned>(values.size()));
    request.push_back(static_cast<std::uint8_t>(2 * values.size()));
    for (const std::uint16_t value : values) put(request, value);
    const Bytes answer = execute(lock, request, now, log);
    return answer.at(0) == 16 ? 0 : answer.at(1);
  }
  // Function 3 or 4; the exception's code in place of values as {-code}.
  std::vector<int> read(int function, std::uint16_t first, std::uint16_t count) {
    lock.advance(now);
    Bytes request{static_cast<std::uint8_t>(function)};
    put(request, first);
    put(request, count);
    const Bytes answer = execute(lock, request, now, log);
    if (answer.at(0) != function) return {-answer.at(1)};
    std::vector<int> values;
    for (std::size_t index = 2; index + 1 < answer.size(); index += 2) {
      values.push_back(answer[index] << 8 | answer[index + 1]);
    }
    return values;
  }
  int input(std::uint16_t address) { return read(4, address, 1).at(0); }
  int holding(std::uint16_t address) { return read(3, address, 1).at(0); }

  // The whole block 99 to 110 with the command, and its result once it is no longer busy.
  int command(SlotPlace place, const StoredKey& key, std::uint16_t what) {
    std::vector<std::uint16_t> block{place.area, place.slot, static_cast<std::uint16_t>(key.kind)};
    block.insert(block.end(), key.content.begin(), key.content.end());
    block.insert(block.end(), {key.length, 0, 0, what});
    const int exception = write(99, block);
    return exception == 0 ? settle() : -exception;
  }
  int write_code(SlotPlace place, const std::string& digits) {
    return command(place, code_of(digits).value(), 1);
  }
  int write_card(SlotPlace place, const std::string& hex) {
    return command(place, card_of(hex).value(), 1);
  }
  int remove(SlotPlace place) { return command(place, {}, 2); }
  int read_slot(SlotPlace place) { return command(place, {}, 3); }
  int settle() {
    now += 120ms;
    return input(110);
  }

  Said say(std::string_view verb, std::vector<std::string> words) {
    return tell(lock, 1, verb, std::move(words), now);
  }
  // What became of a code or card: "area/slot", or why it was refused.
  std::string shown(std::string_view verb, const std::string& value) {
    const Said said = say(verb, {value});
    if (!said) return said.error();
    if (!said->at("accepted").as_bool()) return std::string(said->at("why").as_string());
    return std::to_string(said->at("area").to_number<int>()) + "/" +
           std::to_string(said->at("slot").to_number<int>());
  }
  boost::json::array slots() { return say("memory", {}).value().at("slots").as_array(); }
  // Moves of the log as "what area/slot value by", in order.
  std::vector<std::string> moves(std::string_view what) const {
    std::vector<std::string> texts;
    for (const Move& move : log.moves) {
      if (move.what != what) continue;
      std::string text;
      if (move.slot) {
        text = std::to_string(move.slot->area) + "/" + std::to_string(move.slot->slot) + " ";
      }
      texts.push_back(text + std::string(move.value.as_string()) + " " +
                      std::string(name_of(move.by)));
    }
    return texts;
  }

  Recorder log;
  Time now = start;
  MemoryLock lock;

 private:
  static void put(Bytes& bytes, unsigned word) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
  }
};

}  // namespace building::test
