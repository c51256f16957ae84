#include "firmware/services/keys/couplings.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace genkan::services {

namespace asio = boost::asio;

namespace {

using domain::Command;
using domain::Coupling;
using domain::DeviceKind;

// The command's actor in the journal (HIS-2: "unlocked by coupling").
constexpr auto actor = "coupling";
constexpr std::chrono::seconds command_time{20};
// Times are taken from the records for so long behind and ahead, and anew at least once an hour.
constexpr std::chrono::days looked_back{40};    // the longest that a reservation stays on the lists
constexpr std::chrono::hours always_known{24};  // so that what is moved behind the mark is seen
constexpr std::chrono::hours looked_ahead{26};
constexpr std::chrono::hours taken_for{1};
constexpr std::size_t most_times = 64;  // of one reservation
constexpr std::chrono::minutes longest_pause{30};

std::chrono::minutes pause_after(int failures) {
  return std::min<std::chrono::minutes>(longest_pause,
                                        std::chrono::minutes(1 << std::min(failures - 1, 5)));
}

bool follows(const domain::DeviceConfig& device) {
  return device.coupling == Coupling::with_reservation || device.coupling == Coupling::end_only;
}

// What is new of the times that would have been known before.
std::vector<domain::CoupledTime> added(const std::vector<domain::CoupledTime>& before,
                                       const domain::Interval& known,
                                       const std::vector<domain::CoupledTime>& now) {
  std::vector<domain::CoupledTime> list;
  for (const auto& time : now) {
    const bool seen = known.start < time.opens.end && time.opens.start < known.end;
    if (seen && std::ranges::find(before, time) == before.end()) list.push_back(time);
  }
  return list;
}

bool share_a_room(const domain::DeviceConfig& left, const domain::DeviceConfig& right) {
  return std::ranges::find_first_of(left.rooms, right.rooms) != left.rooms.end();
}

}  // namespace

struct Couplings::Follower {
  DeviceId device;
  domain::CouplingMark mark;
  std::vector<domain::CoupledTime> times;
  domain::Interval known;  // all times in this are in `times`; empty: none taken
  WallTime times_until{};  // taken anew from then on
  WallTime looked_at{};
  WallTime next{};  // when time alone makes it due
  SteadyTime rest_until{};
  int failures = 0;
  bool marked = false;  // the mark is from disk, or was put there
  bool sending = false;
  bool stale = true;
};

struct Couplings::State {
  explicit State(const Needs& its_needs) : needs(its_needs), zones(needs.directory) {}

  const Needs needs;
  Zones zones;
  std::map<DeviceId, std::shared_ptr<Follower>> followers;
  std::map<DeviceId, domain::CouplingMark> marks;  // from disk, of devices not taken up yet
  bool stopped = false;

  domain::CoupledDevice coupled(const Directory::Entry& entry) const;
  void take_times(Follower& follower);
  bool concerns(const domain::Reservation& reservation, const domain::DeviceConfig& device) const;
  void look(const std::shared_ptr<State>& self, const std::shared_ptr<Follower>& follower);
  void send(const std::shared_ptr<State>& self, const std::shared_ptr<Follower>& follower,
            Command command, std::optional<WallTime> followed_to);
  void keep_mark(Follower& follower, WallTime followed_to) const;
};

domain::CoupledDevice Couplings::State::coupled(const Directory::Entry& entry) const {
  const auto offered = needs.fleet.commands(entry.config->id);
  const bool holds = std::ranges::find(offered, Command::hold_open) != offered.end();
  return {.kind = entry.kind,
          .coupling = entry.config->coupling,
          .automatic_door = entry.kind == DeviceKind::entrance && holds,
          .lock = needs.memory.model(entry.config->id)};
}

bool Couplings::State::concerns(const domain::Reservation& reservation,
                                const domain::DeviceConfig& device) const {
  const auto concerned = [&](const DeviceId& reserved) {
    if (reserved == device.id) return true;
    const auto* other = needs.directory.inventory().device(reserved);
    return other != nullptr && share_a_room(*other, device);
  };
  return std::ranges::any_of(needs.book.devices_of(reservation), concerned);
}

void Couplings::State::take_times(Follower& follower) {
  const WallTime now = needs.clock.wall();
  follower.stale = false;
  const auto before = std::exchange(follower.times, {});
  follower.times_until = now + taken_for;
  const auto* device = needs.directory.inventory().device(follower.device);
  if (device == nullptr) return;
  const auto& zone = zones.of(follower.device);
  const WallTime mark = std::min(follower.mark.followed_to, now - always_known);
  const domain::Interval window{std::max(mark, now - looked_back) - domain::coupling_lead,
                                now + looked_ahead};
  for (const auto& [id, reservation] : needs.book.reservations()) {
    if (!concerns(reservation, *device)) continue;
    const auto opens = domain::occurrences(reservation.timing, zone, needs.holidays, window.start,
                                           window.end, most_times);
    for (const auto& interval : opens) follower.times.push_back({interval, reservation.made});
  }
  std::ranges::sort(follower.times, {},
                    [](const auto& time) { return std::pair(time.opens, time.made); });
  const auto changed = added(before, follower.known, follower.times);
  follower.known = window;
  const auto* entry = needs.directory.find(follower.device);
  if (!follower.marked || entry == nullptr) return;
  const domain::MovedTimes moved{before, follower.times, changed};
  keep_mark(follower, domain::mark_for(coupled(*entry), moved, follower.mark, now));
}

