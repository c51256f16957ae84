// Frames of a Modbus bus: any question, any bytes after it, in any portions. Beside the sanitizers'
// own complaints: what is called an answer must stand in the bytes, whole, sound, and fitting.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "drivers/bus/codec.hpp"
#include "drivers/bus/crc.hpp"
#include "drivers/bus/reception.hpp"

namespace {

using namespace genkan::bus;
using View = std::span<const std::uint8_t>;

// Takes the input apart, a byte at a time; zeros once it is used up.
class Input {
 public:
  explicit Input(View bytes) : bytes_(bytes) {}
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::uint16_t word() { return static_cast<std::uint16_t>((byte() << 8U) | byte()); }
  View rest() const { return bytes_; }

 private:
  View bytes_;
};

Exchange question_from(Input& input) {
  constexpr Function functions[]{Function::read_coils,   Function::read_discretes,
                                 Function::read_holding, Function::read_input,
                                 Function::write_coil,   Function::write_register,
                                 Function::write_coils,  Function::write_registers};
  Exchange question{.unit = input.byte(), .function = functions[input.byte() % 8]};
  question.address = input.word();
  question.count = static_cast<std::uint16_t>(input.byte() % 24U);
  const std::size_t written = is_read(question.function) ? 0 : input.byte() % 8U;
  for (std::size_t index = 0; index < written; ++index) question.values.push_back(input.word());
  return question;
}

void require(bool holds) {
  if (!holds) std::abort();
}

bool stands_in(View bytes, const Exchange& question, const std::vector<std::uint8_t>& request,
               Framing framing) {
  const std::size_t length = answer_bytes(question, framing);
  for (std::size_t start = 0; start + length <= bytes.size(); ++start) {
    const View window = bytes.subspan(start, length);
    const bool rtu = framing == Framing::rtu;
    const std::size_t unit_at = rtu ? 0 : 6;
    if (window[unit_at] != question.unit) continue;
    if (rtu ? crc16(window) != 0 : !std::ranges::equal(window.first(2), View(request).first(2)))
      continue;
    const View pdu = window.subspan(unit_at + 1, length - unit_at - 1 - (rtu ? 2 : 0));
    if (judge(question, pdu).ending == Ending::answered) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(View(data, size));
  const std::uint8_t choice = input.byte();
  const Framing framing = (choice & 1U) != 0 ? Framing::tcp : Framing::rtu;
  const auto echo = static_cast<Echo>((choice >> 1U) % 3U);
  const std::uint8_t portion = static_cast<std::uint8_t>(1U + (choice >> 3U));
  const Exchange question = question_from(input);
  if (!question_fault(question, framing).empty()) return 0;
  const auto request = encode(question, framing, input.word());
  require(request.size() <= (framing == Framing::rtu ? most_rtu_bytes : most_tcp_bytes));
  Owed owed;
  owed.set(input.byte());
  if (framing == Framing::rtu) owed.reset(question.unit);

  // Some inputs begin with what the line would, our own bytes; some end with a right checksum,
  // which no mutation finds.
  const std::uint8_t shape = input.byte();
  const View rest = input.rest();
  std::vector<std::uint8_t> incoming;
  if ((shape & 3U) == 0) incoming = request;
  const std::size_t frame_start = incoming.size() + std::min<std::size_t>(rest.size(), shape >> 4U);
  incoming.insert(incoming.end(), rest.begin(), rest.end());
  if ((shape & 4U) != 0) {
    const std::uint16_t crc = crc16(View(incoming).subspan(frame_start));
    incoming.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    incoming.push_back(static_cast<std::uint8_t>(crc >> 8U));
  }

  Reception reception(framing, question, request, echo, owed);
  Reception unasked(framing, owed);
  for (std::size_t at = 0; at < incoming.size(); at += portion) {
    const View part =
        View(incoming).subspan(at, std::min<std::size_t>(portion, incoming.size() - at));
    if (!reception.settled()) reception.take(part);
    unasked.take(part);
    (void)reception.suspect();
  }
  const Verdict verdict = reception.verdict();
  if (verdict.ending == Ending::answered) {
    require(stands_in(incoming, question, request, framing));
    require(verdict.values.size() == (is_read(question.function) ? question.count : 0U));
    // A single write on a line that echoes: once is only the adapter.
    const bool single =
        question.function == Function::write_coil || question.function == Function::write_register;
    if (framing == Framing::rtu && single && echo == Echo::echoes)
      require(incoming.size() >= 2 * request.size());
  } else {
    require(verdict.values.empty());
  }
  require(unasked.verdict().ending != Ending::answered);
  return 0;
}
