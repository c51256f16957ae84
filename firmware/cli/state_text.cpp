// What a device is, in few words: one line a field in a table, one rule a kind where words are not
// enough.
#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/cli/sentences.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

struct Word {
  std::string_view field;
  std::string_view value;
  std::string_view text;  // empty: not worth a word
  Tone tone;
};

// In the order in which they are said. Values that are not here are not said.
constexpr std::array words{
    Word{"bolt", "locked", "locked", Tone::good},
    Word{"bolt", "unlocked", "unlocked", Tone::notice},
    Word{"bolt", "moving", "moving", Tone::active},
    Word{"bolt", "jammed", "jammed", Tone::bad},
    Word{"zone", "normal", "normal", Tone::good},
    Word{"zone", "active", "active", Tone::bad},
    Word{"guard", "disarmed", "disarmed", Tone::notice},
    Word{"guard", "away", "armed (away)", Tone::good},
    Word{"guard", "home", "armed (home)", Tone::good},
    Word{"call", "idle", "no call", Tone::dim},
    Word{"call", "calling", "calling", Tone::active},
    Word{"call", "answered", "call answered", Tone::active},
    Word{"call", "cancelled", "call cancelled", Tone::dim},
    Word{"door", "open", "door open", Tone::notice},
    Word{"elevator_mode", "inspection", "inspection", Tone::notice},
    Word{"elevator_mode", "fire", "fire mode", Tone::bad},
    Word{"elevator_mode", "fault", "fault", Tone::bad},
    Word{"power", "lost", "no power", Tone::bad},
};
struct Flag {
  std::string_view field;
  std::string_view text;
  Tone tone;
};
constexpr std::array flags{
    Flag{"forced", "forced open", Tone::bad},
    Flag{"tamper", "cover open", Tone::bad},
    Flag{"lockout", "keypad locked", Tone::notice},
    Flag{"battery_low", "battery low", Tone::notice},
    Flag{"bypass", "bypassed", Tone::notice},
    Flag{"trapped", "SOMEBODY TRAPPED", Tone::bad},
};

int gravity(Tone tone) {
  switch (tone) {
    case Tone::bad: return 5;
    case Tone::notice: return 4;
    case Tone::active: return 3;
    case Tone::good: return 2;
    case Tone::dim: return 1;
    default: return 0;
  }
}

class Summary {
 public:
  void say(std::string_view text, Tone tone) {
    out_.text += cat(out_.text.empty() ? "" : ", ", text);
    if (gravity(tone) > gravity(out_.tone)) out_.tone = tone;
  }
  Toned take() && { return std::move(out_); }

 private:
  Toned out_;
};

void say_output(Summary& summary, const std::string& kind, const json::object& device) {
  const auto& state = object_at(device, "state");
  const auto output = text_at(state, "output");
  if (kind == "entrance") {
    if (flag_at(device, "held")) {
      summary.say("held open", Tone::notice);
    } else if (output == "on") {
      summary.say("open", Tone::notice);
    } else if (text_at(state, "door") == "closed" || output == "off") {
      summary.say("closed", Tone::good);
    }
    return;
  }
  if (output.empty() || kind == "intercom") return;
  const auto mode = text_at(state, "mode");
  const bool on = output == "on";
  summary.say(on && !mode.empty() ? cat("on (", mode, ")") : output, on ? Tone::active : Tone::dim);
}

void say_boxes(Summary& summary, const json::object& state) {
  const auto& compartments = object_at(state, "compartment");
  const auto full = std::ranges::count_if(
      compartments, [](const auto& entry) { return entry.value() == json::value("deposited"); });
  if (!compartments.empty()) {
    summary.say(cat(full, " of ", compartments.size(), " full"),
                full > 0 ? Tone::active : Tone::good);
  }
  const auto& doors = object_at(state, "compartment_door");
  const auto open = std::ranges::count_if(
      doors, [](const auto& entry) { return entry.value() == json::value("open"); });
  if (open > 0) summary.say(cat(open, " open"), Tone::notice);
}

void say_elevator(Summary& summary, const json::object& state) {
  if (!state.contains("floor")) return;
  const auto direction = text_at(state, "direction");
  summary.say(cat("floor ", number_at(state, "floor"),
                  direction == "up"     ? " ↑"
                  : direction == "down" ? " ↓"
                                        : ""),
              direction == "idle" ? Tone::good : Tone::active);
}

}  // namespace

Toned state_text(const json::object& device) {
  const auto link = text_at(device, "link");
  if (link == "disconnected") return {"no answer", Tone::bad};
  const auto& state = object_at(device, "state");
  if (state.empty()) return {"not read yet", Tone::dim};
  Summary summary;
  const auto kind = text_at(device, "kind");
  say_output(summary, kind, device);
  if (kind == "delivery_box") say_boxes(summary, state);
  if (kind == "elevator") say_elevator(summary, state);
  if (kind == "button")
    summary.say(cat("pressed ", number_at(state, "press_count"), " times"), Tone::dim);
  for (const auto& word : words) {
    if (text_at(state, word.field) == word.value) summary.say(word.text, word.tone);
  }
  for (const auto& flag : flags) {
    if (flag_at(state, flag.field)) summary.say(flag.text, flag.tone);
  }
  if (const auto fault = number_at(state, "fault"); fault != 0) {
    summary.say(cat("fault ", fault), Tone::bad);
  }
  auto said = std::move(summary).take();
  if (link == "stale") return {cat(said.text, " (stale)"), Tone::dim};
  return said;
}

std::string state_lines(const json::object& device, const Paint& paint) {
  Table table;
  for (const auto& member : object_at(device, "state")) {
    std::string name(member.key());
    std::ranges::replace(name, '_', ' ');
    std::string value;
    if (const auto* parts = member.value().if_object()) {
      for (const auto& part : *parts) {
        const auto text = json::serialize(part.value());
        value += cat(value.empty() ? "" : "  ", part.key(), " ", text);
      }
      std::erase(value, '"');
    } else if (member.value().is_string()) {
      value = member.value().get_string();
    } else if (member.value().is_bool()) {
      value = member.value().get_bool() ? "yes" : "no";
    } else {
      value = json::serialize(member.value());
    }
    table.row({{name, Tone::dim}, {printable(value, 600), Tone::plain}});
  }
  return table.text(paint);
}

}  // namespace genkan::cli
