#include "firmware/services/keys/key_retention.hpp"

#include <set>

#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

namespace {

constexpr std::chrono::hours between_turns{24};
constexpr std::chrono::hours after_a_failure{1};

// Reservations that a lock may still hold.
std::set<std::string> still_held(const KeyDesk& desk) {
  std::set<std::string> held;
  for (const auto& device : desk.inventory().devices) {
    for (const auto& key : desk.needs().standings.still_in(device.id)) {
      if (key.owner == domain::KeyOwner::reservation) held.insert(key.id);
    }
  }
  return held;
}

}  // namespace

bool KeyRetention::due() const {
  if (desk_.needs().clock.trust() != ClockTrust::trusted) return false;
  return !next_ || desk_.needs().clock.steady() >= *next_;
}

ports::KeyChange KeyRetention::what_is_over() const {
  ports::KeyChange change;
  const WallTime limit = desk_.now() - kept;
  const auto held = still_held(desk_);
  for (const auto& [id, reservation] : desk_.book().reservations()) {
    if (change.reservations_removed.size() >= most_a_turn) return change;
    if (held.contains(id.str())) continue;
    const auto extent = extent_of(desk_, reservation);
    if (extent && extent->end < limit) change.reservations_removed.push_back(id);
  }
  for (const auto& [id, key] : desk_.book().temporary_keys()) {
    const bool full =
        change.reservations_removed.size() + change.temporary_keys_removed.size() >= most_a_turn;
    if (full) return change;
    const auto* once = std::get_if<domain::OnceKey>(&key.rule);
    if (once == nullptr) continue;
    const auto* room = desk_.inventory().room(key.room);
    const auto& zone = desk_.needs().zones.of(room == nullptr ? BuildingId() : room->building);
    if (zone.to_wall(once->span.end) < limit) change.temporary_keys_removed.push_back(id);
  }
  return change;
}

boost::asio::awaitable<Result<std::size_t>> KeyRetention::run() {
  next_ = desk_.needs().clock.steady() + between_turns;
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  ports::Change change;
  change.keys = what_is_over();
  const std::size_t count =
      change.keys.reservations_removed.size() + change.keys.temporary_keys_removed.size();
  if (count == 0) co_return count;
  auto done = co_await desk_.put(std::move(change));
  if (!done) {
    next_ = desk_.needs().clock.steady() + after_a_failure;
    co_return fail(done.error());
  }
  if (count >= most_a_turn) next_ = desk_.needs().clock.steady();
  desk_.changed();
  co_return count;
}

}  // namespace genkan::services
