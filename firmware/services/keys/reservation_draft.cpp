#include "firmware/services/keys/reservation_draft.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

namespace {

using domain::KeyKind;
using domain::LocalDay;
using domain::LocalTime;
using domain::Reservation;

constexpr std::array<std::string_view, 11> known_keys{"name", "device",     "key_group", "start",
                                                      "end",  "recurrence", "kind",      "code",
                                                      "card", "mail",       "origin"};
constexpr std::array key_kinds{KeyKind::link,          KeyKind::code,          KeyKind::person,
                               KeyKind::code_and_link, KeyKind::software_code, KeyKind::card_only};
constexpr std::size_t most_mail = 10;
constexpr std::chrono::years longest{10};  // as far as the product looks ahead

bool takes_code(KeyKind kind) { return domain::has_code(kind) || kind == KeyKind::software_code; }

class Drafter {
 public:
  Drafter(const json::object& request, const KeyDesk& desk, const domain::Caller& caller,
          const Reservation* before)
      : desk_(desk), caller_(caller), before_(before), fields_(request, "", known_keys, faults_) {
    if (before != nullptr) draft_.reservation = *before;
  }

  Result<ReservationDraft> make() {
    read_origin();
    read_name();
    read_target();
    if (!faults_.any()) read_timing();
    if (!faults_.any()) read_kind();
    if (!faults_.any()) read_keys();
    if (!faults_.any()) check_doors();
    if (!faults_.any()) read_mail();
    if (!faults_.any()) check_timing();
    if (faults_.any()) return fail(faults_.result().error());
    return std::move(draft_);
  }

 private:
  Reservation& reservation() { return draft_.reservation; }
  void fault(std::string_view key, std::string_view sentence) { fields_.fault(key, sentence); }
  void tell(std::string sentence) { draft_.told.push_back(std::move(sentence)); }

  void read_origin() {
    std::array<std::string_view, 3> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = domain::name_of(static_cast<domain::Origin>(i));
    }
    const auto word = fields_.word("origin", words);
    reservation().origin = word ? static_cast<domain::Origin>(*word) : domain::Origin::here;
    if (reservation().origin != domain::Origin::here && caller_.role != domain::Role::cloud) {
      fault("origin", cat("is for reservations that come through the cloud; leave it out"));
    }
  }

  void read_name() {
    if (before_ == nullptr || fields_.has("name")) {
      reservation().name = fields_.needed_text("name", "the guest's name or a purpose", 1024);
    }
    if (faults_.any()) return;
    const auto wrong = domain::reservation_name_fault(reservation().name, reservation().origin);
    if (!wrong.empty()) fault("name", wrong);
  }

  void read_target() {
    const bool device = fields_.has("device");
    const bool group = fields_.has("key_group");
    if (device && group) return fault("key_group", "stands beside 'device'; give one of them");
    if (device) return read_device();
    if (group) return read_group();
    if (before_ == nullptr) fault("device", "is missing; give a device or a key_group");
  }

  void read_device() {
    const DeviceId id(fields_.text("device").value_or(""));
    if (faults_.any()) return;
    const auto wrong = not_a_door(desk_.needs().directory, id);
    if (!wrong.empty()) return fault("device", wrong);
    reservation().target = id;
  }

  void read_group() {
    const domain::KeyGroupId id(fields_.text("key_group").value_or(""));
    if (faults_.any()) return;
    const auto* group = desk_.book().find(id);
    if (group == nullptr) {
      return fault("key_group", cat("there is no key group '", printable(id.str(), 48),
                                    "'; give the id of one that there is"));
    }
    if (group->devices.empty()) {
      return fault("key_group", cat("'", group->name, "' has no doors; add one to it first"));
    }
    reservation().target = id;
  }

  std::vector<DeviceId> devices() const { return desk_.book().devices_of(draft_.reservation); }
  // None: a group that has lost its doors.
  DeviceId first_door() const {
    const auto doors = devices();
    return doors.empty() ? DeviceId() : doors.front();
  }
  const domain::TimeZone& zone() const { return zone_of(desk_, draft_.reservation); }

