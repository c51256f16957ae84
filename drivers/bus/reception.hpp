#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "drivers/bus/codec.hpp"
#include "drivers/bus/frame.hpp"

namespace genkan::bus {

// Whether a two-wire adapter hands our own bytes back to us before the answer.
enum class Echo : std::uint8_t { unknown, none, echoes };

// Units of which an answer to an earlier question may still come.
using Owed = std::bitset<256>;

// Everything that comes in after one question (or after none), byte by byte, and what it means.
// Pure: no I/O, no time. docs/BUS.md has the table of what is told apart and how. Holds at most 600
// bytes; what comes beyond is dropped and counts as garbage.
class Reception {
 public:
  // Nobody was asked: every frame is a stray.
  Reception(Framing framing, Owed owed) : framing_(framing), owed_(owed) {}
  // After `question` went out as `request`. `owed` must not hold the asked unit on RTU.
  Reception(Framing framing, const Exchange& question, std::vector<std::uint8_t> request, Echo echo,
            Owed owed);

  // Takes what came; true once the asked unit's answer is whole. Bytes behind it are left over.
  bool take(std::span<const std::uint8_t> bytes);
  bool settled() const { return verdict_.has_value(); }
  // The asked unit's answer seems to be here, broken: if the line falls quiet now, nothing better
  // will come.
  bool suspect() const;
  // Whether bytes are here that no frame explained yet.
  bool unexplained() const { return !buffer_.empty(); }

  // How it ended: what settled it, or, the wait being over, what was there in its place.
  Verdict verdict();

  // What was learned on the way. Units whose late answer came (each occurrence):
  const std::vector<std::uint8_t>& late() const { return late_; }
  // Sound frames of units that nobody asked:
  std::uint32_t strays() const { return strays_; }
  // Bytes that were no frame stood before the answer, or were left behind it.
  bool garbage() const { return garbage_ || (settled() && unexplained()); }
  // Ours was handed back, or was surely not; unknown if this exchange cannot tell.
  Echo echo() const { return learned_; }

 private:
  void work();
  bool strip_echo();
  bool echo_may_come() const;
  bool accept(const Frame& frame);
  bool fits(const Frame& frame) const;
  bool resynchronise();
  bool undisturbed() const;
  void stray(const Frame& frame);
  void drop(std::size_t count);
  Verdict left_over() const;

  Framing framing_;
  std::optional<Exchange> question_;
  std::vector<std::uint8_t> request_;
  Echo echo_ = Echo::none;
  Owed owed_;
  std::vector<std::uint8_t> buffer_;
  std::optional<Verdict> verdict_;
  std::vector<std::uint8_t> late_;
  std::uint32_t strays_ = 0;
  bool garbage_ = false;
  bool echo_done_ = false;
  bool unsure_ = false;  // these bytes are the answer or the echo: nothing can be learned
  Echo learned_ = Echo::unknown;
};

}  // namespace genkan::bus
