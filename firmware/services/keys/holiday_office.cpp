#include "firmware/services/keys/holiday_office.hpp"

#include "firmware/base/text.hpp"

namespace genkan::services {

json::object HolidayOffice::answer() const {
  json::object object{{"table_until", nullptr}};
  const auto until = in_use_.table_until();
  if (until) object["table_until"] = *until;
  return object;
}

json::object HolidayOffice::year(std::optional<std::int64_t> year) const {
  const auto today = std::chrono::floor<std::chrono::days>(
      desk_.needs().zones.of(BuildingId()).to_local(desk_.now()));
  const std::chrono::year_month_day present{today};
  const int wanted = year ? static_cast<int>(*year) : static_cast<int>(present.year());
  json::array list;
  for (const auto& holiday : in_use_.in_year(wanted)) {
    list.push_back({{"day", domain::format_day(holiday.day)}, {"name", holiday.name}});
  }
  json::object object = answer();
  object["holidays"] = std::move(list);
  return object;
}

Result<> HolidayOffice::take(std::string table) {
  auto holidays = with_table(table);
  in_use_ = holidays ? std::move(*holidays) : without_table_;
  table_ = std::move(table);
  if (!holidays) return fail(holidays.error());
  return {};
}

Result<domain::Holidays> HolidayOffice::with_table(std::string_view table) const {
  domain::Holidays holidays = without_table_;
  if (table.empty()) return holidays;
  if (auto taken = holidays.take_table(table); !taken) return fail(taken.error());
  return holidays;
}

boost::asio::awaitable<Result<json::object>> HolidayOffice::import(domain::Caller caller,
                                                                   std::string bytes,
                                                                   Charset charset) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  auto table = to_utf8(bytes, charset);
  if (!table) co_return fail(table.error());
  const auto holidays = with_table(*table);
  if (!holidays) co_return fail(holidays.error());
  if (table->empty()) {
    co_return fail(ErrorCode::invalid,
                   "the table of holidays is empty; give the government's file, or delete the "
                   "table to go by the law");
  }
  auto saved = co_await save(std::move(caller), std::move(*table), holidays->table_until());
  co_return saved;
}

boost::asio::awaitable<Result<json::object>> HolidayOffice::reset(domain::Caller caller) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  auto saved = co_await save(std::move(caller), "", std::nullopt);
  co_return saved;
}

boost::asio::awaitable<Result<json::object>> HolidayOffice::save(domain::Caller caller,
                                                                 std::string table,
                                                                 std::optional<int> until) {
  if (table == table_) co_return answer();
  json::object body{{"what", until ? "imported" : "reset"}};
  if (until) body["table_until"] = *until;
  ports::Change change;
  change.records.push_back(
      desk_.record(caller, domain::RecordKind::holidays_changed, std::move(body)));
  change.keys.holiday_table = std::move(table);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return answer();
}

}  // namespace genkan::services
