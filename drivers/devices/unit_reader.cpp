#include "drivers/devices/unit_reader.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace genkan::devices {

namespace {

bool same(const bus::PollSpec& a, const bus::PollSpec& b) {
  return a.unit == b.unit && a.table == b.table && a.address == b.address && a.count == b.count &&
         a.lane == b.lane && a.interval == b.interval;
}

bus::PollSpec poll_of(std::uint8_t unit, const profile::ReadRange& range) {
  return {.unit = unit,
          .table = range.table,
          .address = range.address,
          .count = range.count,
          .lane = range.lane == profile::PollLane::alarm ? bus::Lane::alarm : bus::Lane::state,
          .interval = range.interval};
}

// What suits every model in the unit: models of one hardware should not differ, but may.
bus::UnitTraits traits_of(const std::vector<UnitReader::Member>& members) {
  bus::UnitTraits traits{.response_timeout = {}, .lateness = {}, .turnaround = {}};
  for (const auto& member : members) {
    const profile::Timing& timing = member.profile->timing;
    traits.response_timeout = std::max(traits.response_timeout, timing.response_timeout);
    traits.lateness = std::max(traits.lateness, timing.lateness);
    traits.turnaround = std::max(traits.turnaround, timing.turnaround);
  }
  return traits;
}

// The polls of every model in the unit, each once. plan_reads joins what one model needs.
std::vector<bus::PollSpec> polls_of(std::uint8_t unit,
                                    const std::vector<UnitReader::Member>& members) {
  std::vector<bus::PollSpec> polls;
  std::vector<const profile::Profile*> planned;
  for (const auto& member : members) {
    if (std::ranges::find(planned, member.profile) != planned.end()) continue;
    planned.push_back(member.profile);
    std::set<std::uint16_t> channels;
    for (const auto& other : members) {
      if (other.profile == member.profile) channels.insert(other.channel);
    }
    for (const auto& range :
         profile::plan_reads(*member.profile, {channels.begin(), channels.end()})) {
      const bus::PollSpec poll = poll_of(unit, range);
      const bool there = std::ranges::any_of(
          polls, [&poll](const bus::PollSpec& known) { return same(known, poll); });
      if (!there) polls.push_back(poll);
    }
  }
  return polls;
}

// Says something of the device. The others are about our own queue.
bool tells(bus::Ending ending) {
  return ending != bus::Ending::expired && ending != bus::Ending::cancelled &&
         ending != bus::Ending::busy;
}

}  // namespace

bool Range::covers(bus::Table table, std::uint16_t address, std::uint16_t width) const {
  return spec.table == table && address >= spec.address &&
         address + width <= spec.address + spec.count;
}

UnitReader::UnitReader(std::uint8_t unit, std::shared_ptr<Link> link, const Clock& clock)
    : unit_(unit), link_(std::move(link)), clock_(clock) {}

void UnitReader::plan(const std::vector<Member>& members) {
  if (members == members_) return;
  const bool other_hardware =
      !members_.empty() && !members.empty() &&
      members.front().profile->info.hardware != members_.front().profile->info.hardware;
  members_ = members;
  link_->set_traits(unit_, traits_of(members_));
  if (other_hardware) image_.clear();

  std::vector<std::shared_ptr<Range>> planned;
  for (const bus::PollSpec& poll : polls_of(unit_, members_)) {
    const auto found = std::ranges::find_if(ranges_, [&](const std::shared_ptr<Range>& range) {
      return !other_hardware && range && same(range->spec, poll);
    });
    if (found != ranges_.end()) {
      planned.push_back(std::move(*found));
    } else {
      planned.push_back(std::make_shared<Range>());
      planned.back()->spec = poll;
      planned.back()->poll = link_->add_poll(poll);
    }
  }
  for (const auto& range : ranges_) {
    if (range) link_->remove_poll(range->poll);
  }
  ranges_ = std::move(planned);
}

void UnitReader::close() {
  for (const auto& range : ranges_) link_->remove_poll(range->poll);
  ranges_.clear();
  members_.clear();
  link_->forget_unit(unit_);
}

