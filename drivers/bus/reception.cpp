#include "drivers/bus/reception.hpp"

#include <algorithm>

namespace genkan::bus {
namespace {

using View = std::span<const std::uint8_t>;

constexpr std::size_t most_held = 600;
constexpr std::size_t most_late = 64;

// The device's whole answer to these equals the question byte for byte.
bool answer_is_echo(Function function) {
  return function == Function::write_coil || function == Function::write_register;
}

}  // namespace

Reception::Reception(Framing framing, const Exchange& question, std::vector<std::uint8_t> request,
                     Echo echo, Owed owed)
    : framing_(framing),
      question_(question),
      request_(std::move(request)),
      echo_(echo),
      owed_(owed) {
  buffer_.reserve(most_rtu_bytes);
}

bool Reception::take(View bytes) {
  const std::size_t room = most_held - std::min(most_held, buffer_.size());
  const std::size_t taken = std::min(room, bytes.size());
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  if (taken < bytes.size()) garbage_ = true;
  work();
  return settled();
}

void Reception::work() {
  while (!settled() && !buffer_.empty()) {
    if (strip_echo()) continue;
    const Frame frame = frame_at_start(buffer_, framing_);
    if (frame.kind == Frame::Kind::more) return;
    if (frame.kind == Frame::Kind::sound) {
      accept(frame);
      continue;
    }
    // The beginning of our own question, handed back, looks like nonsense until it is whole.
    if (echo_may_come()) return;
    if (!resynchronise()) return;
  }
}

bool Reception::echo_may_come() const {
  if (framing_ != Framing::rtu || echo_done_ || buffer_.size() >= request_.size()) return false;
  return std::equal(buffer_.begin(), buffer_.end(), request_.begin());
}

bool Reception::strip_echo() {
  if (framing_ != Framing::rtu || !question_ || echo_done_) return false;
  if (buffer_.size() < request_.size()) return false;
  const bool ours = std::equal(request_.begin(), request_.end(), buffer_.begin());
  // A single write's answer equals the question: only a line known to echo gives it twice. A read
  // whose answer could equal its question is treated the same way.
  const Frame frame = frame_at_start(buffer_, framing_);
  const bool ambiguous =
      answer_is_echo(question_->function) || (frame.kind == Frame::Kind::sound && fits(frame));
  if (!ours) return false;
  if (ambiguous && echo_ != Echo::echoes) {
    unsure_ = true;
    return false;
  }
  echo_done_ = true;
  learned_ = Echo::echoes;
  drop(request_.size());
  return true;
}

bool Reception::fits(const Frame& frame) const {
  if (!question_ || frame.unit != question_->unit) return false;
  const Ending ending = judge(*question_, frame.pdu).ending;
  return ending == Ending::answered || ending == Ending::exception;
}

bool Reception::accept(const Frame& frame) {
  const std::size_t length = frame.length;
  if (framing_ == Framing::tcp) {
    const bool ours = question_ && frame.transaction == ((request_[0] << 8U) | request_[1]);
    if (!ours) {
      if (late_.size() < most_late) late_.push_back(frame.unit);
      drop(length);
      return false;
    }
  }
  if (!question_ || frame.unit != question_->unit) {
    if (framing_ == Framing::tcp) {
      verdict_ = Verdict{.ending = Ending::wrong_unit};
    } else {
      stray(frame);
    }
    drop(length);
    return settled();
  }
  verdict_ = judge(*question_, frame.pdu);
  if (undisturbed() && !echo_done_ && !unsure_ && !answer_is_echo(question_->function))
    learned_ = Echo::none;
  drop(length);
  return true;
}

bool Reception::undisturbed() const { return !garbage_ && strays_ == 0 && late_.empty(); }

void Reception::stray(const Frame& frame) {
  if (owed_.test(frame.unit)) {
    owed_.reset(frame.unit);
    if (late_.size() < most_late) late_.push_back(frame.unit);
  } else {
    ++strays_;
  }
}

bool Reception::resynchronise() {
  // Noise before an answer is common (a transceiver that wakes up). Only what answers this very
  // question, or what an owed unit says, is believed in the middle of noise.
  for (std::size_t start = 1; start < buffer_.size(); ++start) {
    const Frame frame = frame_at_start(View(buffer_).subspan(start), framing_);
    if (frame.kind != Frame::Kind::sound) continue;
    const bool transaction_fits =
        framing_ == Framing::rtu ||
        (question_ && frame.transaction == ((request_[0] << 8U) | request_[1]));
    const bool believed =
        (transaction_fits && fits(frame)) || (framing_ == Framing::rtu && owed_.test(frame.unit));
    if (!believed) continue;
    garbage_ = true;
    drop(start);
    return true;
  }
  return false;
}

void Reception::drop(std::size_t count) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
}

bool Reception::suspect() const {
  if (settled() || !question_ || framing_ != Framing::rtu || buffer_.size() < 2) return false;
  if (echo_may_come()) return false;
  const Frame frame = frame_at_start(buffer_, framing_);
  return frame.kind == Frame::Kind::broken && frame.unit == question_->unit &&
         (buffer_[1] & 0x7FU) == static_cast<std::uint8_t>(question_->function);
}

Verdict Reception::verdict() {
  if (settled()) return *verdict_;
  // The wait is over, so a beginning that promised more was an empty promise: look behind it.
  if (!buffer_.empty() && resynchronise()) work();
  if (settled()) return *verdict_;
  if (question_ && buffer_.empty() && undisturbed() && !echo_done_) learned_ = Echo::none;
  return left_over();
}

Verdict Reception::left_over() const {
  if (buffer_.empty()) {
    if (strays_ > 0) return {.ending = Ending::wrong_unit};
    return {.ending = garbage_ ? Ending::garbage : Ending::silent};
  }
  if (!question_) return {.ending = Ending::garbage};
  const auto function = static_cast<std::uint8_t>(question_->function);
  const Frame start = frame_at_start(buffer_, framing_);
  if (framing_ == Framing::tcp)
    return {.ending = start.kind == Frame::Kind::more ? Ending::partial : Ending::garbage};
  if (const Frame whole = whole_rtu_frame(buffer_); whole.kind == Frame::Kind::sound) {
    if (whole.unit != question_->unit) return {.ending = Ending::wrong_unit};
    const bool same = (whole.pdu[0] & 0x7FU) == function;
    return {.ending = same ? Ending::wrong_length : Ending::wrong_function};
  }
  const bool ours =
      buffer_[0] == question_->unit && (buffer_.size() < 2 || (buffer_[1] & 0x7FU) == function);
  if (ours && start.kind == Frame::Kind::more) return {.ending = Ending::partial};
  if (ours && start.kind == Frame::Kind::broken) return {.ending = Ending::wrong_crc};
  return {.ending = Ending::garbage};
}

}  // namespace genkan::bus
