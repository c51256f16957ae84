#include "cloud-agent/agent/home_assistant/entities.hpp"

#include <algorithm>
#include <vector>

#include "cloud-agent/agent/home_assistant/entity_tables.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent::home_assistant {

namespace {

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// "None" is what Home Assistant shows as unknown.
std::string equals(std::string_view value, std::string_view on) {
  return cat("{% set v = ", value, " %}{{ 'None' if v is not defined else 'ON' if v == ", on,
             " else 'OFF' }}");
}

class Entities {
 public:
  Entities(const json::object& device, const json::object& fields, const Ends& ends)
      : device_(device), fields_(fields), ends_(ends) {}

  json::object all() {
    add_main();
    add_panel();
    for (const Reading& reading : readings()) add_reading(reading);
    add_compartments();
    add_bypass();
    for (const Press& press : presses()) add_press(press.command, press.name, press.command);
    add_trouble();
    return std::move(list_);
  }

 private:
  bool has(std::string_view field) const { return fields_.contains(field); }

  json::object entity(std::string_view platform, std::string_view key, std::string_view name) {
    json::object made;
    made["platform"] = platform;
    made["unique_id"] = cat(ends_.unique, "_", key);
    if (name.empty()) {
      made["name"] = nullptr;
    } else {
      made["name"] = name;
    }
    return made;
  }

  void add(std::string_view key, json::object made) { list_[key] = std::move(made); }

  // A command that an entity of its own kind has taken has no button besides.
  void command(json::object& made, std::string_view payload, std::string_view word) {
    made["command_topic"] = ends_.command;
    made[payload] = word;
    taken_.emplace_back(word);
  }

  json::object read(const Reading& reading, const std::string& key, const std::string& value,
                    std::string_view name) {
    json::object made = entity(reading.on.empty() ? "sensor" : "binary_sensor", key, name);
    made["state_topic"] = ends_.state;
    made["value_template"] =
        reading.on.empty() ? cat("{{ ", value, " | default('None') }}") : equals(value, reading.on);
    if (!reading.device_class.empty()) made["device_class"] = reading.device_class;
    if (!reading.unit.empty()) made["unit_of_measurement"] = reading.unit;
    if (reading.diagnostic) made["entity_category"] = "diagnostic";
    return made;
  }

  void add_reading(const Reading& reading) {
    if (!has(reading.field)) return;
    add(reading.field, read(reading, std::string(reading.field),
                            cat("value_json.state.", reading.field), reading.name));
  }

  void add_main() {
    const std::string kind = text_in(device_, "kind");
    const auto same = [&kind](const Main& each) { return each.kind == kind; };
    const auto main = std::find_if(mains().begin(), mains().end(), same);
    if (main == mains().end() || !has(main->otherwise.field)) return;
    const bool commanded =
        !main->platform.empty() && offers(device_, main->first) && offers(device_, main->second);
    if (!commanded) {
      Reading reading = main->otherwise;
      if (kind == "zone") reading.device_class = zone_class();
      return add_reading(reading);
    }
    json::object made = entity(main->platform, main->otherwise.field, "");
    made["state_topic"] = ends_.state;
    if (main->platform == "lock") {
      made["value_template"] =
          "{{ value_json.state.bolt if value_json.state.bolt in ['locked', 'unlocked', 'jammed'] "
          "else 'None' }}";
      made["state_locked"] = "locked";
      made["state_unlocked"] = "unlocked";
      made["state_jammed"] = "jammed";
      command(made, "payload_lock", "lock");
      command(made, "payload_unlock", "unlock");
    } else {
      const std::string value = "{{ value_json.state.output | default('None') }}";
      made[main->platform == "light" ? "state_value_template" : "value_template"] = value;
      if (main->platform == "switch") {
        made["state_on"] = "on";
        made["state_off"] = "off";
      }
      command(made, "payload_on", "on");
      command(made, "payload_off", "off");
    }
    made["optimistic"] = false;
    add(main->otherwise.field, std::move(made));
  }

  std::string_view zone_class() const {
    const std::string purpose = text_in(device_, "purpose");
    const auto same = [&purpose](const Purpose& each) { return each.purpose == purpose; };
    const auto found = std::find_if(purposes().begin(), purposes().end(), same);
    return found == purposes().end() ? "" : found->device_class;
  }

