#include "firmware/services/keys/entry_office.hpp"

#include <array>

#include "firmware/base/text.hpp"
#include "firmware/services/cloud/cloud_book.hpp"
#include "firmware/services/keys/json_fields.hpp"
#include "firmware/services/keys/key_json.hpp"

namespace genkan::services {

namespace {

using domain::Credential;

constexpr std::size_t most_secret = 256;

// What a key of the request shows.
struct Way {
  std::string_view key;
  Credential how;
};
constexpr std::array ways{
    Way{"code", Credential::code}, Way{"card", Credential::card},
    Way{"token", Credential::qr},  Way{"software_code", Credential::software_code},
    Way{"link", Credential::link},
};
constexpr std::array<std::string_view, 6> known{"code",          "card", "token",
                                                "software_code", "link", "at"};

template <class Secret>
Result<ShownKey> shown_as(Credential how, const Way& way, Result<Secret> secret) {
  if (!secret) return fail(secret.error().in(way.key));
  return ShownKey{how, std::move(*secret)};
}

Result<ShownKey> shown_key(const Way& way, std::string text) {
  switch (way.how) {
    case Credential::code:
    case Credential::software_code: return shown_as(way.how, way, domain::Code::parse(text));
    case Credential::card: return shown_as(way.how, way, domain::CardNumber::parse(text));
    default: return ShownKey{way.how, std::move(text)};
  }
}

Result<ShownKey> read_shown(const JsonFields& fields) {
  const Way* given = nullptr;
  for (const auto& way : ways) {
    if (!fields.has(way.key)) continue;
    if (given != nullptr) {
      fields.fault(way.key, cat("does not go with ", given->key, "; show one key at a time"));
    } else {
      given = &way;
    }
  }
  if (given == nullptr) {
    fields.fault("code", "is missing; show a code, card, token, software_code or link");
    return fail(fields.faults().result().error());
  }
  auto text = fields.text(given->key, most_secret);
  if (fields.faults().any()) return fail(fields.faults().result().error());
  return shown_key(*given, std::move(*text));
}

Result<std::optional<WallTime>> read_at(const JsonFields& fields) {
  const auto text = fields.text("at", 40);
  if (!text) return std::nullopt;
  const auto at = parse_time(*text);
  if (!at) fields.fault("at", "is no time; give one like 2026-11-20T09:05:00Z");
  if (fields.faults().any()) return fail(fields.faults().result().error());
  return at;
}

bool keeps(const KeyDesk& desk, const DeviceId& door, Credential how) {
  if (how == Credential::code) return desk.keeps_codes(door);
  return how == Credential::card && desk.keeps_cards(door);
}

// How the key stands in the door's own memory, which is what decides there; null: it is not in it.
json::value in_lock(const KeyDesk& desk, const DeviceId& door, const domain::KeyRef& key,
                    Credential how) {
  for (const auto& [device, standing] : desk.needs().standings.standings_of(key.owner, key.id)) {
    const bool card = how == Credential::card;
    if (device == door && standing.key.card == card) return key_json(desk, door, standing);
  }
  return nullptr;
}

}  // namespace

Result<> EntryOffice::may_enter(const domain::Caller& caller) const {
  if (auto may = check_right(caller, domain::Right::command, "open doors"); !may) return may;
  if (domain::is_unsigned_cloud(caller) && !desk_.needs().policy.unsigned_commands) {
    return fail(ErrorCode::forbidden,
                "requests of the cloud must be signed; unsigned ones are refused here");
  }
  return {};
}

boost::asio::awaitable<Result<json::object>> EntryOffice::enter(domain::Caller caller,
                                                                DeviceId door,
                                                                json::object request) {
  if (auto may = may_enter(caller); !may) co_return fail(may.error());
  Faults faults;
  const JsonFields fields(request, "", std::span(known).first(ways.size()), faults);
  auto shown = read_shown(fields);
  if (!shown) co_return fail(shown.error());
  auto answer = co_await entries_.enter(std::move(door), std::move(*shown), std::move(caller));
  if (!answer) co_return fail(answer.error());
  co_return to_json(*answer);
}

Result<json::object> EntryOffice::why(const domain::Caller& caller, const DeviceId& door,
                                      const json::object& request) const {
  if (auto may = may_enter(caller); !may) return fail(may.error());
  Faults faults;
  const JsonFields fields(request, "", known, faults);
  const auto shown = read_shown(fields);
  if (!shown) return fail(shown.error());
  const auto at = read_at(fields);
  if (!at) return fail(at.error());
  const auto answer = entries_.why(door, *shown, *at);
  if (!answer) return fail(answer.error());
  json::object object = to_json(*answer);
  object.erase("command");
  const auto& key = answer->decision.key;
  if (!*at && key && keeps(desk_, door, shown->how)) {
    object["in_lock"] = in_lock(desk_, door, *key, shown->how);
  }
  return object;
}

}  // namespace genkan::services
