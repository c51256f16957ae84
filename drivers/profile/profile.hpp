#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/bus/exchange.hpp"
#include "drivers/profile/memory.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/locks/lock_model.hpp"

// A device model as its profile file describes it (docs/PROFILES.md): which registers it has, what
// its states are read from and what its commands are made of.
namespace genkan::profile {

enum class Encoding : std::uint8_t { bit, u16, i16, u32, i32 };
enum class WordOrder : std::uint8_t { high_first, low_first };
enum class PollLane : std::uint8_t { alarm, state };

// A place in the device. Channel c (from 1) lies at address + (c - 1) * per_channel; part p of an
// indexed register at … + (p - 1) * per_part. A field of bits may move by bits instead, and goes on
// in the next word after bit 15.
struct Register {
  std::string name;
  bus::Table table = bus::Table::holding;
  std::uint16_t address = 0;
  std::uint16_t per_channel = 0;
  std::uint16_t per_part = 0;
  std::uint8_t parts = 0;  // 0: not indexed
  Encoding encoding = Encoding::u16;
  WordOrder order = WordOrder::high_first;
  std::uint8_t first_bit = 0;  // a field of bits within a word; the lowest is 0
  std::uint8_t bit_count = 0;  // 0: the whole value
  double scale = 1;            // value = raw * scale + offset
  double offset = 0;
  PollLane lane = PollLane::state;
  std::chrono::milliseconds poll{0};  // 0: as often as the wire allows
  bool polled = true;                 // false: only for commands and the memory
  std::uint8_t bits_per_channel = 0;  // u16 with bit_count only
  std::uint8_t bits_per_part = 0;     //
  bool write_many = false;            // written by FC15 and FC16 even where FC5 and FC6 would do
  std::uint8_t words = 0;             // a block of so many words, for the memory; 0: one value

  // Total: a channel of 0 counts as 1, and so does a part of 0; addresses past the end wrap.
  std::uint16_t place(std::uint16_t channel, std::uint8_t part) const;
  std::uint8_t bit(std::uint16_t channel,
                   std::uint8_t part) const;  // lowest bit of the field there
  std::uint16_t width() const;                // words or bits taken: 2 for u32 and i32
  bool of_bits() const;                       // in the coil or discrete table
};

// One way to a value: holds if every register named has one of its raw values.
struct Rule {
  struct Test {
    RegisterIndex reg;
    std::vector<std::int32_t> any_of;
  };
  std::vector<Test> tests;  // empty: always (the last rule, 'otherwise')
  std::int32_t value;       // of the field
};

// What a field is read from: either one register (through `values` where the raw values are named,
// as it is otherwise), or the first rule that holds.
struct StateSource {
  domain::Field field;
  std::optional<RegisterIndex> reg;
  std::map<std::int32_t, std::int32_t> values;  // raw to field value; empty: the number itself
  std::vector<Rule> rules;
};

// One write of a command. A pulse is written back to `rest` after its time.
struct Write {
  RegisterIndex reg;
  std::int32_t value;  // raw
  std::optional<std::chrono::milliseconds> pulse;
  std::int32_t rest = 0;  // raw; what a pulse goes back to
};

// What must be read back for the command to be done: a field with a value (or one of several).
struct Confirmation {
  domain::Field field;
  std::vector<std::int32_t> any_of;
  std::chrono::milliseconds within{3000};  // from the write
};

struct CommandPlan {
  domain::Command command;
  std::vector<Write> writes;
  std::optional<Confirmation> confirm;  // none: the write's echo is all there is
  // The write toggles (JEMA): it is only sent when the confirmation does not hold already.
  bool toggles = false;
};

// Limits of one unit on the wire.
struct Timing {
  std::chrono::milliseconds response_timeout{200};
  std::chrono::milliseconds lateness{300};
  std::chrono::milliseconds turnaround{0};
  std::chrono::milliseconds disconnected_after{20'000};  // SEC-10's default
  std::uint16_t most_words = 125;                        // in one read
  std::uint16_t most_bits = 2000;                        //
  // Addresses unknown to the profile that may be read in vain to join two reads into one. 0, since
  // many devices answer a read across a hole with an exception; only their data sheet can tell.
  std::uint16_t most_gap = 0;
};

// How an entrance's output behaves while it is held and told to open (spec: the kinds' table).
enum class OpenWhileHeld : std::uint8_t {
  ignore,   // recorded, nothing is sent (automatic door by JEMA)
  repulse,  // off, and on again after the pulse time (plug, relay)
};

struct Profile {
  std::string file;
  Digest text{};  // SHA-256 of what it was read from
  domain::ModelInfo info;
  std::vector<Register> registers;
  std::vector<StateSource> states;
  std::vector<CommandPlan> commands;
  std::optional<domain::LockModel> lock;  // locks only, with or without a memory
  std::optional<Memory> memory;           // how it is reached, if lock->has_memory()
  Timing timing;
  OpenWhileHeld open_while_held = OpenWhileHeld::ignore;

