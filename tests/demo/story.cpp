#include "tests/demo/story.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "firmware/base/text.hpp"
#include "tests/demo/house.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace genkan::demo {

using namespace std::chrono_literals;
using test::MqttMessage;

namespace {

void expect(bool holds, const std::string& sentence) {
  if (!holds) throw std::runtime_error(sentence);
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

json::object parse(const std::string& text) {
  auto value = parse_json(text, 1u << 20);
  if (!value || !value->is_object()) throw std::runtime_error("no JSON object: " + text);
  return value->get_object();
}

// What must stand in the journal at the end, in this order, each once.
struct Expected {
  std::string kind;
  std::string about;  // device, or bus of a line's trouble
};

class Story {
 public:
  Story()
      : cloud_(house_.broker.port(), "story-cloud"), prefix_("genkan/1/" + house_.gateway.id()) {
    cloud_.subscribe(prefix_ + "/event/#");
    cloud_.subscribe(prefix_ + "/presence");
    house_.agent.start();
    expect(cloud_
               .wait_for(
                   [this](const MqttMessage& message) {
                     return message.topic == prefix_ + "/presence" &&
                            message.payload.find("\"online\"") != std::string::npos;
                   },
                   15s)
               .has_value(),
           "the agent did not come online");
  }

  void lock_a_door() {
    house_.building.control("hand lock-203 unlock");
    await_record("unlocked", "lock-203");
    const auto before = house_.building.moves().size();
    const json::object answer = command("lock-203", R"({"command":"lock"})");
    expect(text_at(answer, "verdict") == "done", "the answer is " + json::serialize(answer));
    expect(text_at(answer.at("state").as_object(), "bolt") == "locked", "the bolt is not locked");
    const auto moves = house_.building.moves();
    const auto thrown = std::find_if(moves.begin() + static_cast<std::ptrdiff_t>(before),
                                     moves.end(), [](const json::object& move) {
                                       return text_at(move, "device") == "lock-203" &&
                                              text_at(move, "what") == "bolt" &&
                                              text_at(move, "value") == "locked";
                                     });
    expect(thrown != moves.end(), "the simulated bolt did not move");
    expect(thrown->at("t_ns").to_number<std::int64_t>() < answered_ns_,
           "the answer came before the bolt was there");
    expected_.push_back({"locked", "lock-203"});
    said_ = cat("done after ", answer.at("took_ms").to_number<std::int64_t>(),
                " ms, and the bolt was there first");
  }

  void lock_with_the_door_ajar() {
    house_.building.control("hand lock-204 unlock");
    await_record("unlocked", "lock-204");
    house_.building.control("door lock-204 open");
    await_record("door_opened", "lock-204");
    const json::object answer = command("lock-204", R"({"command":"lock"})");
    expect(text_at(answer, "verdict") == "failed" && text_at(answer, "reason") == "door_open",
           "the answer is " + json::serialize(answer));
    expected_.push_back({"command_failed", "lock-204"});
    house_.building.control("door lock-204 close");
    await_record("door_closed", "lock-204");
    said_ = text_at(answer, "message");
  }

  void deposit() {
    house_.building.control("deposit 3 203");
    const json::object record = await_record("deposited", "boxes");
    said_ = "for room " + text_at(record, "room");
    expect(text_at(record, "room") == "r203", "the deposit is for " + json::serialize(record));
  }

  void collect() {
    const auto closed = [this] {
      const json::object boxes = house_.gateway.device("boxes");
      return boxes.at("state").at("compartment_door").at("3").as_string() == "closed";
    };
    expect(test::wait_until(closed, 5s), "the courier does not close the door");
    const json::object answer = command("boxes", R"({"command":"release_compartment","part":3})");
    expect(text_at(answer, "verdict") == "done", "the answer is " + json::serialize(answer));
    expected_.push_back({"compartment_released", "boxes"});
    house_.building.control("collect 3");
    await_record("collected", "boxes");
  }

  void arm_with_a_window_open() {
    house_.building.control("zone 5 active");
    await_record("zone_active", "zone-5");
    const json::object answer = command("panel", R"({"command":"arm_away"})");
    expect(text_at(answer, "verdict") == "refused" && text_at(answer, "reason") == "zone_active",
           "the answer is " + json::serialize(answer));
    said_ = text_at(answer, "message");
    expect(said_.find("Lobby window") != std::string::npos, "the window is not named: " + said_);
    expected_.push_back({"command_refused", "panel"});
    house_.building.control("zone 5 normal");
    await_record("zone_normal", "zone-5");
  }

  void arm() {
    const json::object answer = command("panel", R"({"command":"arm_away"})");
    expect(text_at(answer, "verdict") == "done", "the answer is " + json::serialize(answer));
    expected_.push_back({"armed", "panel"});
  }

  void trip_a_zone() {
    const auto began = std::chrono::steady_clock::now();
    house_.building.control("zone 6 active");
    await_alarm("alarm", "zone-6");
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    expect(took < 1s, cat("SEC-9: the alarm took ", took.count(), " ms"));
    said_ = cat("on the alarm topic after ", took.count(), " ms");
  }

  void elevator_fault() {
    house_.building.control("elevator 2 mode fault");
    await_alarm("elevator_fault", "elevator-2");
  }

  void pull_the_adapter() {
    house_.building.control("unplug line-b");
    await_record("trouble", "line-b");
    house_.building.control("plug line-b");
    await_record("trouble_cleared", "line-b");
    house_.building.control("hand lock-501 unlock");
    await_record("unlocked", "lock-501");
    const json::object answer = command("lock-501", R"({"command":"lock"})");
    expect(text_at(answer, "verdict") == "done", "after plugging in: " + json::serialize(answer));
    expected_.push_back({"locked", "lock-501"});
    said_ = "and a door behind it locks again";
  }

  void journal_tells_it_once() {
    const auto records = house_.gateway.journal();
    std::size_t next = 0;
    for (const auto& record : records) {
      if (next < expected_.size() && is(record, expected_[next])) ++next;
    }
    expect(next == expected_.size(),
           next == expected_.size() ? ""
                                    : cat("not in its place in the journal: ", expected_[next].kind,
                                          " of ", expected_[next].about));
    for (const auto& one : expected_) {
      const auto wanted = std::ranges::count_if(expected_, [&one](const Expected& other) {
        return other.kind == one.kind && other.about == one.about;
      });
      const auto found = std::ranges::count_if(
          records, [&one](const json::object& record) { return is(record, one); });
      expect(wanted == found, cat(one.kind, " of ", one.about, " is there ", found, " times"));
    }
    said_ = cat(expected_.size(), " records, each once, in order");
  }

  void cloud_has_it_once() {
    const auto records = house_.gateway.journal();
    const auto seen_all = [this, &records] { return received().size() >= records.size(); };
    expect(test::wait_until(seen_all, 5s),
           cat("the cloud has ", received().size(), " of ", records.size(), " records"));
    for (const auto& record : records) {
      const auto seq = record.at("seq").to_number<std::int64_t>();
      const auto times = received()[seq];
      expect(times == 1, cat("record ", seq, " came ", times, " times"));
    }
    said_ = cat(records.size(), " records over MQTT, each once");
  }

  const std::string& said() const { return said_; }
  void begin() { said_.clear(); }

 private:
  static bool is(const json::object& record, const Expected& expected) {
    if (text_at(record, "kind") != expected.kind) return false;
    if (text_at(record, "device") == expected.about) return true;
    return text_at(record.at("body").as_object(), "bus") == expected.about;
  }

  // A command through the broker, as a cloud sends it.
  json::object command(const std::string& device, const std::string& body) {
    test::MqttRequest request;
    request.path = "/v1/devices/" + device + "/commands";
    request.body = body;
    const auto answer = cloud_.ask(house_.gateway.id(), request, 15s);
    expect(answer.has_value(), "no answer to a command to " + device);
    answered_ns_ = answer->arrived_ns;
    expect(answer->status == "200", "status " + answer->status + ": " + answer->payload);
    return parse(answer->payload);
  }

  static std::vector<json::object> records_in(const MqttMessage& message) {
    if (message.topic.ends_with("/event/alarm")) return {parse(message.payload)};
    std::vector<json::object> list;
    if (!message.topic.ends_with("/event/activity")) return list;
    const json::object batch = parse(message.payload);
    for (const auto& record : batch.at("records").as_array()) list.push_back(record.as_object());
    return list;
  }

  // How often each record came.
  std::map<std::int64_t, int> received() const {
    std::map<std::int64_t, int> times;
    for (const auto& message : cloud_.messages()) {
      for (const auto& record : records_in(message)) {
        ++times[record.at("seq").to_number<std::int64_t>()];
      }
    }
    return times;
  }

  json::object await_on(const std::string& lane, const std::string& kind,
                        const std::string& about) {
    json::object found;
    const Expected wanted{kind, about};
    const auto matches = [&](const MqttMessage& message) {
      if (!message.topic.ends_with(lane)) return false;
      for (const auto& record : records_in(message)) {
        if (!is(record, wanted) || record.at("seq").to_number<std::int64_t>() <= last_seq_)
          continue;
        found = record;
        return true;
      }
      return false;
    };
    expect(cloud_.wait_for(matches, 10s).has_value(),
           cat("no ", kind, " of ", about, " on ", lane));
    last_seq_ = found.at("seq").to_number<std::int64_t>();
    expected_.push_back(wanted);
    return found;
  }

  json::object await_record(const std::string& kind, const std::string& about) {
    return await_on("/event/activity", kind, about);
  }
  json::object await_alarm(const std::string& kind, const std::string& about) {
    return await_on("/event/alarm", kind, about);
  }

  House house_;
  test::MqttClient cloud_;
  std::string prefix_;
  std::vector<Expected> expected_;
  std::string said_;
  std::int64_t answered_ns_ = 0;
  std::int64_t last_seq_ = 0;
};

struct Step {
  const char* name;
  void (Story::*act)();
};

constexpr Step steps[] = {
    {"a resident's door is locked over MQTT", &Story::lock_a_door},
    {"the same with the door ajar says so", &Story::lock_with_the_door_ajar},
    {"a parcel is deposited", &Story::deposit},
    {"the parcel is collected", &Story::collect},
    {"arming is refused while a window is open", &Story::arm_with_a_window_open},
    {"arming succeeds once it is closed", &Story::arm},
    {"a tripped zone is an alarm", &Story::trip_a_zone},
    {"an elevator reports a fault", &Story::elevator_fault},
    {"an adapter is pulled and put back", &Story::pull_the_adapter},
    {"the journal has each once, in order", &Story::journal_tells_it_once},
    {"the cloud has each record once", &Story::cloud_has_it_once},
};

}  // namespace

int act_story() {
  Story story;
  for (const Step& step : steps) {
    story.begin();
    try {
      (story.*step.act)();
    } catch (const std::exception& error) {
      std::printf("FAILED  %s: %s\n", step.name, error.what());
      return 1;
    }
    std::printf("ok      %s%s%s\n", step.name, story.said().empty() ? "" : ": ",
                story.said().c_str());
    std::fflush(stdout);
  }
  std::puts("The story held.");
  return 0;
}

}  // namespace genkan::demo
