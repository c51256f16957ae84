#include "firmware/services/keys/holiday_view.hpp"

namespace genkan::services {

json::object holidays_json(const KeyDesk& desk, std::optional<std::int64_t> year) {
  const auto today = std::chrono::floor<std::chrono::days>(
      desk.needs().zones.of(BuildingId()).to_local(desk.now()));
  const std::chrono::year_month_day present{today};
  const int wanted = year ? static_cast<int>(*year) : static_cast<int>(present.year());
  json::array list;
  for (const auto& holiday : desk.needs().holidays.in_year(wanted)) {
    list.push_back({{"day", domain::format_day(holiday.day)}, {"name", holiday.name}});
  }
  return {{"holidays", std::move(list)}, {"table_until", nullptr}};
}

}  // namespace genkan::services
