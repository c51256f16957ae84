#include "firmware/services/transfer/transfer_office.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/site_keys.hpp"
#include "firmware/services/site.hpp"
#include "firmware/services/transfer/transfer_change.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;

template <class Entries>
auto values_of(const Entries& entries) {
  std::vector<typename Entries::mapped_type> list;
  for (const auto& [id, entry] : entries) list.push_back(entry);
  return list;
}

// All that is in the book; the rest is added by who knows it.
ports::KeyMemory memory_of(const domain::KeyBook& book) {
  ports::KeyMemory keys;
  keys.key_groups = values_of(book.key_groups());
  keys.validity_groups = values_of(book.validity_groups());
  keys.holders = values_of(book.holders());
  keys.reservations = values_of(book.reservations());
  keys.temporary_keys = values_of(book.temporary_keys());
  keys.room_codes = book.room_codes();
  return keys;
}

std::string most_of(const std::string& receiver) { return receiver.substr(0, 21); }

std::size_t without_code(const std::vector<domain::Reservation>& reservations) {
  return static_cast<std::size_t>(std::ranges::count_if(
      reservations, [](const auto& one) { return domain::has_code(one.kind) && !one.code; }));
}

// What people should know about what it brings.
json::array warnings_of(const KeyDesk& desk, const Transfer& transfer,
                        const domain::Inventory& site) {
  json::array warnings;
  for (auto& sentence : still_opening(desk, site)) warnings.emplace_back(std::move(sentence));
  if (const auto count = without_code(transfer.keys.reservations); count > 0) {
    warnings.emplace_back(cat(count, count == 1 ? " reservation comes" : " reservations come",
                              " without a code, since the other gateway could not read it; give a "
                              "new one"));
  }
  if (!transfer.keys.temporary_keys.empty()) {
    warnings.emplace_back(
        "visitors' QR codes and links that another gateway gave out do not open here; send them "
        "anew");
  }
  return warnings;
}

}  // namespace

std::string TransferOffice::receiver() const {
  return receiver_text(public_key_of(needs_.keys.desk().needs().secrets.receive));
}

boost::asio::awaitable<Result<json::object>> TransferOffice::take_out(domain::Caller caller,
                                                                      std::string receiver) {
  KeyDesk& desk = needs_.keys.desk();
  if (auto may = desk.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk.may_see(caller, Secrets::shown); !may) co_return fail(may.error());
  const auto key = receiver_from(receiver);
  if (!key) co_return fail(key.error());
  const auto box = TransferBox::make_for(*key);
  if (!box) co_return fail(box.error());
  auto turn = co_await desk.turn().take();
  if (!turn) co_return fail(turn.error());
  Transfer transfer{desk.needs().policy.gateway_id, desk.now(), write_site(desk.inventory()),
                    memory_of(desk.book())};
  transfer.keys.slot_notes = needs_.keys.sync().notes();
  transfer.keys.coupled_since = desk.needs().facts.coupled_since;
  transfer.keys.holiday_table = needs_.keys.holidays().table();
  json::object document = to_json(transfer, *key, *box);
  ports::Change change;
  change.records.push_back(desk.record(caller, RecordKind::keys_exported,
                                       {{"for", most_of(receiver)},
                                        {"reservations", transfer.keys.reservations.size()},
                                        {"holders", transfer.keys.holders.size()}}));
  auto done = co_await desk.put(std::move(change));
  if (!done) co_return fail(done.error());
  co_return document;
}

Result<> TransferOffice::may_take_in(const domain::Caller& caller) const {
  if (!domain::allows(caller.role, domain::Right::install)) {
    return fail(ErrorCode::forbidden,
                cat("the role ", domain::name_of(caller.role), " may not change the site"));
  }
  return needs_.keys.desk().may_change(caller);
}

boost::asio::awaitable<Result<TransferAnswer>> TransferOffice::take_in(domain::Caller caller,
                                                                       std::string text,
                                                                       bool check_only) {
  if (auto may = may_take_in(caller); !may) co_return fail(may.error());
  auto parsed = parse_json(text, most_transfer_bytes);
  if (!parsed) co_return fail(parsed.error().in("the file"));
  text.clear();
  const auto* document = parsed->if_object();
  if (document == nullptr) co_return fail(ErrorCode::invalid, "the file is no JSON object");
  KeyDesk& desk = needs_.keys.desk();
  const auto& secrets = desk.needs().secrets;
  Problems problems;
  const auto transfer = read_transfer(*document, secrets.receive, secrets.hasher, problems);
  if (!transfer) co_return TransferAnswer{problems.list(), {}};
  auto site = parse_site(transfer->site, "site.toml", needs_.directory.models(), problems);
  if (site) check_transfer(*transfer, *site, needs_.directory.models(), problems);
  const auto holidays = needs_.keys.holidays().with_table(transfer->keys.holiday_table);
  if (!holidays) problems.add("holiday_table", 0, holidays.error().message());
  if (!problems.empty()) co_return TransferAnswer{problems.list(), {}};

  auto turn = co_await desk.turn().take();
  if (!turn) co_return fail(turn.error());
  TransferChange made = change_for(*transfer, {desk.book(), needs_.keys.sync().notes(),
                                               desk.needs().facts, needs_.keys.holidays().table()});
  json::object brings{{"gateway", transfer->gateway},
                      {"made", format_time(transfer->made)},
                      {"site", json::object{{"buses", site->buses.size()},
                                            {"rooms", site->rooms.size()},
                                            {"devices", site->devices.size()}}}};
  for (const auto& member : made.counts) brings.insert(member);
  json::object body = brings;
  brings["table_until"] = nullptr;
  if (const auto until = holidays->table_until()) brings["table_until"] = *until;
  brings["warnings"] = warnings_of(desk, *transfer, *site);
  if (check_only) co_return TransferAnswer{{}, std::move(brings)};
  ports::Change change;
  change.records.push_back(desk.record(caller, RecordKind::keys_imported, std::move(body)));
  change.keys = std::move(made.change);
  const auto replaced = co_await needs_.site.replace(std::move(*site), std::move(change));
  if (!replaced) co_return fail(replaced.error());
  desk.changed();
  co_return TransferAnswer{{}, std::move(brings)};
}

}  // namespace genkan::services
