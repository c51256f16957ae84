#include "firmware/base/charset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <iconv.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 3> names{"auto", "utf-8", "shift_jis"};

std::ptrdiff_t line_of(std::string_view bytes, std::size_t at) {
  return 1 + std::ranges::count(bytes.substr(0, at), '\n');
}

// Of the first line that is no UTF-8 (a line feed is never part of another character).
std::ptrdiff_t first_bad_line(std::string_view bytes) {
  std::ptrdiff_t line = 1;
  for (;; ++line) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    if (end == bytes.size() || !is_utf8(bytes.substr(0, end))) return line;
    bytes.remove_prefix(end + 1);
  }
}

// An open conversion; closed with its scope.
class Conversion {
 public:
  Conversion() : handle_(iconv_open("UTF-8", "CP932")) {}
  ~Conversion() {
    if (works()) iconv_close(handle_);
  }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  bool works() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Nothing: the byte at `*bad` fits no character.
  std::optional<std::string> run(std::string_view bytes, std::size_t* bad) {
    std::string out;
    std::array<char, 4096> piece{};
    std::string copy(bytes);  // iconv wants to be able to write, and does not
    char* in = copy.data();
    std::size_t left = copy.size();
    while (left > 0) {
      char* to = piece.data();
      std::size_t room = piece.size();
      const std::size_t done = iconv(handle_, &in, &left, &to, &room);
      const bool failed = done == static_cast<std::size_t>(-1) && errno != E2BIG;
      out.append(piece.data(), piece.size() - room);
      if (failed) {
        *bad = bytes.size() - left;
        return std::nullopt;
      }
    }
    return out;
  }

 private:
  iconv_t handle_;
};

Result<std::string> from_utf8(std::string_view bytes) {
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  if (is_utf8(bytes)) return std::string(bytes);
  return fail(ErrorCode::invalid,
              cat("line ", first_bad_line(bytes),
                  " is not UTF-8; save the file as UTF-8, or say shift_jis if it is Shift_JIS"));
}

Result<std::string> from_shift_jis(std::string_view bytes, std::string_view otherwise) {
  Conversion conversion;
  if (!conversion.works()) {
    return fail(ErrorCode::unsupported,
                "this system cannot read Shift_JIS; save the file as UTF-8");
  }
  std::size_t bad = 0;
  auto text = conversion.run(bytes, &bad);
  if (text) return std::move(*text);
  return fail(ErrorCode::invalid, cat("line ", line_of(bytes, bad), " is ", otherwise));
}

}  // namespace

std::string_view name_of(Charset charset) { return names[static_cast<std::size_t>(charset)]; }

std::optional<Charset> charset_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Charset>(found - names.begin());
}

Result<std::string> to_utf8(std::string_view bytes, Charset charset) {
  switch (charset) {
    case Charset::utf8: return from_utf8(bytes);
    case Charset::shift_jis:
      return from_shift_jis(
          bytes, "not Shift_JIS; save the file as Shift_JIS, or say utf-8 if it is UTF-8");
    case Charset::automatic: break;
  }
  if (bytes.starts_with(byte_order_mark) || is_utf8(bytes)) return from_utf8(bytes);
  return from_shift_jis(bytes, "neither UTF-8 nor Shift_JIS; save the file as UTF-8");
}

}  // namespace genkan
