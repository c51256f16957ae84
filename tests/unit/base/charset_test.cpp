#include "firmware/base/charset.hpp"

#include <doctest/doctest.h>

using namespace genkan;

namespace {

std::string read(std::string_view bytes, Charset charset) {
  const auto text = to_utf8(bytes, charset);
  return text ? *text : text.error().message();
}

}  // namespace

TEST_CASE("RES-52: UTF-8 with and without a byte order mark, and Shift_JIS as Windows writes it") {
  CHECK(read("a\n山", Charset::utf8) == "a\n山");
  CHECK(read("\xEF\xBB\xBF山", Charset::utf8) == "山");
  CHECK(read("\xEF\xBB\xBF山", Charset::automatic) == "山");
  CHECK(read("\x8E\x52\x87\x40\xB1", Charset::shift_jis) == "山①ｱ");  // 87 40 only in CP932
  CHECK(read("\x8E\x52", Charset::automatic) == "山");
  CHECK(read("plain", Charset::automatic) == "plain");
  CHECK(read("", Charset::automatic).empty());
  const std::string long_text(10'000, '\xB1');
  CHECK(read(long_text, Charset::shift_jis).size() == 30'000);
}

TEST_CASE("RES-52: the first line that does not fit is told, and what to do") {
  CHECK(read("a\n\x8E\x52\n", Charset::utf8) ==
        "line 2 is not UTF-8; save the file as UTF-8, or say shift_jis if it is Shift_JIS");
  CHECK(read("a\nb\n\xFF", Charset::shift_jis) ==
        "line 3 is not Shift_JIS; save the file as Shift_JIS, or say utf-8 if it is UTF-8");
  CHECK(read("\xFF\n", Charset::automatic) ==
        "line 1 is neither UTF-8 nor Shift_JIS; save the file as UTF-8");
  CHECK(read("a\n\x8E", Charset::shift_jis) ==
        "line 2 is not Shift_JIS; save the file as Shift_JIS, or say utf-8 if it is UTF-8");
}

TEST_CASE("RES-52: charsets by name") {
  CHECK(charset_named("auto") == Charset::automatic);
  CHECK(charset_named("utf-8") == Charset::utf8);
  CHECK(charset_named("shift_jis") == Charset::shift_jis);
  CHECK_FALSE(charset_named("latin-1"));
  CHECK(name_of(Charset::shift_jis) == "shift_jis");
}
