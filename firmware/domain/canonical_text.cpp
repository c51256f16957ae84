#include "firmware/domain/canonical_text.hpp"

#include <algorithm>
#include <charconv>

namespace genkan::domain {

namespace {

void append_value(std::string& out, const json::value& value);

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\';
}

void append_string(std::string& out, std::string_view text) {
  if (!std::ranges::all_of(text, &stands_for_itself)) {
    out += json::serialize(json::string(text));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_array(std::string& out, const json::array& array) {
  out += '[';
  for (const auto& element : array) {
    if (&element != array.begin()) out += ',';
    append_value(out, element);
  }
  out += ']';
}

void append_value(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: out += "null"; break;
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
    case json::kind::int64: append_integer(out, value.get_int64()); break;
    case json::kind::uint64: append_integer(out, value.get_uint64()); break;
    case json::kind::double_: out += json::serialize(value); break;
    case json::kind::string: append_string(out, value.get_string()); break;
    case json::kind::array: append_array(out, value.get_array()); break;
    case json::kind::object: append_text(out, value.get_object()); break;
  }
}

// The last `width` digits of `value`, which is not negative.
void put_digits(char* at, int value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// `lead` is `,"key":"`; the value needs no escape.
void append_name(std::string& out, std::string_view lead, std::string_view name) {
  out += lead;
  out += name;
  out += '"';
}

// `lead` is `,"key":`.
void append_unless_empty(std::string& out, std::string_view lead, std::string_view text) {
  if (text.empty()) return;
  out += lead;
  append_string(out, text);
}

}  // namespace

void append_text(std::string& out, const json::object& object) {
  out += '{';
  for (const auto& member : object) {
    if (&member != object.begin()) out += ',';
    append_string(out, member.key());
    out += ':';
    append_value(out, member.value());
  }
  out += '}';
}

void append_time(std::string& out, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9'999) {
    out += format_time(time);
    return;
  }
  const auto milliseconds = static_cast<int>((time - day).count());
  const int seconds = milliseconds / 1'000;
  char text[] = "0000-00-00T00:00:00.000Z";
  put_digits(text, year, 4);
  put_digits(text + 5, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put_digits(text + 8, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put_digits(text + 11, seconds / 3'600, 2);
  put_digits(text + 14, seconds / 60 % 60, 2);
  put_digits(text + 17, seconds % 60, 2);
  put_digits(text + 20, milliseconds % 1'000, 3);
  out.append(text, sizeof text - 1);
}

void append_head(std::string& out, Seq seq, std::string_view boot, const RecordDraft& draft) {
  out += R"({"seq":)";
  append_integer(out, number(seq));
  out += R"(,"boot":)";
  append_string(out, boot);
  out += R"(,"time":")";
  append_time(out, draft.time);
  append_name(out, R"(","clock":")", draft.clock == ClockTrust::trusted ? "trusted" : "untrusted");
  append_name(out, R"(,"kind":")", name_of(draft.kind));
  append_name(out, R"(,"lane":")", draft.lane == RecordLane::alarm ? "alarm" : "activity");
  append_unless_empty(out, R"(,"device":)", draft.device.str());
  append_unless_empty(out, R"(,"room":)", draft.room.str());
  append_unless_empty(out, R"(,"actor":)", draft.actor);
  out += R"(,"body":)";
}

void append_canonical(std::string& out, Seq seq, std::string_view boot, const RecordDraft& draft) {
  append_head(out, seq, boot, draft);
  append_text(out, draft.body);
  out += '}';
}

}  // namespace genkan::domain
