#include "firmware/services/keys/holder_import.hpp"

#include <algorithm>

#include "firmware/base/csv.hpp"
#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;

json::object row_json(const ImportRow& row) {
  json::array faults;
  for (const auto& fault : row.faults) {
    faults.push_back(json::object{{"column", fault.column}, {"message", fault.message}});
  }
  return {{"row", row.number},
          {"action", name_of(row.action)},
          {"name", row.holder.name},
          {"outside_id", row.outside_id},
          {"faults", std::move(faults)}};
}

json::object answer(json::array rows, const ImportPlan& plan) {
  return {{"rows", std::move(rows)},
          {"columns", json::array(plan.columns.begin(), plan.columns.end())}};
}

// The disk, or the gateway's end: the next batch would fare no better.
bool is_general(ErrorCode code) {
  return code == ErrorCode::io || code == ErrorCode::timeout || code == ErrorCode::busy ||
         code == ErrorCode::cancelled;
}

}  // namespace

Result<json::object> HolderImport::preview(const domain::Caller& caller, std::string_view bytes,
                                           Charset charset) const {
  if (auto may = desk_.may_change(caller); !may) return fail(may.error());
  const auto plan = plan_import(bytes, charset, desk_);
  if (!plan) return fail(plan.error());
  json::array rows;
  for (const auto& row : plan->rows) rows.emplace_back(row_json(row));
  return answer(std::move(rows), *plan);
}

bool HolderImport::prepare(Work& work, Shared& shared) const {
  ImportRow& row = *work.row;
  const auto refuse = [&work](std::string message) {
    work.outcome = {false, std::move(message)};
    return false;
  };
  if (!row.faults.empty()) {
    return refuse(cat(row.faults.front().column, ": ", row.faults.front().message));
  }
  if (row.action == RowAction::none) {
    work.outcome = {true, "nothing to do"};
    return false;
  }
  if (row.action == RowAction::remove) return true;
  if (row.action == RowAction::add && shared.room == 0) {
    return refuse(cat("there are ", HolderOffice::most_holders, " holders already"));
  }
  if (auto drawn = draw(row, shared); !drawn) return refuse(drawn.error().message());
  if (row.action == RowAction::add) {
    --shared.room;
    row.holder.id = new_holder_id(desk_, shared.ids);
    shared.ids.insert(row.holder.id);
    row.holder.made = desk_.now();
  } else {
    row.holder.revision = row.before->revision + 1;
  }
  return true;
}

Result<> HolderImport::draw(ImportRow& row, Shared& shared) const {
  if (row.draw.empty()) return {};
  auto& codes = shared.codes;
  const auto& id = row.holder.group;
  auto found = codes.find(id);
  if (found == codes.end()) {
    const auto* group = desk_.book().find(id);
    const auto doors = group == nullptr ? std::vector<DeviceId>() : group->devices;
    found = codes.emplace(id, CodesInUse(desk_, doors, std::nullopt)).first;
  }
  const CodesInUse& in_use = found->second;
  const auto taken = [&in_use](const domain::Code& code) { return in_use.has(code); };
  auto code = domain::code_from_pattern(row.draw, desk_.needs().random, taken);
  if (!code) return fail(code.error().in("code"));
  row.holder.code = std::move(*code);
  return {};
}

ports::Change HolderImport::change_of(const domain::Caller& caller,
                                      std::span<Work* const> works) const {
  ports::Change change;
  for (const Work* work : works) {
    const ImportRow& row = *work->row;
    const auto kind = row.action == RowAction::add      ? RecordKind::holder_made
                      : row.action == RowAction::change ? RecordKind::holder_changed
                                                        : RecordKind::holder_removed;
    auto record = holder_record(desk_, caller, kind, row.holder);
    record.body["import"] = row.outside_id;
    if (row.action == RowAction::remove) {
      change.keys.holders_removed.push_back(row.holder.id);
    } else {
      if (row.before) {
        record.body["changed"] = changes_between(desk_.book(), *row.before, row.holder).take();
      }
      change.keys.holders.push_back(row.holder);
    }
    change.records.push_back(std::move(record));
  }
  return change;
}

boost::asio::awaitable<bool> HolderImport::commit(domain::Caller caller, std::vector<Work*> works) {
  auto change = change_of(caller, works);
  auto done = co_await desk_.put(std::move(change));
  if (done) {
    for (Work* work : works) work->outcome = {true, ""};
    co_return true;
  }
  const bool general = is_general(done.error().code());
  if (!general && works.size() > 1) {  // one row spoils it: each for itself
    for (Work* work : works) {
      std::vector<Work*> alone{work};
      const bool go_on = co_await commit(caller, std::move(alone));
      if (!go_on) co_return false;
    }
    co_return true;
  }
  for (Work* work : works) work->outcome = {false, done.error().message()};
  co_return !general;
}

boost::asio::awaitable<Result<json::object>> HolderImport::run(domain::Caller caller,
                                                               std::string bytes, Charset charset,
                                                               RowChoice rows) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  auto plan = plan_import(bytes, charset, desk_);
  if (!plan) co_return fail(plan.error());
  std::vector<Work> works;
  for (auto& row : plan->rows) {
    if (rows.has(row.number)) works.push_back({&row, {false, "not tried: the storage fails"}});
  }
  if (works.empty()) {
    co_return fail(ErrorCode::invalid, "'rows' names no row of the file; the first is row 2");
  }
  Shared shared;
  shared.room = HolderOffice::most_holders -
                std::min(HolderOffice::most_holders, desk_.book().holders().size());
  bool works_still = true;
  for (std::size_t i = 0; i < works.size() && works_still; i += batch) {
    std::vector<Work*> together;
    for (std::size_t k = i; k < std::min(works.size(), i + batch); ++k) {
      if (!prepare(works[k], shared)) continue;
      if (works[k].row->holder.code) {
        for (auto& [group, in_use] : shared.codes) {
          in_use.add(*works[k].row->holder.code, works[k].row->holder.name);
        }
      }
      together.push_back(&works[k]);
    }
    if (!together.empty()) works_still = co_await commit(caller, std::move(together));
  }
  desk_.changed();
  json::array list;
  for (const auto& work : works) {
    json::object row = row_json(*work.row);
    row["done"] = work.outcome.done;
    row["message"] = work.outcome.message;
    list.emplace_back(std::move(row));
  }
  co_return answer(std::move(list), *plan);
}

std::string HolderImport::sample() {
  const auto columns = import_columns();
  std::string text = "\xEF\xBB\xBF";
  const std::vector<CsvRow> rows{
      CsvRow(columns.begin(), columns.end()),
      {"1001", "山田 太郎", "Staff", "", "**12**", "", "", "yes", "yamada@example.jp"},
      {"1002", "佐藤 花子", "Staff", "Weekdays", "", "0123456789ABCDEF", "blue card", "yes", ""},
      {"1003", "", "", "", "", "", "", "", ""}};
  for (const auto& row : rows) text += csv_line(row) + "\r\n";
  return text;
}

}  // namespace genkan::services
