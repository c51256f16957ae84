#include <algorithm>

#include "drivers/profile/draft.hpp"
#include "firmware/base/text.hpp"

// [state.FIELD]
namespace genkan::profile {

namespace {

constexpr std::size_t most_rules = 64;

using domain::FieldSpec;

// The field that a state's name means; null, complained about, if the kind has no such field.
const FieldSpec* take_field(const TomlTable& table, std::string_view name, const Draft& draft) {
  const auto field = domain::field_named(name);
  const auto kind = draft.profile.info.kind;
  if (field && (!draft.kind_known || domain::has_field(kind, *field))) return &spec(*field);
  std::vector<std::string_view> known;
  for (const auto& candidate : domain::all_fields()) {
    if (!draft.kind_known || domain::has_field(kind, candidate.field)) {
      known.push_back(candidate.name);
    }
  }
  table.complain(draft.unknown_name("state", name, known));
  return nullptr;
}

// values = { 0 = "unlocked", … }
std::map<std::int32_t, std::int32_t> take_values(TomlTable& table, const FieldSpec* field,
                                                 std::optional<RegisterIndex> reg,
                                                 const Draft& draft) {
  std::map<std::int32_t, std::int32_t> values;
  auto pairs = table.optional_table("values");
  if (!pairs) return values;
  const auto scalars = pairs->scalars();
  if (scalars.empty()) table.complain("values", "names no value");
  for (const auto& [key, text] : scalars) {
    if (field == nullptr) continue;
    const auto raw = reg ? draft.take_raw(*pairs, key, key, *reg) : std::nullopt;
    if (reg && !raw) continue;
    const auto value = field_value(*field, text);
    if (!value) {
      pairs->complain(key, cat("= ", value_fault(*field, text)));
    } else if (raw && !values.emplace(*raw, *value).second) {
      pairs->complain(key, cat("names the raw value ", *raw, " a second time"));
    }
  }
  return values;
}

// `is` or `otherwise`: one value of the field.
std::optional<std::int32_t> take_value(TomlTable& table, std::string_view key,
                                       const FieldSpec* field) {
  const auto texts = table.optional_scalars(key, 1);
  if (!texts || field == nullptr) return std::nullopt;
  const auto value = field_value(*field, texts->front());
  if (!value) table.complain(key, cat("= ", value_fault(*field, texts->front())));
  return value;
}

// { door_contact = 1, supply = [0, 2], is = "open" }
Rule take_rule(TomlTable& table, const FieldSpec* field, const Draft& draft) {
  Rule rule{{}, 0};
  bool tested = false;
  for (std::size_t i = 0; i < draft.profile.registers.size(); ++i) {
    const std::string& name = draft.profile.registers[i].name;
    const auto texts = table.optional_scalars(name);
    tested = tested || table.has(name);
    if (!texts) continue;
    Rule::Test test{static_cast<RegisterIndex>(i), {}};
    for (const auto& text : *texts) {
      const auto raw = draft.take_raw(table, name, text, test.reg);
      if (raw) test.any_of.push_back(*raw);
    }
    rule.tests.push_back(std::move(test));
  }
  if (!tested && table.has("is")) {
    table.complain("this rule names no register; for what is left write 'otherwise' beside 'when'");
  }
  if (!table.has("is")) {
    table.complain("this rule lacks 'is': the value of the state when the rule holds");
  }
  rule.value = take_value(table, "is", field).value_or(0);
  return rule;
}

// The same as rules: what `values` name, and `otherwise` for the rest.
std::vector<Rule> as_rules(RegisterIndex reg, const std::map<std::int32_t, std::int32_t>& values) {
  std::vector<Rule> rules;
  rules.reserve(values.size() + 1);
  for (const auto& [raw, value] : values) rules.push_back({{{reg, {raw}}}, value});
  return rules;
}

void need_values(const TomlTable& table, const FieldSpec& field) {
  if (field.type != domain::FieldType::word) return;
  table.complain(cat("[state.", field.name, "] needs 'values': which raw value means which of ",
                     alternatives(field.words), ", as in values = { 0 = \"", field.words[0],
                     "\", 1 = \"", field.words[1], "\" }"));
}

void parse_by_register(TomlTable& table, const FieldSpec* field, Draft& draft,
                       StateSource& source) {
  table.tables("when");  // absent; taken so that finish() knows it
  if (table.has("register")) {
    source.reg = draft.take_register(table, "register");
  } else {
    table.optional_text("register");  // likewise
    table.complain("this state needs 'register', or 'when' with rules over several registers");
  }
  const bool named = table.has("values");
  source.values = take_values(table, field, source.reg, draft);
  if (field != nullptr && !named) need_values(table, *field);
  const bool has_rest = table.has("otherwise");
  const auto rest = take_value(table, "otherwise", field);
  if (has_rest && !named && field != nullptr && field->type != domain::FieldType::word) {
    table.complain("otherwise", "is for a state with 'values' or 'when'");
  }
  if (!rest || !source.reg || !named) return;
  source.rules = as_rules(*source.reg, source.values);
  source.rules.push_back({{}, *rest});
  source.reg.reset();
  source.values.clear();
}

void parse_by_rules(TomlTable& table, const FieldSpec* field, const Draft& draft,
                    StateSource& source) {
  auto rules = table.tables("when");
  if (rules.size() > most_rules) {
    table.complain("when", cat("has ", rules.size(), " rules; at most ", most_rules, " are taken"));
  }
  for (auto& rule : rules) source.rules.push_back(take_rule(rule, field, draft));
  if (rules.empty() && table.is_list("when")) table.complain("when", "has no rule");
  if (const auto rest = take_value(table, "otherwise", field)) {
    source.rules.push_back({{}, *rest});
  }
}

// What belongs to a state that is read from one register.
void refuse_beside_rules(TomlTable& table) {
  if (table.has("register")) {
    table.optional_text("register");
    table.complain("register", "stands beside 'when'; a state is read by one of them");
  }
  if (auto values = table.optional_table("values")) {
    values->scalars();
    table.complain("values", "stands beside 'when'; there each rule says 'is'");
  }
}

void note_use(Draft& draft, RegisterIndex reg) {
  draft.registers[reg].used_by_state = true;
  draft.profile.registers[reg].polled = draft.registers[reg].polled.value_or(true);
}

void parse_state(std::string_view name, TomlTable& table, Draft& draft) {
  const FieldSpec* field = take_field(table, name, draft);
  StateSource source{field != nullptr ? field->field : domain::Field::fault, {}, {}, {}};
  const std::size_t problems_before = draft.problems.list().size();
  if (table.has("when")) {
    parse_by_rules(table, field, draft, source);
    refuse_beside_rules(table);
  } else {
    parse_by_register(table, field, draft, source);
  }
  const bool sound = draft.problems.list().size() == problems_before;
  if (source.reg) note_use(draft, *source.reg);
  for (const auto& rule : source.rules) {
    for (const auto& test : rule.tests) note_use(draft, test.reg);
  }
  if (field == nullptr) return;
  draft.profile.states.push_back(std::move(source));
  draft.states.push_back(table);
  draft.states_sound.push_back(sound);
}

}  // namespace

void parse_states(TomlTable& root, Draft& draft) {
  auto all = root.optional_table("state");
  if (!all) return;  // the kind's essential states are missed in check.cpp
  const std::size_t problems_before = draft.problems.list().size();
  for (auto& [name, table] : all->named_tables()) parse_state(name, table, draft);
  draft.states_whole = draft.problems.list().size() == problems_before;
}

}  // namespace genkan::profile
