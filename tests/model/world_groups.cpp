// What people do at their desks: holders, groups, the site.
#include <algorithm>

#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

void World::put_holder(const Booking& holder) {
  ports::Change change;
  domain::Holder kept;
  kept.id = domain::HolderId(holder.id);
  kept.name = holder.id;
  kept.group = domain::KeyGroupId(holder.group);
  if (!std::holds_alternative<Ever>(holder.when)) {
    kept.validity = domain::ValidityGroupId(cat("v-", holder.id));
    change.keys.validity_groups.push_back({*kept.validity, holder.id, timing_of(holder.when)});
  }
  if (holder.code) kept.code = domain::Code::parse(*holder.code).value();
  if (holder.card)
    kept.card = domain::Card{domain::CardNumber::parse(*holder.card).value(), "card"};
  kept.enabled = holder.enabled;
  kept.made = wall_time(holder.made);
  kept.revision = ++revisions_[holder.id];
  change.keys.holders.push_back(std::move(kept));
  tell(cat("holder ", holder.id, " of ", holder.group, holder.enabled ? "" : " disabled", " code ",
           holder.code.value_or("none")));
  oracle_.put(holder);
  product_->change(std::move(change));
}

void World::make_holder() {
  Booking holder;
  holder.id = cat("h-", next_id_++);
  holder.holder = true;
  holder.group = cat("g", dice_.number(0, 4));
  // Of their own: what comes first of a holder and a reservation is no rule.
  if (dice_.chance(80)) holder.code = cat(70'000'000 + next_id_);
  if (!holder.code || dice_.chance(50)) holder.card = cat("07", 1'000'000 + next_id_, "0000001");
  if (dice_.chance(10)) {
    EachWeek week;
    week.from = dice_.number(0, 20) * 30;
    week.to = dice_.number(week.from / 30 + 1, 48) * 30;
    for (auto& on : week.weekdays) on = dice_.chance(15);
    week.weekdays[dice_.index(week.weekdays)] = true;
    holder.when = week;
  } else if (dice_.chance(50)) {
    const WallMinute today = gateway_time() / minute_ms / day_minutes * day_minutes;
    holder.when = Once{today + dice_.number(-2, 10) * 360, today + dice_.number(12, 200) * 360};
  }
  holder.made = last_made_ = std::max(gateway_time(), last_made_ + 1);
  put_holder(holder);
}

void World::change_holder() {
  const auto all = ids(true);
  if (all.empty()) return;
  Booking holder = oracle_.bookings().at(dice_.one_of(all));
  switch (dice_.number(0, 3)) {
    case 0: holder.enabled = !holder.enabled; break;
    case 1:
      if (holder.code) holder.code = cat(71'000'000 + next_id_++);
      break;
    case 2: holder.group = cat("g", dice_.number(0, 4)); break;
    default: {
      tell(cat("delete ", holder.id));
      ports::Change change;
      change.keys.holders_removed.emplace_back(holder.id);
      oracle_.remove(holder.id);
      return product_->change(std::move(change));
    }
  }
  put_holder(holder);
}

void World::change_group() {
  const std::string id = cat("g", dice_.number(0, 4));
  std::vector<std::string> members;
  for (const auto& [door, rules] : oracle_.doors()) {
    const bool was = std::ranges::count(oracle_.group(id), door) > 0;
    if (was ? dice_.chance(85) : dice_.chance(3)) members.push_back(door);
  }
  domain::KeyGroup group{domain::KeyGroupId(id), id, {}};
  for (const auto& door : members) group.devices.emplace_back(door);
  tell(cat("group ", id, " has ", members.size(), " doors"));
  ports::Change change;
  change.keys.key_groups.push_back(std::move(group));
  oracle_.put_group(id, std::move(members));
  product_->change(std::move(change));
}

// A lock's lead, or a common door's coupling (RES-40).
void World::change_site() {
  ports::Change change;
  auto& device = dice_.one_of(site_.devices);
  Door door = oracle_.doors().at(device.id.str());
  if (door.common && !door.copies_since) {
    device.coupling = domain::Coupling::entrance;
    door.copies_since = gateway_time();
    change.keys.coupled_since.emplace_back(device.id, wall_time(*door.copies_since));
    tell(cat(door.id, " is coupled as an entrance"));
  } else {
    door.lead = static_cast<int>(dice_.number(0, 6)) * 5;
    if (dice_.chance(30)) door.lead.reset();
    device.key_lead.reset();
    if (door.lead) device.key_lead = std::chrono::minutes(*door.lead);
    tell(cat(door.id, " has another lead"));
  }
  oracle_.put(std::move(door));
  put_site(std::move(change));
}

}  // namespace genkan::model
