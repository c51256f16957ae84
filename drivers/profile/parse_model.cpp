#include <algorithm>
#include <array>

#include "drivers/profile/draft.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

// [model], [timing] and [entrance].
namespace genkan::profile {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_title = 80;
constexpr std::int64_t most_channels = 256;

// Names of models and of hardware are made like ids.
void check_name(const TomlTable& table, std::string_view key, std::string_view name) {
  if (const auto fault = id_fault(name); !fault.empty()) {
    table.complain(key, cat("is wrong: ", fault));
  }
}

void parse_identity(TomlTable& table, Draft& draft) {
  domain::ModelInfo& info = draft.profile.info;
  info.model = table.text("name");
  if (table.has("name")) check_name(table, "name", info.model);
  info.title = table.text("title", longest_title);
  std::vector<std::string_view> kinds;
  for (const auto& kind : domain::all_kinds()) kinds.push_back(kind.name);
  if (!table.has("kind")) {
    table.word("kind", kinds);
  } else if (const auto kind = table.optional_word("kind", kinds)) {
    info.kind = domain::all_kinds()[*kind].kind;
    draft.kind_known = true;
  }
  const auto hardware = table.optional_text("hardware");
  if (hardware) check_name(table, "hardware", *hardware);
  info.hardware = hardware.value_or(info.model);
  info.channels =
      static_cast<std::uint16_t>(table.optional_integer("channels", 1, most_channels).value_or(1));
}

milliseconds take_ms(TomlTable& table, std::string_view key, std::int64_t low, std::int64_t high,
                     milliseconds otherwise) {
  return milliseconds(table.optional_integer(key, low, high).value_or(otherwise.count()));
}

std::uint16_t take_count(TomlTable& table, std::string_view key, std::int64_t low,
                         std::int64_t high, std::uint16_t otherwise) {
  return static_cast<std::uint16_t>(table.optional_integer(key, low, high).value_or(otherwise));
}

void parse_timing(TomlTable& table, Timing& timing) {
  timing.response_timeout =
      take_ms(table, "response_timeout_ms", 20, 5000, timing.response_timeout);
  timing.lateness = take_ms(table, "lateness_ms", 0, 5000, timing.lateness);
  timing.turnaround = take_ms(table, "turnaround_ms", 0, 1000, timing.turnaround);
  timing.disconnected_after = std::chrono::seconds(
      table.optional_integer("disconnected_after_s", 1, 3600)
          .value_or(
              std::chrono::duration_cast<std::chrono::seconds>(timing.disconnected_after).count()));
  // Modbus Application Protocol V1.1b3, 6.1 to 6.4: one read has room for this much.
  timing.most_words = take_count(table, "most_words", 1, 125, timing.most_words);
  timing.most_bits = take_count(table, "most_bits", 1, 2000, timing.most_bits);
  timing.most_gap = take_count(table, "most_gap", 0, 64, timing.most_gap);
}

void parse_entrance(TomlTable& table, Draft& draft) {
  static constexpr std::array<std::string_view, 2> ways{"ignore", "repulse"};
  if (table.optional_word("open_while_held", ways) == 1) {
    draft.profile.open_while_held = OpenWhileHeld::repulse;
  }
  draft.closes_itself = table.optional_flag("closes_itself").value_or(false);
}

}  // namespace

void parse_model(TomlTable& root, Draft& draft) {
  draft.model = root.optional_table("model");
  if (draft.model) {
    parse_identity(*draft.model, draft);
  } else if (!root.has("model")) {
    root.complain("[model] is missing: it gives the model's name, title and kind");
  }
  draft.timing = root.optional_table("timing");
  if (draft.timing) parse_timing(*draft.timing, draft.profile.timing);
  draft.entrance = root.optional_table("entrance");
  if (draft.entrance) parse_entrance(*draft.entrance, draft);
}

}  // namespace genkan::profile
