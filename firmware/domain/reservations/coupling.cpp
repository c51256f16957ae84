#include "firmware/domain/reservations/coupling.hpp"

#include <algorithm>
#include <tuple>

namespace genkan::domain {

namespace {

constexpr std::chrono::hours mark_most_ahead{24};

// What is due at one moment; of two at one moment the later in this order counts last.
enum class Turn : std::uint8_t {
  pass,        // an end after which another reservation runs on
  close,       // RES-34
  look_again,  // RES-31
  open,        // RES-30, RES-33
};

struct Moment {
  WallTime when{};
  Turn turn = Turn::close;
  auto operator<=>(const Moment&) const = default;
};

bool follows_starts(const CoupledDevice& device) {
  return device.coupling == Coupling::with_reservation;
}

bool follows(const CoupledDevice& device) {
  if (!follows_starts(device) && device.coupling != Coupling::end_only) return false;
  switch (device.kind) {
    case DeviceKind::lock:
    case DeviceKind::light:
    case DeviceKind::air_conditioner: return true;
    case DeviceKind::entrance: return device.automatic_door;
    default: return false;
  }
}

bool touched_again(const CoupledDevice& device) {
  return !device.lock || device.lock->locked_by_touch;
}

// From when on the reservation has its device open (RES-30, RES-33).
WallTime opens_from(const CoupledTime& time) {
  const WallTime early = time.opens.start - coupling_lead;
  if (time.made <= early) return early;
  return std::max(time.opens.start, time.made);
}

// The moments of all reservations of a device.
class Moments {
 public:
  explicit Moments(const std::vector<CoupledTime>& times) : times_(times) {}

  std::vector<Moment> all(bool with_starts) const {
    std::vector<Moment> moments;
    for (const CoupledTime& time : times_) {
      if (time.opens.end <= time.opens.start || time.made >= time.opens.end) continue;
      moments.push_back({time.opens.end, closes_at_end(time) ? Turn::close : Turn::pass});
      if (with_starts) add_starts(time, moments);
    }
    std::ranges::sort(moments);
    return moments;
  }

 private:
  void add_starts(const CoupledTime& time, std::vector<Moment>& moments) const {
    const WallTime from = opens_from(time);
    const bool open_before = is_held_by_another(time, from);
    moments.push_back({from, open_before ? Turn::look_again : Turn::open});
    if (from >= time.opens.start) return;
    const bool closed = closed_between(from, time.opens.start);
    moments.push_back({time.opens.start, closed ? Turn::open : Turn::look_again});
  }

  bool closes_at_end(const CoupledTime& time) const {
    return std::ranges::none_of(
        times_, [&time](const CoupledTime& other) { return other.opens.contains(time.opens.end); });
  }

  // Whether a reservation that touches or overlaps this one has opened before.
  bool is_held_by_another(const CoupledTime& time, WallTime from) const {
    return std::ranges::any_of(times_, [&time, from](const CoupledTime& other) {
      return opens_from(other) < from && other.opens.end >= std::max(time.opens.start, from);
    });
  }

  bool closed_between(WallTime from, WallTime to) const {
    return std::ranges::any_of(times_, [this, from, to](const CoupledTime& other) {
      return from < other.opens.end && other.opens.end < to && closes_at_end(other);
    });
  }

