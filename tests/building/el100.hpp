#pragma once

#include "tests/building/code_memory.hpp"
#include "tests/building/lock_body.hpp"
#include "tests/building/unit.hpp"

namespace building {

// el-100: electric lock controller with code memory, one channel.
class El100 final : public Unit {
 public:
  El100(Identity identity, MoveSink& moves);

  std::string_view model() const override { return "el-100"; }
  bool has(Table table) const override { return table != Table::discrete; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table, std::uint16_t) const override { return 1; }
  bool secret(Table table, std::uint16_t address) const override;
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  std::uint16_t status() const;
  std::optional<std::uint16_t> input(std::uint16_t address) const;
  std::optional<std::uint16_t> holding(std::uint16_t address) const;
  void run_memory(Time at);
  Said key(std::span<const std::string> words, Time now);

  LockBody lock_;
  bool tamper_ = false;
  bool lockout_ = false;
  bool supply_lost_ = false;
  std::uint16_t fault_ = 0;
  CodeMemory memory_;
  std::uint16_t slot_register_ = 0;
  CodeMemory::Key key_registers_;
  std::uint16_t memory_command_ = 0;
  CodeMemory::Outcome memory_result_ = CodeMemory::Outcome::ok;
};

}  // namespace building
