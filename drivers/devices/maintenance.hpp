#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "drivers/devices/line.hpp"
#include "firmware/ports/fleet.hpp"

// What an installer does on a bus beside the devices. All of it in the bulk lane.
namespace genkan::devices {

boost::asio::awaitable<Result<std::vector<std::uint16_t>>> ask_register(
    std::shared_ptr<Line> line, std::shared_ptr<const Context> context,
    ports::RegisterQuestion question);

boost::asio::awaitable<Result<std::vector<ports::ScanHit>>> scan_units(
    std::shared_ptr<Line> line, std::shared_ptr<const Context> context, std::uint8_t first,
    std::uint8_t last);

}  // namespace genkan::devices