  void read_timing() {
    const bool span = fields_.has("start") || fields_.has("end");
    const bool recurrence = fields_.has("recurrence");
    if (span && recurrence) {
      return fault("recurrence", "stands beside 'start' or 'end'; give one or the other");
    }
    if (recurrence) return read_recurring();
    if (span || before_ == nullptr) read_once();
  }

  void read_recurring() {
    const json::object* object = fields_.object("recurrence");
    if (object == nullptr) return;
    const auto read = read_recurrence(*object, "recurrence", faults_, draft_.told);
    if (!read) return;
    reservation().timing = *read;
    const auto years = std::chrono::year_month_day(read->last).year() -
                       std::chrono::year_month_day(read->first).year();
    if (years > longest) fault("recurrence.last", "is more than ten years after the first day");
  }

  void read_once() {
    const auto* earlier =
        before_ == nullptr ? nullptr : std::get_if<domain::Span>(&before_->timing);
    const auto& building = building_of(desk_.inventory(), first_door());
    const LocalDay today =
        std::chrono::floor<std::chrono::days>(zone().to_local(desk_.needs().clock.wall()));
    const bool needs_today = !fields_.has("start") && earlier == nullptr;
    if (needs_today && desk_.needs().clock.trust() != ClockTrust::trusted) {
      return fault("start",
                   "is missing, and the gateway's clock is not set yet; give the date and "
                   "the time");
    }
    const MomentDefaults start_default{today, building.default_start};
    const auto start = read_moment(fields_, "start", start_default, draft_.told);
    if (faults_.any()) return;
    domain::Span span;
    span.start = start     ? *start
                 : earlier ? earlier->start
                           : LocalTime(today) + building.default_start;
    const auto end_default = default_end(span.start, building);
    const auto end = read_moment(fields_, "end", end_default, draft_.told);
    if (faults_.any()) return;
    span.end = end ? *end : earlier ? earlier->end : LocalTime(end_default.day) + end_default.time;
    if (!start && !earlier) tell_default("start", span.start);
    if (!end && !earlier) tell_default("end", span.end);
    reservation().timing = span;
    if (span.end <= span.start) {
      fault("end", cat(domain::format_local(span.end), " is not after the start, ",
                       domain::format_local(span.start), "; give a later end"));
    }
  }

  // On the day of the start; where the building's end is at or before its start, or the day's is
  // over by then, the day after (SITE-8). A time alone is the next such time after the start.
  static MomentDefaults default_end(LocalTime start, const domain::BuildingConfig& building) {
    MomentDefaults end{std::chrono::floor<std::chrono::days>(start), building.default_end, start};
    if (building.default_end <= building.default_start) end.day += std::chrono::days(1);
    while (LocalTime(end.day) + end.time <= start) end.day += std::chrono::days(1);
    return end;
  }

  void tell_default(std::string_view key, LocalTime time) {
    tell(cat("'", key, "' was not given: it is ", domain::format_local(time),
             ", by the building's settings"));
  }

  void read_kind() {
    std::array<std::string_view, key_kinds.size()> words;
    std::ranges::transform(key_kinds, words.begin(),
                           [](KeyKind kind) { return domain::name_of(kind); });
    if (const auto word = fields_.word("kind", words)) {
      reservation().kind = key_kinds[*word];
    } else if (before_ == nullptr && !faults_.any()) {
      reservation().kind = default_kind();
    }
  }

  // The building's (SITE-8); what the door cannot do becomes what it can.
  KeyKind default_kind() {
    const auto& building = building_of(desk_.inventory(), first_door());
    const auto kind = domain::key_kind_named(building.default_key).value_or(KeyKind::link);
    if (!domain::has_code(kind)) return kind;
    const auto doors = devices();
    const bool any = std::ranges::any_of(
        doors, [this](const DeviceId& door) { return desk_.keeps_codes(door); });
    if (any) return kind;
    const auto other = kind == KeyKind::code ? KeyKind::software_code : KeyKind::link;
    tell(cat("'kind' is ", domain::name_of(other), ": ", names_of(desk_.inventory(), doors),
             " has no memory for codes"));
    return other;
  }

