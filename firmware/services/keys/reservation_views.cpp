#include "firmware/services/keys/reservation_views.hpp"

#include <algorithm>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/card_text.hpp"
#include "firmware/services/keys/key_json.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/text_search.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::Interval;
using domain::Reservation;

// "2026-11-20" (its midnight) or "2026-11-20 15:00".
Result<std::optional<domain::LocalTime>> limit(std::string_view key,
                                               const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (const auto day = domain::parse_day(*text)) return domain::LocalTime(*day);
  if (const auto time = domain::parse_local(*text)) return *time;
  return fail(ErrorCode::invalid, cat("'", key, "' is '", printable(*text),
                                      "'; give a date like 2026-11-20, or a date "
                                      "and time like 2026-11-20 15:00"));
}

// One row of a list before it is written.
struct Row {
  const Reservation* reservation;
  Interval extent;
};

class Filter {
 public:
  Filter(const KeyDesk& desk, const ReservationQuery& query) : desk_(desk), query_(query) {}

  Result<> read_limits() {
    auto from = limit("from", query_.from);
    if (!from) return fail(from.error());
    auto until = limit("until", query_.until);
    if (!until) return fail(until.error());
    from_ = *from;
    until_ = *until;
    return {};
  }

  bool takes(const Reservation& reservation, const Interval& extent) const {
    const auto doors = desk_.book().devices_of(reservation);
    return at_place(reservation, doors) && in_time(reservation, extent) &&
           has_text(reservation, doors);
  }

 private:
  bool at_place(const Reservation& reservation, const std::vector<DeviceId>& doors) const {
    const auto any = [&doors](auto&& is) { return std::ranges::any_of(doors, is); };
    const auto& site = desk_.inventory();
    if (query_.key_group) {
      const auto* group = std::get_if<domain::KeyGroupId>(&reservation.target);
      if (group == nullptr || *group != *query_.key_group) return false;
    }
    if (query_.device && !any([this](const auto& door) { return door == *query_.device; })) {
      return false;
    }
    if (query_.room && !any([&](const auto& door) { return in_room(site, door, *query_.room); })) {
      return false;
    }
    return !query_.building ||
           any([&](const auto& door) { return in_building(site, door, *query_.building); });
  }

  bool in_time(const Reservation& reservation, const Interval& extent) const {
    const auto& zone = zone_of(desk_, reservation);
    if (from_ && extent.end <= zone.to_wall(*from_)) return false;
    if (until_ && extent.start >= zone.to_wall(*until_)) return false;
    if (query_.past || from_) return true;
    const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(desk_.now()));
    return extent.end > zone.to_wall(domain::LocalTime(today));
  }

  bool has_text(const Reservation& reservation, const std::vector<DeviceId>& doors) const {
    const std::string& text = query_.text;
    const auto matches = [&text](const std::string& mail) { return contains(mail, text); };
    return contains(reservation.name, text) || reservation.id.str() == text ||
           std::ranges::any_of(reservation.mail, matches) ||
           std::ranges::any_of(doors, [this, &text](const auto& door) {
             return contains(name_of(desk_.inventory(), door), text);
           });
  }

  const KeyDesk& desk_;
  const ReservationQuery& query_;
  std::optional<domain::LocalTime> from_;
  std::optional<domain::LocalTime> until_;
};

void sort(std::vector<Row>& rows, ReservationQuery::Sort by) {
  using Sort = ReservationQuery::Sort;
  std::ranges::sort(rows, [by](const Row& a, const Row& b) {
    const Reservation& one = *a.reservation;
    const Reservation& other = *b.reservation;
    if (by == Sort::name && one.name != other.name) return one.name < other.name;
    if (by == Sort::made && one.made != other.made) return one.made < other.made;
    return std::tie(a.extent, one.made, one.id) < std::tie(b.extent, other.made, other.id);
  });
}

Result<> check(const ReservationQuery& query) {
  if (query.page < 1 || query.page > 1'000'000) {
    return fail(ErrorCode::invalid, "'page' goes from 1 to 1000000");
  }
  if (query.page_size < 1 || query.page_size > ReservationViews::most_page) {
    return fail(ErrorCode::invalid, cat("'page_size' is ", query.page_size, "; it goes from 1 to ",
                                        ReservationViews::most_page));
  }
  return {};
}

}  // namespace

json::object ReservationViews::to_json(const Reservation& reservation, Secrets secrets) const {
  json::object object;
  object["id"] = reservation.id.str();
  object["name"] = reservation.name;
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
    object["device"] = device->str();
  } else {
    object["key_group"] = std::get<domain::KeyGroupId>(reservation.target).str();
  }
  object["timing"] = timing_json(reservation.timing);
  const auto extent = extent_of(desk_, reservation);
  if (extent) add_times(object, *extent, zone_of(desk_, reservation));
  object["kind"] = domain::name_of(reservation.kind);
  object["card"] = card_json(reservation.card, secrets);
  if (secrets == Secrets::shown) object["code"] = code_json(reservation.code);
  object["mail"] = json::array(reservation.mail.begin(), reservation.mail.end());
  object["origin"] = domain::name_of(reservation.origin);
  object["made"] = format_time(reservation.made);
  object["revision"] = reservation.revision;
  ExpectedKeys expected{domain::KeyOwner::reservation,
                        reservation.id.str(),
                        domain::has_code(reservation.kind),
                        reservation.card.has_value(),
                        {}};
  if (extent && extent->end > desk_.now()) expected.opens = *extent;
  object["keys"] = keys_json(desk_, expected, desk_.book().devices_of(reservation));
  return object;
}

Result<json::object> ReservationViews::one(const domain::Caller& caller,
                                           const domain::ReservationId& id, Secrets secrets) const {
  if (auto may = desk_.may_see(caller, secrets); !may) return fail(may.error());
  const auto* reservation = desk_.book().find(id);
  if (reservation == nullptr) {
    return fail(ErrorCode::unknown, cat("there is no reservation '", printable(id.str(), 48), "'"));
  }
  return to_json(*reservation, secrets);
}

Result<json::object> ReservationViews::list(const domain::Caller& caller,
                                            const ReservationQuery& query) const {
  if (auto may = desk_.may_see(caller, query.secrets); !may) return fail(may.error());
  if (auto checked = check(query); !checked) return fail(checked.error());
  Filter filter(desk_, query);
  if (auto read = filter.read_limits(); !read) return fail(read.error());
  std::vector<Row> rows;
  for (const auto& [id, reservation] : desk_.book().reservations()) {
    const Interval extent = extent_of(desk_, reservation).value_or(Interval{});
    if (filter.takes(reservation, extent)) rows.push_back({&reservation, extent});
  }
  sort(rows, query.sort);
  json::array list;
  const std::size_t first = (query.page - 1) * query.page_size;
  for (std::size_t i = first; i < std::min(rows.size(), first + query.page_size); ++i) {
    list.emplace_back(to_json(*rows[i].reservation, query.secrets));
  }
  return json::object{
      {"reservations", std::move(list)}, {"total", rows.size()}, {"page", query.page}};
}

}  // namespace genkan::services