void Couplings::State::keep_mark(Follower& follower, WallTime followed_to) const {
  if (follower.marked && follower.mark.followed_to == followed_to) return;
  follower.mark = {follower.device, followed_to};
  follower.marked = true;
  ports::Change change;
  change.keys.coupling_marks.push_back(follower.mark);
  needs.store.submit(std::move(change));
}

void Couplings::State::look(const std::shared_ptr<State>& self,
                            const std::shared_ptr<Follower>& follower) {
  const auto* entry = needs.directory.find(follower->device);
  if (entry == nullptr) return;
  const WallTime now = needs.clock.wall();
  follower->looked_at = now;
  // Coupled just now: what lies behind is not made up for.
  if (!follower->marked) keep_mark(*follower, now);
  if (follower->stale || now >= follower->times_until) take_times(*follower);
  const auto reported = needs.fleet.reported(follower->device);
  std::optional<domain::DeviceState> state;
  if (reported && reported->link == domain::Link::fresh) state = reported->state;
  const auto step = domain::follow(coupled(*entry), follower->times, follower->mark, state, now);
  follower->next = std::min(step.next.value_or(follower->times_until), follower->times_until);
  std::optional<Command> command = step.command;
  if (step.held) command = *step.held ? Command::hold_open : Command::end_hold;
  if (command) return send(self, follower, *command, step.followed_to);
  // The mark is kept only where it says more: once a moment that mattered is behind.
  if (step.followed_to > follower->mark.followed_to) keep_mark(*follower, step.followed_to);
}

namespace {

template <class State, class Follower>
asio::awaitable<void> run_command(std::shared_ptr<State> state, std::shared_ptr<Follower> follower,
                                  Command command, std::optional<WallTime> followed_to) {
  const domain::Caller caller{domain::Role::operator_, actor};
  const auto answer =
      co_await state->needs.commands.run(caller, follower->device, {command}, command_time);
  follower->sending = false;
  if (state->stopped) co_return;
  const bool done = answer && answer->outcome.verdict == domain::Verdict::done;
  // A model that cannot do it will not learn it.
  const bool cannot = !answer || answer->outcome.reason == domain::Reason::unknown_command;
  if (done || cannot) {
    follower->failures = 0;
    if (followed_to) state->keep_mark(*follower, *followed_to);
    follower->next = {};
    co_return;
  }
  ++follower->failures;
  follower->rest_until = state->needs.clock.steady() + pause_after(follower->failures);
}

}  // namespace

void Couplings::State::send(const std::shared_ptr<State>& self,
                            const std::shared_ptr<Follower>& follower, Command command,
                            std::optional<WallTime> followed_to) {
  follower->sending = true;
  asio::co_spawn(needs.loop, run_command(self, follower, command, followed_to), asio::detached);
}

Couplings::Couplings(const Needs& needs) : state_(std::make_shared<State>(needs)) {}
Couplings::~Couplings() { state_->stopped = true; }

void Couplings::restore(const std::map<DeviceId, domain::CouplingMark>& marks) {
  state_->marks = marks;
  site_changed();
  state_->marks.clear();  // who is coupled again later begins anew
}

void Couplings::site_changed() {
  State& s = *state_;
  const domain::Inventory& site = s.needs.directory.inventory();
  std::erase_if(s.followers, [&site](const auto& entry) {
    const auto* device = site.device(entry.first);
    return device == nullptr || !follows(*device);
  });
  for (const auto& device : site.devices) {
    if (!follows(device) || s.followers.contains(device.id)) continue;
    auto follower = std::make_shared<Follower>();
    follower->device = device.id;
    if (const auto mark = s.marks.find(device.id); mark != s.marks.end()) {
      follower->mark = mark->second;
      follower->marked = true;
      s.marks.erase(mark);
    }
    s.followers.emplace(device.id, std::move(follower));
  }
  book_changed();
}

void Couplings::book_changed() {
  for (const auto& [device, follower] : state_->followers) {
    follower->stale = true;
    follower->next = {};
    follower->rest_until = {};
  }
}

void Couplings::on_reported(const DeviceId& device, const domain::Reported& before,
                            const domain::Reported& now) {
  State& s = *state_;
  const auto at = s.followers.find(device);
  if (at == s.followers.end() || now.link != domain::Link::fresh) return;
  const auto bolt = now.state.get(domain::Field::bolt);
  if (!bolt || before.state.empty() || before.state.get(domain::Field::bolt) == bolt) return;
  if (s.needs.clock.trust() == ClockTrust::untrusted || at->second->sending) return;
  const auto* entry = s.needs.directory.find(device);
  const auto by = now.state.get(domain::Field::operated_by);
  if (entry == nullptr || !by) return;
  if (at->second->stale) s.take_times(*at->second);
  const auto command = domain::answer_to_hand(
      s.coupled(*entry), at->second->times, static_cast<domain::OperatedBy>(*by),
      static_cast<domain::Bolt>(*bolt), s.needs.clock.wall());
  if (command) s.send(state_, at->second, *command, std::nullopt);
}

void Couplings::tick() {
  State& s = *state_;
  if (s.needs.clock.trust() == ClockTrust::untrusted) return;
  const WallTime now = s.needs.clock.wall();
  const SteadyTime steady = s.needs.clock.steady();
  for (const auto& [device, follower] : s.followers) {
    if (follower->sending || steady < follower->rest_until) continue;
    const bool due = follower->stale || now >= follower->next || now < follower->looked_at ||
                     follower->failures > 0;
    if (due) s.look(state_, follower);
  }
}

}  // namespace genkan::services