  const CommandPlan* plan(domain::Command command) const;
  std::uint8_t parts() const;  // how many compartments and the like; 0: none
};

// Reads one profile file's text. Nothing if it has mistakes; all of them are in `problems`.
std::optional<Profile> parse(std::string_view text, std::string_view file, Problems& problems);

// Every profile of the folders, by name. A file with mistakes is left out and told of; two files
// with one name are a mistake of the second.
class Catalog final : public domain::ModelCatalog {
 public:
  // Takes *.toml of each folder in the order of names, at most 1,000 a folder and 256 KiB a file. A
  // folder that cannot be read is a problem too.
  static Catalog load(const std::vector<std::string>& folders, Problems& problems);
  // Adds one; a name that is there already is a problem.
  void add(Profile profile, Problems& problems);
  // The same from its file, unless that has mistakes.
  void add_file(const std::string& file, Problems& problems);
  // Takes over what `fresh` has and this has not, or otherwise; what is the same to the letter
  // stays the object that it is, and what goes lives on until the catalog ends, for those who still
  // use it. The names of models that are new, others or gone.
  std::vector<std::string> replace(const Catalog& fresh);

  const Profile* profile(std::string_view model) const;
  const domain::ModelInfo* find(std::string_view model) const override;
  std::vector<std::string_view> names() const override;

 private:
  using Shared = std::shared_ptr<const Profile>;
  std::map<std::string, Shared, std::less<>> profiles_;
  std::vector<Shared> gone_;
};

// The raw contents of a device's registers as they were read, and what follows from them.
class RegisterImage {
 public:
  void put(bus::Table table, std::uint16_t address, const std::vector<std::uint16_t>& values);
  void clear();
  // The raw value of a register for a channel and part; nothing if it was not read.
  std::optional<std::int64_t> raw(const Register& reg, std::uint16_t channel,
                                  std::uint8_t part) const;
  // All words of a register, in the order of their addresses; nothing if one was not read.
  std::optional<std::vector<std::uint16_t>> words(const Register& reg, std::uint16_t channel) const;

 private:
  std::map<std::pair<bus::Table, std::uint16_t>, std::uint16_t> words_;
};

// The state that the image tells of; fields whose registers were not read are left out. A raw value
// that the profile does not name, or a number out of the field's range, leaves its field out too
// and is added to `strange` ("bolt = 7", "compartment 3 = 2"). Total: any image will do.
domain::DeviceState decode(const Profile& profile, std::uint16_t channel,
                           const RegisterImage& image, std::vector<std::string>* strange = nullptr);

// The fewest reads that cover the polled registers of `channels`, as the profile's timing allows.
struct ReadRange {
  bus::Table table;
  std::uint16_t address;
  std::uint16_t count;
  PollLane lane;
  std::chrono::milliseconds interval;
};
// Alarm lane first, then by table and address. Nothing is read twice: a word that is wanted in both
// lanes or at two intervals is read in the more urgent lane at the shorter interval. Reads of
// different lanes or intervals are not joined.
std::vector<ReadRange> plan_reads(const Profile& profile,
                                  const std::vector<std::uint16_t>& channels);
// The same for all that shares one unit (a panel and its zones); the strictest timing counts.
struct UnitPart {
  const Profile* profile;
  std::vector<std::uint16_t> channels;
};
std::vector<ReadRange> plan_reads(const std::vector<UnitPart>& unit);

// The exchange that writes `raw` to a register of one channel and part; a coil takes any value but
// 0 as on.
bus::Exchange write_exchange(const Register& reg, std::uint8_t unit, std::uint16_t channel,
                             std::uint8_t part, std::int64_t raw);

}  // namespace genkan::profile
