#include "tests/model/sim_lock.hpp"

namespace genkan::model {

namespace {

using domain::OperatedBy;

constexpr std::size_t most_notes = 24;

}  // namespace

domain::LockModel domain_model_of(Model model) {
  const ModelRules& rules = rules_of(model);
  domain::LockModel lock;
  int number = 0;
  for (const Area& area : rules.areas) {
    lock.areas.push_back({"area-" + std::to_string(number++),
                          static_cast<std::uint16_t>(area.places), area.codes, area.cards,
                          area.master});
  }
  lock.schedule_in_lock = rules.keeps_schedules;
  lock.has_clock = rules.keeps_schedules;
  lock.lead_most = std::chrono::minutes(rules.lead_most);
  lock.lead_least = std::chrono::minutes(rules.lead_least);
  return lock;
}

SimLock::SimLock(std::string id, Model model, std::uint32_t its_serial)
    : serial(its_serial),
      id_(std::move(id)),
      model_(model),
      domain_model_(domain_model_of(model)) {}

bool SimLock::is_counted(std::uint8_t area) const {
  if (area >= domain_model_.areas.size()) return false;
  int masters = 0;
  for (std::size_t i = 0; i <= area; ++i) masters += domain_model_.areas[i].needs_enabling ? 1 : 0;
  return !domain_model_.areas[area].needs_enabling || masters <= enabled;
}

bool SimLock::has_slot(domain::SlotAddress address) const {
  return address.area < domain_model_.areas.size() && address.number >= 1 &&
         address.number <= domain_model_.areas[address.area].places;
}

std::optional<domain::SlotAddress> SimLock::holds(const Secret& secret) const {
  for (const auto& [address, slot] : slots) {
    if (slot.secret == secret && is_counted(address.area)) return address;
  }
  return std::nullopt;
}

bool SimLock::opens(const Secret& secret, SteadyTime steady) const {
  for (const auto& [address, slot] : slots) {
    if (slot.secret == secret && slot_opens(address, steady)) return true;
  }
  return false;
}

bool SimLock::slot_opens(domain::SlotAddress address, SteadyTime steady) const {
  const auto at = slots.find(address);
  if (at == slots.end() || !is_counted(address.area)) return false;
  if (!at->second.schedule) return true;
  const domain::LockSchedule& schedule = *at->second.schedule;
  const auto now = std::chrono::floor<std::chrono::minutes>(clock(steady));
  if (now < schedule.first || now >= schedule.last) return false;
  if (!schedule.window) return true;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
  if ((schedule.weekdays >> weekday & 1U) == 0) return false;
  const auto minute = now - day;
  return schedule.window->first <= minute && minute < schedule.window->second;
}

std::chrono::local_seconds SimLock::clock(SteadyTime steady) const {
  const auto passed = steady - clock_set_at_;
  const auto drifted = passed + passed * drift_ / 1'000'000;
  return clock_set_to_ + std::chrono::floor<std::chrono::seconds>(drifted);
}

void SimLock::set_clock(std::chrono::local_seconds now, SteadyTime steady) {
  clock_set_to_ = now;
  clock_set_at_ = steady;
}

void SimLock::note(std::string what) {
  notes_.push_back(std::move(what));
  if (notes_.size() > most_notes) notes_.pop_front();
}

}  // namespace genkan::model
