#include "cloud-agent/relay/reading.hpp"

#include <algorithm>

#include "cloud-agent/mqtt/broker.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// The broker may hand us more than the contract allows; such a message is not one.
constexpr std::size_t most = mqtt::most_payload;
constexpr std::size_t most_records = 1000;  // of one message
constexpr std::size_t most_word = 256;

std::string word(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string() || value->get_string().size() > most_word) return {};
  return std::string(value->get_string());
}

std::int64_t count(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() && value->get_int64() > 0 ? value->get_int64() : 0;
}

Result<json::object> read_object(std::string_view text, std::string_view what) {
  auto value = parse_json(text, most);
  if (!value) return fail(value.error().in(what));
  if (!value->is_object()) return fail(ErrorCode::invalid, cat(what, " is no JSON object"));
  return std::move(value->as_object());
}

Result<MirrorRecord> read_record(const json::value& value) {
  if (!value.is_object()) return fail(ErrorCode::invalid, "a record is no JSON object");
  const json::object& object = value.get_object();
  MirrorRecord record{count(object, "seq"),   word(object, "boot"), word(object, "time"),
                      word(object, "lane"),   word(object, "kind"), word(object, "device"),
                      json::serialize(object)};
  if (record.seq == 0) return fail(ErrorCode::invalid, "a record has no number");
  if (record.boot.empty() || record.kind.empty()) {
    return fail(ErrorCode::invalid, cat("record ", record.seq, " has no boot or no kind"));
  }
  return record;
}

Result<std::vector<MirrorRecord>> read_records(const json::object& object) {
  const json::value* list = object.if_contains("records");
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorCode::invalid, "there is no list of records");
  }
  if (list->get_array().size() > most_records) {
    return fail(ErrorCode::invalid, cat("there are more than ", most_records, " records"));
  }
  std::vector<MirrorRecord> records;
  records.reserve(list->get_array().size());
  for (const json::value& each : list->get_array()) {
    auto record = read_record(each);
    if (!record) return fail(record.error());
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace

Result<PresenceWord> read_presence(std::string_view text) {
  const auto object = read_object(text, "the presence");
  if (!object) return fail(object.error());
  const auto presence = word(*object, "presence");
  if (presence != "online" && presence != "offline") {
    return fail(ErrorCode::invalid, "the presence is neither online nor offline");
  }
  PresenceWord said;
  said.online = presence == "online";
  said.boot = word(*object, "boot");
  said.version = word(*object, "version");
  said.clock = word(*object, "clock");
  said.journal = word(*object, "journal");
  if (said.journal.empty()) said.journal = "-";
  said.head = count(*object, "head");
  said.reason = word(*object, "reason");
  return said;
}

Result<std::vector<MirrorRecord>> read_alarm(std::string_view text) {
  const auto object = read_object(text, "the alarm");
  if (!object) return fail(object.error());
  auto record = read_record(*object);
  if (!record) return fail(record.error());
  return std::vector{*std::move(record)};
}

Result<std::vector<MirrorRecord>> read_activity(std::string_view text) {
  const auto object = read_object(text, "the activity");
  if (!object) return fail(object.error());
  return read_records(*object);
}

Result<JournalPage> read_page(std::string_view text) {
  const auto object = read_object(text, "the journal's page");
  if (!object) return fail(object.error());
  auto records = read_records(*object);
  if (!records) return fail(records.error());
  const auto rises = [](const MirrorRecord& one, const MirrorRecord& next) {
    return one.seq >= next.seq;
  };
  if (std::adjacent_find(records->begin(), records->end(), rises) != records->end()) {
    return fail(ErrorCode::invalid, "the page's numbers do not rise");
  }
  JournalPage page{*std::move(records), count(*object, "head"), count(*object, "oldest"), {}};
  if (auto journal = word(*object, "journal"); !journal.empty()) page.journal = std::move(journal);
  return page;
}

}  // namespace genkan::relay
