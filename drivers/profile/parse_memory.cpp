#include <algorithm>
#include <array>

#include "drivers/profile/draft.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

// [lock], [memory] and [[memory.area]]
namespace genkan::profile {

namespace {

using domain::OperatedBy;
using domain::SlotArea;
using std::chrono::minutes;

constexpr std::int64_t longest_lead_min = 1440;  // a day
constexpr std::int64_t most_places = 10'000;
constexpr std::int64_t last_number = 65'535;
constexpr std::size_t most_areas = 64;

// After which ways of locking a lock can be told to unlock again; the others say that it was meant.
constexpr std::array<std::pair<std::string_view, OperatedBy>, 4> ways{{{"touch", OperatedBy::touch},
                                                                       {"hand", OperatedBy::hand},
                                                                       {"key", OperatedBy::key},
                                                                       {"card", OperatedBy::card}}};

// Whether the profile reads that the bolt was moved so.
bool reads_way(const Profile& profile, OperatedBy way) {
  return std::ranges::any_of(profile.states, [way](const StateSource& state) {
    return state.field == domain::Field::operated_by &&
           can_be(state, static_cast<std::int32_t>(way));
  });
}

std::vector<OperatedBy> take_ways(TomlTable& table, const Draft& draft) {
  std::vector<OperatedBy> list;
  std::vector<std::string_view> words;
  for (const auto& [word, way] : ways) words.push_back(word);
  constexpr std::string_view key = "unlocks_again_after";
  for (const auto& text : table.optional_texts(key).value_or(std::vector<std::string>{})) {
    const auto found = std::ranges::find(words, text);
    if (found == words.end()) {
      table.complain(key, cat("has '", printable(text, 40), "'; allowed: ", alternatives(words),
                              hint(text, words)));
      continue;
    }
    const OperatedBy way = ways[static_cast<std::size_t>(found - words.begin())].second;
    if (std::ranges::find(list, way) != list.end()) {
      table.complain(key, cat("has '", text, "' twice"));
    } else if (draft.states_whole && !reads_way(draft.profile, way)) {
      table.complain(key, cat("has '", text, "', but nothing in [state.operated_by] means that"));
    }
    list.push_back(way);
  }
  return list;
}

minutes take_lead(TomlTable& table, std::string_view key, minutes otherwise) {
  return minutes(table.optional_integer(key, 0, longest_lead_min).value_or(otherwise.count()));
}

void parse_leads(TomlTable& table, domain::LockModel& lock) {
  lock.lead_most = take_lead(table, "lead_most_min", lock.lead_most);
  lock.lead_least = take_lead(table, "lead_least_min", std::min(lock.lead_least, lock.lead_most));
  if (lock.lead_least > lock.lead_most) {
    table.complain("lead_least_min", cat("is ", lock.lead_least.count(),
                                         ", more than lead_most_min, ", lock.lead_most.count()));
  }
}

// One [[memory.area]], which may stand for several alike.
void parse_area(TomlTable& table, std::size_t written_as, Draft& draft, Memory& memory) {
  SlotArea area;
  area.name = table.text("name", 24);
  if (table.has("name") && !area.name.empty()) {
    if (const auto fault = id_fault(area.name); !fault.empty()) {
      table.complain("name", cat("is wrong: ", fault));
    }
  }
  area.places = static_cast<std::uint16_t>(table.integer("places", 1, most_places));
  area.codes = table.optional_flag("codes").value_or(false);
  area.cards = table.optional_flag("cards").value_or(false);
  area.needs_enabling = table.optional_flag("needs_enabling").value_or(false);
  if (!area.codes && !area.cards) {
    table.complain("an area needs codes = true, cards = true or both");
  }
  const auto alike = table.optional_integer("areas", 2, most_areas);
  auto& areas = draft.profile.lock->areas;
  const auto number = table.optional_integer("number", 0, last_number)
                          .value_or(static_cast<std::int64_t>(areas.size()));
  const auto first = table.optional_integer("first", 0, last_number).value_or(1);
  for (std::int64_t i = 0; i < alike.value_or(1) && areas.size() <= most_areas; ++i) {
    SlotArea one = area;
    if (alike) one.name = cat(area.name, "-", i + 1);
    areas.push_back(std::move(one));
    draft.memory.area_from.push_back(written_as);
    memory.areas.push_back(
        {static_cast<std::uint16_t>(number + i), static_cast<std::uint16_t>(first)});
  }
}

void parse_areas(TomlTable& table, Draft& draft, Memory& memory) {
  draft.memory.areas = table.tables("area");
  for (std::size_t i = 0; i < draft.memory.areas.size(); ++i) {
    parse_area(draft.memory.areas[i], i, draft, memory);
  }
  const auto count = draft.profile.lock->areas.size();
  if (count > most_areas) {
    table.complain("area", cat("has more than ", most_areas, " areas"));
  }
  if (count == 0 && (!table.has("area") || table.is_list("area"))) {
    table.complain(
        "[memory] needs at least one [[memory.area]]; leave it out for a lock without "
        "memory");
  }
}

void parse_epoch(TomlTable& table, Memory& memory) {
  const auto text = table.optional_text("epoch", 40);
  if (!text) return;
  const auto day = domain::parse_day(*text);
  if (day) {
    memory.epoch = *day;
  } else {
    table.complain("epoch", cat("is \"", printable(*text, 40),
                                "\"; right would be the day from which the lock counts minutes, "
                                "as in \"2000-01-01\""));
  }
}

}  // namespace

void parse_lock(TomlTable& root, Draft& draft) {
  if (draft.kind_known && draft.profile.info.kind == domain::DeviceKind::lock) {
    draft.profile.lock = domain::LockModel{};
  }
  draft.lock = root.optional_table("lock");
  if (!draft.lock) return;
  domain::LockModel ignored;
  domain::LockModel& lock = draft.profile.lock ? *draft.profile.lock : ignored;
  const bool given = draft.lock->has("unlocks_again_after");
  auto again = take_ways(*draft.lock, draft);
  if (given) lock.unlocks_again_after = std::move(again);
  lock.locked_by_touch = draft.lock->optional_flag("locked_by_touch").value_or(true);
}

void parse_memory(TomlTable& root, Draft& draft) {
  draft.memory.memory = root.optional_table("memory");
  if (!draft.memory.memory) return;
  const bool of_a_lock = draft.profile.lock.has_value();
  if (!of_a_lock) draft.profile.lock = domain::LockModel{};  // to read on into
  TomlTable& table = *draft.memory.memory;
  const std::size_t problems_before = draft.problems.list().size();
  Memory memory;
  parse_leads(table, *draft.profile.lock);
  parse_epoch(table, memory);
  parse_areas(table, draft, memory);
  parse_mailbox(draft, memory);
  draft.memory.sound = draft.problems.list().size() == problems_before;
  draft.profile.memory = std::move(memory);
  if (!of_a_lock) draft.profile.lock.reset();
}

}  // namespace genkan::profile
