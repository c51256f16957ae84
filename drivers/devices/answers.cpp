#include "drivers/devices/answers.hpp"

#include "firmware/base/text.hpp"

namespace genkan::devices {

using bus::Ending;
using domain::Reason;

namespace {

std::string_view exception_name(std::uint8_t code) {
  switch (code) {
    case 1: return "illegal function";
    case 2: return "illegal data address";
    case 3: return "illegal data value";
    case 4: return "server device failure";
    case 5: return "acknowledge";
    case 6: return "server device busy";
    case 8: return "memory parity error";
    case 10: return "gateway path unavailable";
    case 11: return "gateway target device failed to respond";
    default: return "unknown exception";
  }
}

}  // namespace

std::string exception_text(std::uint8_t code) {
  return cat(exception_name(code), " (exception ", code, ")");
}

Reason reason_of(Ending ending) {
  switch (ending) {
    case Ending::answered: return Reason::none;
    case Ending::silent:
    case Ending::partial: return Reason::no_answer;
    case Ending::garbage:
    case Ending::wrong_unit:
    case Ending::wrong_crc:
    case Ending::wrong_function:
    case Ending::wrong_length:
    case Ending::wrong_echo: return Reason::wrong_answer;
    case Ending::exception: return Reason::rejected;
    case Ending::line_down: return Reason::line_down;
    case Ending::expired: return Reason::timed_out;
    case Ending::cancelled: return Reason::stopping;
    case Ending::busy: return Reason::busy;
  }
  return Reason::no_answer;
}

Error error_of(const bus::Answer& answer, std::uint8_t unit) {
  switch (answer.ending) {
    case Ending::exception:
      return {ErrorCode::rejected,
              cat("unit ", unit, " refused: ", exception_text(answer.exception))};
    case Ending::line_down: return {ErrorCode::unreachable, "the line is down"};
    case Ending::expired:
      return {ErrorCode::timeout, "the line was too busy to ask within the time"};
    case Ending::cancelled: return {ErrorCode::cancelled, "the bus is being stopped"};
    case Ending::busy:
      return {ErrorCode::busy, "too many questions wait on this bus; try again later"};
    case Ending::silent: return {ErrorCode::unreachable, cat("unit ", unit, " does not answer")};
    default:
      return {ErrorCode::unreachable,
              cat("the answer of unit ", unit, " was damaged: ", name_of(answer.ending))};
  }
}

}  // namespace genkan::devices
