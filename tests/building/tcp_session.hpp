#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "tests/building/bank.hpp"

namespace building {

// The units' end of one Modbus TCP connection: frames out of the stream, effect after the unit's
// thinking time, answers when they are due. A unit that is not there is silent, as on a serial
// line. Pure: no clock, no sockets.
class TcpSession {
 public:
  TcpSession(Bank& bank, Random& random) : bank_(bank), random_(random) {}

  // False: the stream is no Modbus TCP, or too much is pending (256 requests); close it.
  bool received(std::span<const std::uint8_t> bytes, Time at);
  // Carries out what is due; what is to be sent is added to `out`.
  void advance(Time now, Bytes& out);
  std::optional<Time> next() const;

  std::uint64_t requests() const { return requests_; }
  std::uint64_t answers() const { return answers_; }

 private:
  struct Item {
    bool execute = false;  // otherwise: send
    std::uint16_t transaction = 0;
    std::uint8_t unit = 0;
    Bytes bytes;  // execute: the whole request frame; send: what to send
  };
  void take_frame(Bytes frame, Time at);
  void execute(const Item& item, Time at);

  Bank& bank_;
  Random& random_;
  Bytes received_;
  std::multimap<Time, Item> items_;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
};

}  // namespace building
