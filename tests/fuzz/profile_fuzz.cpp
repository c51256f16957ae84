// Profiles: any text is either taken or told of; what is taken can be planned, decoded from any
// image and written, whatever the channel, part and value.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/profile/profile.hpp"

namespace {

using namespace genkan;

// Words from the end of the input, so that the text at its front stays readable for mutations.
class Dice {
 public:
  Dice(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  std::uint16_t word() {
    if (left_ < 2) return seed_ = static_cast<std::uint16_t>(seed_ * 25'173U + 13'849U);
    left_ -= 2;
    return static_cast<std::uint16_t>(data_[left_] << 8 | data_[left_ + 1]);
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
  std::uint16_t seed_ = 1;
};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_decode(const profile::Profile& model, std::uint16_t channel,
                  const profile::RegisterImage& image) {
  std::vector<std::string> strange;
  const auto state = decode(model, channel, image, &strange);
  for (const auto& [key, value] : state.entries()) {
    const auto& field = domain::spec(key.field);
    require(domain::has_field(model.info.kind, key.field));
    require(value >= field.low && value <= field.high);
    require(field.indexed == (key.part > 0));
    domain::text_of(key, value);
  }
}

// Every polled register of every channel is in some read, and none is larger than allowed.
void check_plan(const profile::Profile& model) {
  std::vector<std::uint16_t> channels;
  for (std::uint16_t c = 1; c <= std::min<std::uint16_t>(model.info.channels, 4); ++c) {
    channels.push_back(c);
  }
  const auto reads = plan_reads(model, channels);
  for (const auto& read : reads) {
    const bool bits = read.table == bus::Table::coil || read.table == bus::Table::discrete;
    require(read.count >= 1);
    require(read.count <= (bits ? model.timing.most_bits : model.timing.most_words));
    require(read.address + read.count <= 65'536);
  }
  for (const auto& reg : model.registers) {
    if (!reg.polled) continue;
    for (const auto channel : channels) {
      const unsigned at = reg.place(channel, reg.parts);
      require(std::ranges::any_of(reads, [&reg, at](const profile::ReadRange& read) {
        return read.table == reg.table && read.address <= at &&
               at + reg.width() <= unsigned{read.address} + read.count;
      }));
    }
  }
}

void check_writes(const profile::Profile& model, std::uint16_t channel, std::uint8_t part) {
  for (const auto& plan : model.commands) {
    require(!plan.writes.empty());
    for (const auto& write : plan.writes) {
      const auto exchange =
          write_exchange(model.registers.at(write.reg), 1, channel, part, write.value);
      require(exchange.values.size() == exchange.count);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Problems problems;
  const auto model = profile::parse(text, "m.toml", problems);
  require(model.has_value() == problems.empty());
  if (!model) return 0;
  Dice dice(data, size);
  profile::RegisterImage image;
  check_decode(*model, 1, image);
  for (const auto table :
       {bus::Table::coil, bus::Table::discrete, bus::Table::holding, bus::Table::input}) {
    std::vector<std::uint16_t> words(64);
    for (auto& word : words) word = dice.word();
    for (const auto& reg : model->registers) {
      if (reg.table == table) image.put(table, reg.address, words);
    }
  }
  const std::uint16_t channel = dice.word();
  check_decode(*model, 1, image);
  check_decode(*model, channel, image);
  check_plan(*model);
  check_writes(*model, channel, static_cast<std::uint8_t>(dice.word()));
  return 0;
}
