#include "firmware/services/site_office.hpp"

#include <algorithm>
#include <iterator>

#include "firmware/base/text.hpp"
#include "firmware/services/cloud/cloud_book.hpp"
#include "firmware/services/keys/keys.hpp"
#include "firmware/services/keys/site_keys.hpp"
#include "firmware/services/site.hpp"

namespace genkan::services {

namespace {

constexpr std::size_t most_warnings = 100;

// What people should know before and after: SITE-6, then SITE-7.
std::vector<std::string> warnings_of(const KeyDesk& desk, const KeysGone& gone,
                                     const domain::Inventory& site) {
  std::vector<std::string> warnings = gone.sentences;
  std::ranges::move(still_opening(desk, site), std::back_inserter(warnings));
  if (warnings.size() > most_warnings) {
    const std::size_t more = warnings.size() - most_warnings + 1;
    warnings.resize(most_warnings - 1);
    warnings.push_back(cat("and ", more, " more of this sort"));
  }
  return warnings;
}

// Ids of what stands in `before` and no more in `after`.
template <class List>
std::vector<std::string> gone_of(const List& before, const List& after) {
  std::vector<std::string> gone;
  for (const auto& one : before) {
    const bool stays =
        std::ranges::any_of(after, [&one](const auto& it) { return it.id == one.id; });
    if (!stays) gone.push_back(one.id.str());
  }
  return gone;
}

json::array ids_json(const std::vector<std::string>& ids) {
  return json::array(ids.begin(), ids.end());
}

}  // namespace

json::object to_json(const SiteAnswer& answer) {
  json::object object{
      {"buses", answer.buses}, {"rooms", answer.rooms}, {"devices", answer.devices}};
  if (!answer.warnings.empty()) {
    object["warnings"] = json::array(answer.warnings.begin(), answer.warnings.end());
  }
  if (!answer.removed.empty()) {
    object["removed"] = {{"buses", ids_json(answer.removed.buses)},
                         {"rooms", ids_json(answer.removed.rooms)},
                         {"devices", ids_json(answer.removed.devices)}};
  }
  return object;
}

boost::asio::awaitable<Result<SiteAnswer>> SiteOffice::import(domain::Caller caller,
                                                              std::string text, bool check_only) {
  if (auto may = check_right(caller, domain::Right::install, "change the site"); !may) {
    co_return fail(may.error());
  }
  Problems problems;
  auto site = parse_site(text, "site.toml", needs_.directory.models(), problems);
  if (!site) co_return SiteAnswer{problems.list(), 0, 0, 0};
  SiteAnswer answer{{}, site->buses.size(), site->rooms.size(), site->devices.size()};
  if (*site == needs_.directory.inventory()) co_return answer;
  KeyDesk& desk = needs_.keys.desk();
  const auto& present = needs_.directory.inventory();
  SiteAnswer::Removed removed{gone_of(present.buses, site->buses),
                              gone_of(present.rooms, site->rooms),
                              gone_of(present.devices, site->devices)};
  if (check_only) {
    answer.removed = std::move(removed);
    answer.warnings = warnings_of(desk, keys_gone_with(desk, caller, *site), *site);
    co_return answer;
  }
  if (importing_) {
    co_return fail(ErrorCode::conflict, "another site file is being taken over");
  }
  const auto turn = co_await desk.turn().take();
  if (!turn) co_return fail(turn.error());
  KeysGone gone = keys_gone_with(desk, caller, *site);
  ports::Change change;
  domain::RecordDraft record{.kind = domain::RecordKind::site_changed,
                             .time = needs_.clock.wall(),
                             .clock = needs_.clock.trust(),
                             .device = {},
                             .room = {},
                             .actor = {},
                             .body = to_json(answer)};
  domain::put_actor(record, caller.name, caller.signed_by);
  answer.removed = std::move(removed);
  answer.warnings = warnings_of(desk, gone, *site);
  change.records.push_back(std::move(record));
  std::ranges::move(gone.records, std::back_inserter(change.records));
  change.keys = std::move(gone.change);
  const auto replaced = co_await replace(std::move(*site), std::move(change));
  if (!replaced) co_return fail(replaced.error());
  co_return answer;
}

boost::asio::awaitable<Result<>> SiteOffice::replace(domain::Inventory site, ports::Change change) {
  importing_ = true;
  change.inventory = site;
  auto stored = co_await needs_.keys.desk().put(std::move(change));
  importing_ = false;
  if (stored) take_over(std::move(site));
  co_return stored;
}

void SiteOffice::open(domain::Inventory inventory) { needs_.directory.take(std::move(inventory)); }

void SiteOffice::judge_models(ports::Change& change) {
  for (const auto* device : needs_.directory.without_model()) {
    needs_.troubles.rule({domain::TroubleKind::device_fault, device->id, {}}, domain::Standing::yes,
                         cat("there is no profile for model '", printable(device->model), "'"),
                         change);
  }
}

void SiteOffice::models_changed() {
  std::vector<DeviceId> lacked;
  for (const auto* device : needs_.directory.without_model()) lacked.push_back(device->id);
  take_over(needs_.directory.inventory());
  ports::Change change;
  judge_models(change);
  for (const auto& id : lacked) {
    if (needs_.directory.find(id) == nullptr) continue;
    needs_.troubles.rule({domain::TroubleKind::device_fault, id, {}}, domain::Standing::no, "",
                         change);
  }
  needs_.watch.submit(std::move(change));
}

void SiteOffice::take_over(domain::Inventory site) {
  const domain::Inventory before = needs_.directory.inventory();
  needs_.directory.take(std::move(site));
  needs_.fleet.configure(needs_.directory.usable());
  ports::Change change;
  needs_.watch.site_changed(before, change);
  needs_.keys.site_changed(change);
  needs_.holds.reapply(device_set(), change);
  needs_.watch.submit(std::move(change));
  for (const auto& device : needs_.directory.devices()) needs_.live.device_changed(device);
}

std::set<DeviceId> SiteOffice::device_set() const {
  const auto devices = needs_.directory.devices();
  return {devices.begin(), devices.end()};
}

}  // namespace genkan::services
