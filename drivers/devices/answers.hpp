#pragma once

#include <cstdint>
#include <string>

#include "drivers/bus/exchange.hpp"
#include "firmware/base/error.hpp"
#include "firmware/domain/command.hpp"

namespace genkan::devices {

// The exception's name in Modbus Application Protocol V1.1b3, section 7, with its code.
std::string exception_text(std::uint8_t code);

// Why an exchange that brought no answer failed.
domain::Reason reason_of(bus::Ending ending);

// The same as an error for an installer; `unit` for the sentence.
Error error_of(const bus::Answer& answer, std::uint8_t unit);

}  // namespace genkan::devices