  void read_keys() {
    const auto card = read_card_wish(fields_, "card", reservation().card);
    draft_.code = read_code_wish(fields_, "code");
    if (faults_.any()) return;
    reservation().card = card_after(card, reservation().card);
    const KeyKind kind = reservation().kind;
    if (kind == KeyKind::card_only && !reservation().card) {
      return fault("card", "is missing; kind card_only needs one");
    }
    if (!takes_code(kind)) {
      if (draft_.code.wish == Wish::given) {
        return fault("code", cat("is given, but the kind is ", domain::name_of(kind),
                                 "; use kind code, code_and_link or software_code"));
      }
      reservation().code.reset();
      return;
    }
    if (draft_.code.wish == Wish::none) {
      return fault("code", cat("is null, but the kind is ", domain::name_of(kind),
                               "; leave it out, or use kind link"));
    }
    // Where it had one that cannot be read any more, it stays so until somebody gives another.
    const bool had = before_ != nullptr && takes_code(before_->kind);
    if (draft_.code.wish == Wish::unsaid && !had) draft_.code = {Wish::given, {}};
  }

  void check_doors() {
    const auto doors = devices();
    if (domain::has_code(reservation().kind)) {
      check_memory(doors, &KeyDesk::keeps_codes, "kind",
                   "has no memory for codes; use kind software_code",
                   "counts as a software code: it has no memory for codes", "the code");
    }
    if (reservation().card) {
      check_memory(doors, &KeyDesk::keeps_cards, "card",
                   "has no memory for cards; leave the card out",
                   "counts only where a reader of the gateway sees it: it has no memory for cards",
                   "the card");
    }
  }

  void check_memory(const std::vector<DeviceId>& doors,
                    bool (KeyDesk::*keeps)(const DeviceId&) const, std::string_view key,
                    std::string_view refusal, std::string_view remark, std::string_view what) {
    std::vector<DeviceId> without;
    for (const auto& door : doors) {
      if (!(desk_.*keeps)(door)) without.push_back(door);
    }
    if (without.empty()) return;
    if (without.size() == doors.size()) {
      return fault(key, cat(names_of(desk_.inventory(), doors), " ", refusal));
    }
    tell(cat("at ", names_of(desk_.inventory(), without), " ", what, " ", remark));
  }

  void read_mail() {
    if (const auto mail = fields_.texts("mail", most_mail)) reservation().mail = *mail;
    for (std::size_t i = 0; i < reservation().mail.size(); ++i) {
      const std::string& address = reservation().mail[i];
      const auto wrong =
          address.empty() ? std::string("is empty; leave it out") : mail_fault(address);
      if (!wrong.empty()) return fault(cat("mail[", i, "]"), wrong);
    }
    if (reservation().kind == KeyKind::person && reservation().mail.empty()) {
      fault("mail", "is missing; kind person needs the mail address of the account");
    }
  }

  void check_timing() {
    const bool once = std::holds_alternative<domain::Span>(reservation().timing);
    const std::string_view key = once ? "start" : "recurrence";
    if (auto wrong = domain::fault_of(reservation().timing); !wrong.empty()) {
      return fault(key, wrong);
    }
    const auto extent = extent_of(desk_, reservation());
    if (!extent) {
      return fault(key, once ? "falls into an hour that the clocks leave out; choose another time"
                             : "no day from first to last is valid; choose other days");
    }
    if (const auto* span = std::get_if<domain::Span>(&reservation().timing)) {
      tell_clock_change(span->start, zone(), draft_.told);
      tell_clock_change(span->end, zone(), draft_.told);
    }
    const bool over = extent->end <= desk_.now();
    if (over && desk_.needs().clock.trust() == ClockTrust::trusted) {
      tell("its time is over already: it opens nothing");
    }
  }

  const KeyDesk& desk_;
  const domain::Caller& caller_;
  const Reservation* before_;
  Faults faults_;
  JsonFields fields_;
  ReservationDraft draft_;
};

}  // namespace

Result<ReservationDraft> draft_reservation(const json::object& request, const KeyDesk& desk,
                                           const domain::Caller& caller,
                                           const Reservation* before) {
  return Drafter(request, desk, caller, before).make();
}

}  // namespace genkan::services
