#include "firmware/domain/canonical_text.hpp"

#include <array>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

// Anything a record can hold, and more: odd strings, numbers, depths and times.
class Dice {
 public:
  std::int64_t upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(engine_);
  }
  bool often() { return upto(3) > 0; }

  std::string text() {
    static constexpr std::array<std::string_view, 14> pieces{"a",        "lock-101",
                                                             "\"",       "\\",
                                                             "/",        "\n",
                                                             "\x1f",     "\x7f",
                                                             "\x01",     "\xe9\x8d\xb5",
                                                             "\xc3\xa9", "\xf0\x9f\x94\x91",
                                                             "\xff",     std::string_view("\0", 1)};
    std::string text;
    for (auto left = upto(5); left > 0; --left) {
      text += upto(1) == 0 ? pieces[0] : pieces[static_cast<std::size_t>(upto(13))];
    }
    return text;
  }

  json::value value(int depth) {
    switch (upto(depth > 0 ? 8 : 6)) {
      case 0: return nullptr;
      case 1: return upto(1) == 0;
      case 2: return upto(std::numeric_limits<std::int64_t>::max());
      case 3: return -1 - upto(std::numeric_limits<std::int64_t>::max());
      case 4:
        return std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(upto(9));
      case 5: return static_cast<double>(upto(1'000'000)) / 7.0 - 1e4;
      case 6: return json::string(text());
      case 7: {
        json::array array;
        for (auto left = upto(3); left > 0; --left) array.push_back(value(depth - 1));
        return array;
      }
      default: return object(depth - 1);
    }
  }

  json::object object(int depth) {
    json::object object;
    for (auto left = upto(4); left > 0; --left) object[text()] = value(depth);
    return object;
  }

  WallTime time() {
    const auto range = upto(1) == 0 ? 4'000'000'000'000 : 400'000'000'000'000;
    return WallTime{std::chrono::milliseconds{upto(range) - range / 4}};
  }

  Record record() {
    Record record;
    record.seq = Seq{upto(1) == 0 ? upto(20) : upto(std::numeric_limits<std::int64_t>::max())};
    record.boot = often() ? "0123456789abcdef" : text();
    auto& draft = record.draft;
    draft.kind = static_cast<RecordKind>(upto(static_cast<int>(RecordKind::trouble_cleared)));
    draft.lane = often() ? RecordLane::activity : RecordLane::alarm;
    draft.time = time();
    draft.clock = often() ? ClockTrust::trusted : ClockTrust::untrusted;
    draft.device = DeviceId(text());
    draft.room = RoomId(often() ? "r101" : text());
    draft.actor = text();
    draft.body = object(3);
    return record;
  }

 private:
  std::mt19937_64 engine_{20'261'120};
};

}  // namespace

TEST_CASE("canonical text: the same bytes as serialize(to_json(record)), for 20,000 odd records") {
  Dice dice;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    const Record record = dice.record();
    text = "before";
    append_canonical(text, record.seq, record.boot, record.draft);
    REQUIRE(text == "before" + json::serialize(to_json(record)));
  }
}

TEST_CASE("canonical text: every byte in a string is escaped as json::serialize does") {
  for (int byte = 0; byte < 256; ++byte) {
    const json::object object{{"key", std::string(1, static_cast<char>(byte))}};
    std::string text;
    append_text(text, object);
    CHECK(text == json::serialize(object));
  }
}

TEST_CASE("canonical text: times are written as format_time does, at every edge") {
  const auto day = std::chrono::days{1};
  for (const int year : {-1, 0, 1, 999, 1969, 1970, 2024, 2026, 2100, 9999, 10000}) {
    for (const unsigned month : {1U, 2U, 3U, 12U}) {
      const WallTime first{
          std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / 1}};
      for (const auto time : {first, first - 1ms, first + 1ms, first + 28 * day, first + day - 1s,
                              first + 9h + 5min + 7s + 123ms}) {
        std::string text;
        append_time(text, time);
        CHECK(text == format_time(time));
      }
    }
  }
}