std::vector<std::shared_ptr<Range>> UnitReader::ranges(const Member& member,
                                                       const profile::Register& reg,
                                                       std::uint8_t part) const {
  std::vector<std::shared_ptr<Range>> found;
  if (!reg.polled) return found;
  const std::uint16_t place = reg.place(member.channel, part);
  // Two models of one hardware can both read a place; the quicker read is the one to ask.
  for (const auto& range : ranges_) {
    if (!range->covers(reg.table, place, reg.width())) continue;
    if (found.empty()) {
      found.push_back(range);
    } else if (range->spec.interval < found.front()->spec.interval) {
      found.front() = range;
    }
  }
  return found;
}

std::vector<std::shared_ptr<Range>> UnitReader::ranges(const Member& member) const {
  std::vector<std::shared_ptr<Range>> found;
  for (const profile::Register& reg : member.profile->registers) {
    const std::uint8_t first = reg.parts == 0 ? 0 : 1;
    for (std::uint8_t part = first; part <= reg.parts; ++part) {
      for (auto& range : ranges(member, reg, part)) {
        if (std::ranges::find(found, range) == found.end()) found.push_back(std::move(range));
      }
    }
  }
  return found;
}

std::vector<std::shared_ptr<Range>> UnitReader::ranges(const Member& member,
                                                       domain::FieldKey field) const {
  std::set<profile::RegisterIndex> registers;
  for (const profile::StateSource& source : member.profile->states) {
    if (source.field != field.field) continue;
    if (source.reg) registers.insert(*source.reg);
    for (const profile::Rule& rule : source.rules) {
      for (const auto& test : rule.tests) registers.insert(test.reg);
    }
  }
  std::vector<std::shared_ptr<Range>> found;
  for (const profile::RegisterIndex index : registers) {
    const profile::Register& reg = member.profile->registers[index];
    for (auto& range : ranges(member, reg, reg.parts == 0 ? std::uint8_t{0} : field.part)) {
      if (std::ranges::find(found, range) == found.end()) found.push_back(std::move(range));
    }
  }
  return found;
}

bool UnitReader::take(bus::PollId poll, const bus::Answer& answer) {
  const auto found = std::ranges::find_if(
      ranges_, [poll](const std::shared_ptr<Range>& range) { return range->poll == poll; });
  if (found == ranges_.end() || !tells(answer.ending)) return false;
  Range& range = **found;
  if (answer.ending != bus::Ending::answered || answer.values.size() < range.spec.count) {
    miss(range, answer);
    return false;
  }
  const auto age = std::chrono::floor<std::chrono::milliseconds>(clock_.steady() - answer.at);
  range.good = answer.at;
  range.good_wall = clock_.wall() - std::max(age, std::chrono::milliseconds{0});
  range.owed = false;
  dead_ = false;
  const bool changed = !range.heard || range.values != answer.values;
  range.heard = true;
  if (changed) {
    range.values = answer.values;
    image_.put(range.spec.table, range.spec.address, answer.values);
  }
  catch_up();
  return changed;
}

void UnitReader::miss(Range& range, const bus::Answer& answer) {
  ++range.misses;
  range.missed = answer.ending;
  range.exception = answer.exception;
  // Silence is the unit's, so nothing of it is present any more; a damaged or refused answer is
  // that one read's.
  if (answer.ending == bus::Ending::silent || answer.ending == bus::Ending::line_down) {
    lose();
  } else {
    range.owed = true;
  }
}

void UnitReader::lose() {
  for (const auto& range : ranges_) range->owed = true;
  catching_up_ = false;
}

bool UnitReader::lose_older_than(SteadyTime now, std::chrono::milliseconds slack) {
  bool lost = false;
  for (const auto& range : ranges_) {
    if (!range->heard || range->owed || now - range->good <= range->spec.interval + slack) continue;
    range->owed = true;
    range->missed = bus::Ending::silent;
    lost = true;
  }
  return lost;
}

// The unit answers again: the other reads it owes are asked at once, since the bus reports a read
// whose values are as before only once a second.
void UnitReader::catch_up() {
  if (catching_up_) {
    catching_up_ = std::ranges::any_of(
        ranges_, [](const std::shared_ptr<Range>& range) { return range->owed; });
    return;
  }
  for (const auto& range : ranges_) {
    if (!range->owed || range->missed == bus::Ending::exception) continue;
    link_->hurry(range->poll);
    catching_up_ = true;
  }
}

}  // namespace genkan::devices