  void add_panel() {
    if (!has("guard")) return;
    json::array arms;
    for (const std::string_view arm : {"arm_home", "arm_away"}) {
      if (offers(device_, arm)) arms.emplace_back(arm);
    }
    if (arms.empty() || !offers(device_, "disarm")) {
      return add_reading({"guard", "", "", "", "", false});
    }
    json::object made = entity("alarm_control_panel", "guard", "");
    made["state_topic"] = ends_.state;
    made["value_template"] =
        "{{ {'disarmed': 'disarmed', 'away': 'armed_away', 'home': 'armed_home'}"
        ".get(value_json.state.guard | default(''), 'None') }}";
    for (const json::value& arm : arms) {
      const std::string_view word = arm.as_string();
      command(made, cat("payload_", word), word);
    }
    command(made, "payload_disarm", "disarm");
    made["supported_features"] = std::move(arms);
    // Who may is decided by the gateway's own list, not by a code in Home Assistant.
    made["code_arm_required"] = false;
    made["code_disarm_required"] = false;
    add("guard", std::move(made));
  }

  void add_compartments() {
    for (const Reading& reading : compartment_readings()) {
      const json::value* parts = fields_.if_contains(reading.field);
      if (parts == nullptr || !parts->is_object()) continue;
      for (const auto& part : parts->as_object()) {
        const std::string key = cat(reading.field, "_", std::string_view(part.key()));
        const std::string value =
            cat("value_json.state.", reading.field, "['", std::string_view(part.key()), "']");
        add(key, read(reading, key, value, cat(reading.name, " ", std::string_view(part.key()))));
        if (reading.field != "compartment" || !offers(device_, "release_compartment")) continue;
        add_press_button(cat("release_", std::string_view(part.key())),
                         cat("Release compartment ", std::string_view(part.key())),
                         cat("release_compartment ", std::string_view(part.key())));
      }
    }
  }

  void add_bypass() {
    if (!has("bypass")) return;
    if (!offers(device_, "bypass") || !offers(device_, "end_bypass")) {
      return add_reading({"bypass", "Bypassed", "", "true", "", false});
    }
    json::object made = entity("switch", "bypass", "Bypassed");
    made["state_topic"] = ends_.state;
    made["value_template"] = equals("value_json.state.bypass", "true");
    made["state_on"] = "ON";
    made["state_off"] = "OFF";
    command(made, "payload_on", "bypass");
    command(made, "payload_off", "end_bypass");
    made["optimistic"] = false;
    add("bypass", std::move(made));
  }

  void add_press(std::string_view key, std::string_view name, std::string_view word) {
    if (!offers(device_, word)) return;
    if (std::find(taken_.begin(), taken_.end(), word) != taken_.end()) return;
    add_press_button(cat("press_", key), name, word);
  }

  void add_press_button(const std::string& key, std::string_view name, std::string_view payload) {
    json::object made = entity("button", key, name);
    made["command_topic"] = ends_.command;
    made["payload_press"] = payload;
    add(key, std::move(made));
  }

  void add_trouble() {
    json::object made = entity("binary_sensor", "trouble", "Trouble");
    made["device_class"] = "problem";
    made["entity_category"] = "diagnostic";
    made["state_topic"] = ends_.state;
    made["value_template"] = "{{ 'ON' if value_json.troubles else 'OFF' }}";
    made["json_attributes_topic"] = ends_.state;
    made["json_attributes_template"] =
        "{{ {'troubles': value_json.troubles | map(attribute='kind') | list} | tojson }}";
    // A device that does not answer is a trouble: only without the gateway is this not available.
    made["availability"] = json::array{by_presence(ends_.presence)};
    add("trouble", std::move(made));
  }

  const json::object& device_;
  const json::object& fields_;
  const Ends& ends_;
  json::object list_;
  std::vector<std::string> taken_;
};

}  // namespace

json::object by_presence(std::string_view topic) {
  json::object made;
  made["topic"] = topic;
  made["value_template"] = "{{ value_json.presence }}";
  return made;
}

bool offers(const json::object& device, std::string_view command) {
  const json::value* list = device.if_contains("cloud_commands");
  if (list == nullptr || !list->is_array()) return false;
  const auto same = [command](const json::value& each) {
    return each.is_string() && each.as_string() == command;
  };
  return std::any_of(list->as_array().begin(), list->as_array().end(), same);
}

json::object components(const json::object& device, const json::object& fields, const Ends& ends) {
  return Entities(device, fields, ends).all();
}

}  // namespace genkan::agent::home_assistant
