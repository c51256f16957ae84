#include "firmware/services/site_office.hpp"

#include "firmware/base/text.hpp"
#include "firmware/services/site.hpp"

namespace genkan::services {

json::object to_json(const SiteAnswer& answer) {
  if (answer.problems.empty()) {
    return {{"buses", answer.buses}, {"rooms", answer.rooms}, {"devices", answer.devices}};
  }
  json::array problems;
  for (const auto& problem : answer.problems) {
    problems.push_back(
        json::object{{"file", problem.file}, {"line", problem.line}, {"message", problem.message}});
  }
  return {{"problems", std::move(problems)}};
}

boost::asio::awaitable<Result<SiteAnswer>> SiteOffice::import(domain::Caller caller,
                                                              std::string text, bool check_only) {
  if (!domain::allows(caller.role, domain::Right::install)) {
    co_return fail(ErrorCode::forbidden,
                   cat("the role ", domain::name_of(caller.role), " may not change the site"));
  }
  Problems problems;
  auto site = parse_site(text, "site.toml", needs_.directory.models(), problems);
  if (!site) co_return SiteAnswer{problems.list(), 0, 0, 0};
  const SiteAnswer answer{{}, site->buses.size(), site->rooms.size(), site->devices.size()};
  if (check_only || *site == needs_.directory.inventory()) co_return answer;
  if (importing_) {
    co_return fail(ErrorCode::conflict, "another site file is being taken over");
  }
  importing_ = true;
  ports::Change change;
  domain::RecordDraft record{.kind = domain::RecordKind::site_changed,
                             .time = needs_.clock.wall(),
                             .clock = needs_.clock.trust(),
                             .device = {},
                             .room = {},
                             .actor = caller.name,
                             .body = to_json(answer)};
  change.records.push_back(std::move(record));
  change.inventory = *site;
  auto committed = co_await needs_.store.commit(std::move(change));
  importing_ = false;
  if (!committed) co_return fail(committed.error().in("the site could not be stored"));
  take_over(std::move(*site));
  co_return answer;
}

void SiteOffice::open(domain::Inventory inventory) { needs_.directory.take(std::move(inventory)); }

void SiteOffice::judge_models(ports::Change& change) {
  for (const auto* device : needs_.directory.without_model()) {
    needs_.troubles.rule({domain::TroubleKind::device_fault, device->id, {}}, domain::Standing::yes,
                         cat("there is no profile for model '", printable(device->model), "'"),
                         change);
  }
}

void SiteOffice::take_over(domain::Inventory site) {
  const domain::Inventory before = needs_.directory.inventory();
  needs_.directory.take(std::move(site));
  needs_.fleet.configure(needs_.directory.usable());
  ports::Change change;
  needs_.watch.site_changed(before, change);
  needs_.holds.reapply(device_set(), change);
  needs_.watch.submit(std::move(change));
  for (const auto& device : needs_.directory.devices()) needs_.live.device_changed(device);
}

std::set<DeviceId> SiteOffice::device_set() const {
  const auto devices = needs_.directory.devices();
  return {devices.begin(), devices.end()};
}

}  // namespace genkan::services