  const std::vector<CoupledTime>& times_;
};

bool is_open(const CoupledDevice& device, const DeviceState& state) {
  if (device.kind == DeviceKind::lock) return state.is(Field::bolt, Bolt::unlocked);
  if (!state.is(Field::output, Output::on)) return false;
  return device.kind != DeviceKind::air_conditioner || !state.get(Field::mode) ||
         state.is(Field::mode, AirMode::automatic);
}

bool is_closed(const CoupledDevice& device, const DeviceState& state) {
  return device.kind == DeviceKind::lock ? state.is(Field::bolt, Bolt::locked)
                                         : state.is(Field::output, Output::off);
}

Command opening(DeviceKind kind) {
  if (kind == DeviceKind::lock) return Command::unlock;
  return kind == DeviceKind::entrance ? Command::hold_open : Command::on;
}

Command closing(DeviceKind kind) {
  if (kind == DeviceKind::lock) return Command::lock;
  return kind == DeviceKind::entrance ? Command::end_hold : Command::off;
}

// Missed moments count as the last of them; only looking again does not weaken an open.
Turn taken_together(Turn before, Turn next) {
  if (next == Turn::pass) return before;
  return next == Turn::look_again && before == Turn::open ? Turn::open : next;
}

void take(const CoupledDevice& device, Turn turn, const std::optional<DeviceState>& state,
          CouplingStep& step) {
  if (turn == Turn::pass) return;
  if (turn == Turn::look_again) {
    if (device.kind != DeviceKind::lock || !touched_again(device)) return;
    if (state && state->get(Field::bolt) && !state->is(Field::bolt, Bolt::locked)) return;
    turn = Turn::open;
  }
  const bool open = turn == Turn::open;
  if (device.kind == DeviceKind::entrance) step.held = open;
  if (state && (open ? is_open(device, *state) : is_closed(device, *state))) return;
  step.command = open ? opening(device.kind) : closing(device.kind);
}

bool unlocks_again(const CoupledDevice& device, OperatedBy by) {
  if (!device.lock) return by == OperatedBy::touch;
  return std::ranges::find(device.lock->unlocks_again_after, by) !=
         device.lock->unlocks_again_after.end();
}

// When the first of those that touch one another, up to this one, opens.
WallTime opened_at(const CoupledTime& last, const std::vector<CoupledTime>& times) {
  WallTime from = opens_from(last);
  WallTime start = last.opens.start;
  for (bool grown = true; grown;) {
    grown = false;
    for (const CoupledTime& time : times) {
      if (opens_from(time) >= from || time.opens.end < std::max(start, from)) continue;
      from = opens_from(time);
      start = time.opens.start;
      grown = true;
    }
  }
  return from;
}

}  // namespace

CouplingStep follow(const CoupledDevice& device, const std::vector<CoupledTime>& times,
                    const CouplingMark& mark, const std::optional<DeviceState>& state,
                    WallTime now) {
  CouplingStep step;
  step.followed_to = mark.followed_to > now + mark_most_ahead ? now : mark.followed_to;
  if (!follows(device)) return step;
  const WallTime done = step.followed_to;
  Turn turn = Turn::pass;
  for (const Moment& moment : Moments(times).all(follows_starts(device))) {
    if (moment.when <= done) continue;
    if (moment.when > now) {
      step.next = moment.when;
      break;
    }
    turn = taken_together(turn, moment.turn);
    step.followed_to = moment.when;
  }
  take(device, turn, state, step);
  return step;
}

WallTime mark_for(const CoupledDevice& device, const MovedTimes& moved, const CouplingMark& mark,
                  WallTime now) {
  WallTime back = mark.followed_to;
  if (!follows(device)) return back;
  const bool starts = follows_starts(device);
  const bool ran = std::ranges::any_of(moved.before, [starts, now](const CoupledTime& time) {
    return (starts ? opens_from(time) : time.opens.start) <= now && now < time.opens.end;
  });
  for (const CoupledTime& time : moved.changed) {
    if (time.opens.end <= time.opens.start || time.made >= time.opens.end) continue;
    const bool over = time.opens.end <= now;
    if (over != ran || (!over && !starts)) continue;
    const WallTime moment = over ? time.opens.end : opened_at(time, moved.now);
    if (moment <= now) back = std::min(back, moment - std::chrono::milliseconds{1});
  }
  return back;
}

std::optional<Command> answer_to_hand(const CoupledDevice& device,
                                      const std::vector<CoupledTime>& times, OperatedBy by,
                                      Bolt bolt, WallTime now) {
  if (device.kind != DeviceKind::lock || !follows(device)) return std::nullopt;
  if (bolt == Bolt::locked) {
    const bool inside = std::ranges::any_of(
        times, [now](const CoupledTime& time) { return time.opens.contains(now); });
    if (inside && unlocks_again(device, by)) return Command::unlock;
  }
  if (bolt == Bolt::unlocked && by == OperatedBy::hand) {
    const bool opened = std::ranges::any_of(times, [&device, now](const CoupledTime& time) {
      const WallTime from = follows_starts(device) ? opens_from(time) : time.opens.start;
      return std::min(from, time.opens.start) <= now && now < time.opens.end;
    });
    if (!opened) return Command::lock;
  }
  return std::nullopt;
}

}  // namespace genkan::domain
