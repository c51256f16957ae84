#pragma once

#include <array>
#include <memory>

#include "tests/building/lock_body.hpp"
#include "tests/building/unit.hpp"

namespace building {

// sb-8: bridge to eight battery smart locks.
class Sb8 final : public Unit {
 public:
  Sb8(Identity identity, MoveSink& moves);

  std::string_view model() const override { return "sb-8"; }
  bool has(Table table) const override { return table == Table::coil || table == Table::input; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table table, std::uint16_t address) const override;
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  static constexpr std::size_t channels = 8;
  struct Lock {
    std::unique_ptr<LockBody> body;
    std::uint16_t fault = 0;
  };
  std::uint16_t status(const LockBody& lock) const;
  Lock& lock(int channel) { return locks_.at(static_cast<std::size_t>(channel) - 1); }
  const Lock& lock(int channel) const { return locks_.at(static_cast<std::size_t>(channel) - 1); }

  std::array<Lock, channels> locks_;
};

}  // namespace building
