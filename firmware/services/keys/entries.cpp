#include "firmware/services/keys/entries.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

using domain::Credential;
using domain::RecordKind;
using domain::Refusal;

constexpr std::chrono::seconds open_time{20};

// What can be tried out by typing; the others cannot be guessed.
bool is_typed(Credential how) {
  return how == Credential::code || how == Credential::software_code ||
         how == Credential::resident_key;
}

std::optional<domain::Command> opening_of(domain::DeviceKind kind) {
  if (domain::has_command(kind, domain::Command::unlock)) return domain::Command::unlock;
  if (domain::has_command(kind, domain::Command::open)) return domain::Command::open;
  return std::nullopt;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

json::object to_json(const EntryAnswer& answer) {
  json::object object;
  object["granted"] = answer.decision.granted;
  object["reason"] = domain::name_of(answer.decision.why);
  object["sentence"] = domain::sentence(answer.decision.why);
  object["key"] = nullptr;
  if (answer.decision.key) {
    object["key"] = json::object{{"owner", domain::name_of(answer.decision.key->owner)},
                                 {"id", answer.decision.key->id},
                                 {"name", answer.name}};
  }
  object["opens"] = nullptr;
  if (answer.decision.opens) {
    object["opens"] = json::object{{"start", format_time(answer.decision.opens->start)},
                                   {"end", format_time(answer.decision.opens->end)}};
  }
  object["command"] = nullptr;
  if (answer.command) object["command"] = to_json(*answer.command);
  return object;
}

asio::awaitable<Result<EntryAnswer>> Entries::enter(DeviceId door, ShownKey shown,
                                                    domain::Caller by) {
  const std::string& source = by.name;
  const auto* entry = needs_.directory.find(door);
  if (entry == nullptr) co_return fail(needs_.directory.why_not(door));
  const auto opening = opening_of(entry->kind);
  if (!opening) {
    co_return fail(ErrorCode::unsupported,
                   cat("'", door.str(), "' opens nothing; say a lock, an entrance or an intercom"));
  }
  EntryAnswer answer;
  if (is_typed(shown.how) && locked_out(door, source)) {
    answer.decision = {.granted = false, .why = Refusal::locked_out, .key = {}, .opens = {}};
  } else {
    answer.decision = decide(door, shown, needs_.clock.wall());
  }
  if (answer.decision.key) answer.name = needs_.news.name_of(*answer.decision.key);
  ports::Change change;
  change.records.push_back(record(door, shown, answer.decision, by));
  if (!answer.decision.granted) {
    if (answer.decision.why == Refusal::unknown_key && is_typed(shown.how)) {
      count_wrong(door, source, change);
    }
    needs_.store.submit(std::move(change));
    co_return answer;
  }
  wrong_.right(cat("door ", door.str()));
  if (!source.empty()) wrong_.right(cat("source ", source));
  const domain::KeyRef key = *answer.decision.key;
  if (answer.decision.counted) {
    // In memory first: the same key shown again meanwhile finds its use taken.
    needs_.ring.use(key);
    const auto* temporary = needs_.book.find(domain::TemporaryKeyId(key.id));
    if (temporary != nullptr) {
      domain::TemporaryKey used = *temporary;
      ++used.used;
      change.keys.temporary_keys.push_back(used);
      needs_.book.put(std::move(used));
    }
    const auto counted = co_await needs_.store.commit(std::move(change));
    if (!counted) co_return fail(counted.error().in("the use of this key cannot be counted"));
  } else {
    needs_.store.submit(std::move(change));
  }
  const domain::Caller caller{domain::Role::operator_, domain::actor_of(key), std::nullopt,
                              by.until, by.signed_by};
  auto opened = co_await needs_.commands.run(caller, door, {*opening}, open_time);
  if (!opened) co_return fail(opened.error());
  answer.command = std::move(*opened);
  co_return answer;
}

Result<EntryAnswer> Entries::why(const DeviceId& door, const ShownKey& shown,
                                 std::optional<WallTime> at) const {
  if (needs_.directory.find(door) == nullptr) return fail(needs_.directory.why_not(door));
  EntryAnswer answer;
  answer.decision = decide(door, shown, at.value_or(needs_.clock.wall()));
  if (answer.decision.key) answer.name = needs_.news.name_of(*answer.decision.key);
  return answer;
}

domain::Decision Entries::decide(const DeviceId& door, const ShownKey& shown, WallTime when) const {
  domain::Shown question{shown.how, {}, door, when, needs_.clock.trust()};
  const auto& hasher = needs_.secrets.hasher;
  if (const auto* code = std::get_if<domain::Code>(&shown.secret)) {
    const auto digits = bytes_of(code->digits());
    question.hash = shown.how == Credential::code ? hasher.of(*code) : hasher.of(shown.how, digits);
  } else if (const auto* card = std::get_if<domain::CardNumber>(&shown.secret)) {
    question.hash = hasher.of(*card);
  } else {
    const auto& text = std::get<std::string>(shown.secret);
    if (shown.how == Credential::qr) {
      const auto serial = domain::serial_of(text, needs_.secrets.token);
      if (!serial) return {};
      question.hash = domain::hash_of_serial(hasher, *serial);
    } else {
      question.hash = hasher.of(shown.how, bytes_of(text));
    }
  }
  return needs_.ring.decide(question);
}

bool Entries::locked_out(const DeviceId& door, const std::string& source) const {
  const SteadyTime now = needs_.clock.steady();
  return wrong_.locked_out(cat("door ", door.str()), now) ||
         (!source.empty() && wrong_.locked_out(cat("source ", source), now));
}

void Entries::count_wrong(const DeviceId& door, const std::string& source, ports::Change& change) {
  const SteadyTime now = needs_.clock.steady();
  bool locks = wrong_.wrong(cat("door ", door.str()), now);
  if (!source.empty()) locks = wrong_.wrong(cat("source ", source), now) || locks;
  if (locks) change.records.push_back(needs_.news.of_lock(RecordKind::keypad_locked, door));
}

domain::RecordDraft Entries::record(const DeviceId& door, const ShownKey& shown,
                                    const domain::Decision& decision,
                                    const domain::Caller& by) const {
  auto draft = needs_.news.of_lock(
      decision.granted ? RecordKind::entry_granted : RecordKind::entry_refused, door);
  std::string actor;
  if (decision.key) {
    actor = domain::actor_of(*decision.key);
    if (auto name = needs_.news.name_of(*decision.key); !name.empty()) {
      draft.body["name"] = std::move(name);
    }
  }
  draft.body["how"] = domain::name_of(shown.how);
  if (!decision.granted) draft.body["reason"] = domain::name_of(decision.why);
  domain::put_actor(draft, actor, by.signed_by);
  return draft;
}

}  // namespace genkan::services
