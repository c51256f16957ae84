#include "firmware/cli/key_requests.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/cli/files.hpp"

namespace genkan::cli {

namespace {

template <class Value>
void put(json::object& body, std::string_view key, const std::optional<Value>& typed) {
  if (typed) body[key] = *typed;
}

void put_list(json::object& body, std::string_view key, const std::vector<std::string>& typed) {
  if (!typed.empty()) body[key] = json::array(typed.begin(), typed.end());
}

bool has_window(const WindowChoice& choice) { return !choice.every.empty() || choice.window; }

json::array weekdays(const std::vector<std::string>& typed) {
  static constexpr std::array all{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  if (typed.size() == 1 && typed.front() == "day") {
    return json::array(all.begin(), all.end());
  }
  return json::array(typed.begin(), typed.end());
}

}  // namespace

Result<> put_window(const WindowChoice& choice, json::object& rule) {
  if (!choice.every.empty()) rule["weekdays"] = weekdays(choice.every);
  if (!choice.window) return {};
  const auto mark = choice.window->find('-');
  if (mark == std::string::npos) {
    return fail(ErrorCode::invalid, cat("--window is '", printable(*choice.window),
                                        "'; give a time window like 9:00-17:30"));
  }
  rule["from"] = choice.window->substr(0, mark);
  rule["to"] = choice.window->substr(mark + 1);
  return {};
}

void put_secrets(const SecretChoice& choice, json::object& body) {
  if (choice.code) body["code"] = typed_secret(*choice.code);
  if (choice.no_code) body["code"] = nullptr;
  if (choice.card || choice.card_name) {
    json::object card;
    if (choice.card) card["number"] = typed_secret(*choice.card);
    put(card, "name", choice.card_name);
    body["card"] = std::move(card);
  }
  if (choice.no_card) body["card"] = nullptr;
}

bool is_recurring(const ReserveChoice& choice) {
  return has_window(choice.days) || choice.first || choice.last || choice.holidays ||
         !choice.extra.empty() || !choice.except.empty();
}

Result<json::object> reservation_request(const ReserveChoice& choice, const json::object& before) {
  json::object body;
  put(body, "name", choice.name);
  put(body, "start", choice.from);
  put(body, "end", choice.to);
  if (is_recurring(choice)) {
    json::object rule = before;
    if (auto read = put_window(choice.days, rule); !read) return fail(read.error());
    put(rule, "first", choice.first);
    put(rule, "last", choice.last);
    put(rule, "holidays", choice.holidays);
    put_list(rule, "extra", choice.extra);
    put_list(rule, "excluded", choice.except);
    body["recurrence"] = std::move(rule);
  }
  put(body, "kind", choice.kind);
  put_secrets(choice.secret, body);
  put_list(body, "mail", choice.mail);
  if (choice.no_mail) body["mail"] = json::array();
  return body;
}

json::object holder_request(const HolderChoice& choice) {
  json::object body;
  put(body, "name", choice.name);
  put_secrets(choice.secret, body);
  if (choice.always) body["validity_group"] = nullptr;
  if (choice.enabled) body["enabled"] = true;
  if (choice.disabled) body["enabled"] = false;
  put(body, "mail", choice.mail);
  return body;
}

bool is_validity(const GroupChoice& choice) {
  return choice.from || choice.to || has_window(choice.days);
}

Result<json::object> validity_request(const GroupChoice& choice) {
  json::object body;
  put(body, "name", choice.name);
  if (choice.from || choice.to) {
    json::object span;
    put(span, "start", choice.from);
    put(span, "end", choice.to);
    body["span"] = std::move(span);
  }
  if (has_window(choice.days)) {
    json::object weekly;
    if (auto read = put_window(choice.days, weekly); !read) return fail(read.error());
    body["weekly"] = std::move(weekly);
  }
  return body;
}

json::object key_group_request(const GroupChoice& choice, const json::array& before) {
  json::object body;
  put(body, "name", choice.name);
  put_list(body, "devices", choice.doors);
  if (choice.add.empty() && choice.remove.empty()) return body;
  json::array devices;
  const auto keep = [&choice, &devices](std::string_view device) {
    const bool goes = std::ranges::find(choice.remove, device) != choice.remove.end();
    const bool is_there = std::ranges::find(devices, json::value(device)) != devices.end();
    if (!goes && !is_there) devices.emplace_back(device);
  };
  for (const auto& device : before) {
    if (choice.doors.empty() && device.is_string()) keep(device.get_string());
  }
  for (const auto& device : choice.doors) keep(device);
  for (const auto& device : choice.add) keep(device);
  body["devices"] = std::move(devices);
  return body;
}

Result<json::object> visitor_request(const VisitorChoice& choice) {
  json::object body{{"name", choice.name}, {"room", choice.room}};
  put(body, "id_number", choice.id_number);
  if (choice.from || choice.to || choice.uses) {
    json::object once;
    put(once, "uses", choice.uses);
    put(once, "start", choice.from);
    put(once, "end", choice.to);
    body["once"] = std::move(once);
  }
  if (has_window(choice.days)) {
    json::object window;
    if (auto read = put_window(choice.days, window); !read) return fail(read.error());
    body[choice.days.every.empty() ? "daily" : "weekly"] = std::move(window);
  }
  return body;
}

}  // namespace genkan::cli
