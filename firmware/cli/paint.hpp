#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genkan::cli {

enum class Tone : std::uint8_t {
  plain,
  dim,     // old, unimportant
  good,    // as it should be
  notice,  // look at it
  bad,     // wrong
  active,  // under way
  heading,
};

// A text and how it is meant; the paint decides whether colours show it.
struct Toned {
  std::string text;
  Tone tone = Tone::plain;
};

// Colours for terminals, or none.
class Paint {
 public:
  explicit Paint(bool colours) : colours_(colours) {}
  std::string operator()(Tone tone, std::string_view text) const;
  std::string operator()(const Toned& toned) const { return (*this)(toned.tone, toned.text); }
  bool colours() const { return colours_; }

 private:
  bool colours_;
};

// Rows of cells, set in columns: each as wide as its widest cell, two spaces between. The first row
// may be a heading. The last column is not padded.
class Table {
 public:
  void heading(std::vector<std::string> cells);
  void row(std::vector<Toned> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string text(const Paint& paint) const;

 private:
  std::vector<std::vector<Toned>> rows_;
};

}  // namespace genkan::cli
