#include "firmware/services/keys/key_sync.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "firmware/services/keys/key_lock.hpp"

namespace genkan::services {

namespace asio = boost::asio;

struct KeySync::State {
  explicit State(const Needs& its_needs) : needs(its_needs), zones(needs.directory) {}

  const Needs needs;
  Zones zones;
  std::map<DeviceId, std::shared_ptr<KeyLock>> locks;
  std::map<DeviceId, std::vector<domain::SlotNote>> kept;  // notes of devices that are not there
};

namespace {

// Holds what the work needs until it has ended.
template <class State>
asio::awaitable<void> work(std::shared_ptr<State> state, std::shared_ptr<KeyLock> lock) {
  co_await lock->work();
  static_cast<void>(state);
}

}  // namespace

KeySync::KeySync(const Needs& needs) : state_(std::make_shared<State>(needs)) {}

KeySync::~KeySync() {
  for (const auto& [device, lock] : state_->locks) lock->stop();
}

void KeySync::restore(const std::map<DeviceId, std::vector<domain::SlotNote>>& notes) {
  state_->kept = notes;
  site_changed();
}

std::map<DeviceId, std::vector<domain::SlotNote>> KeySync::notes() const {
  auto all = state_->kept;
  for (const auto& [device, lock] : state_->locks) {
    for (const auto& [slot, note] : lock->notes()) all[device].push_back(note);
  }
  return all;
}

void KeySync::adopt(const std::vector<std::pair<DeviceId, domain::SlotNote>>& notes) {
  for (const auto& [device, note] : notes) {
    const auto lock = state_->locks.find(device);
    if (lock != state_->locks.end()) {  // begins anew with what is known of it now
      lock->second->stop();
      state_->locks.erase(lock);
    }
    state_->kept[device].push_back(note);
  }
}

void KeySync::site_changed() {
  State& s = *state_;
  const domain::Inventory& site = s.needs.directory.inventory();
  for (auto at = s.locks.begin(); at != s.locks.end();) {
    if (site.device(at->first) != nullptr) {
      at->second->look_again();
      ++at;
      continue;
    }
    at->second->stop();
    auto& kept = s.kept[at->first];
    for (const auto& [slot, note] : at->second->notes()) kept.push_back(note);
    at = s.locks.erase(at);
  }
  for (const auto& device : site.devices) {
    if (s.locks.contains(device.id)) continue;
    const auto* model = s.needs.memory.model(device.id);
    if (model == nullptr || !model->has_memory()) continue;
    KeyLock::Notes notes;
    for (auto& note : s.kept[device.id]) notes.emplace(note.address, std::move(note));
    s.kept.erase(device.id);
    s.locks.emplace(device.id,
                    std::make_shared<KeyLock>(s.needs, s.zones, device.id, std::move(notes)));
  }
}

void KeySync::book_changed() {
  for (const auto& [device, lock] : state_->locks) lock->look_again();
}

void KeySync::returned(const DeviceId& device) {
  const auto at = state_->locks.find(device);
  if (at != state_->locks.end()) at->second->returned();
}

void KeySync::heard_again(const DeviceId& device) {
  const auto at = state_->locks.find(device);
  if (at != state_->locks.end()) at->second->heard_again();
}

void KeySync::read_again(const DeviceId& device) {
  const auto at = state_->locks.find(device);
  if (at != state_->locks.end()) at->second->read_again();
}

asio::awaitable<bool> KeySync::read_now(DeviceId device, std::chrono::milliseconds most) {
  const auto at = state_->locks.find(device);
  if (at == state_->locks.end()) co_return false;
  const std::shared_ptr<KeyLock> lock = at->second;
  const auto before = lock->reads();
  lock->heard_again();
  lock->read_again();
  tick();
  const bool read = co_await lock->read_since(before, most);
  co_return read;
}

void KeySync::tick() {
  // A clock that is not trusted tells no spans: nothing is written, and nothing is removed because
  // it is 1970 (see docs/KEYS.md).
  if (state_->needs.clock.trust() == ClockTrust::untrusted) return;
  for (const auto& [device, lock] : state_->locks) {
    if (!lock->due()) continue;
    lock->take_up();
    asio::co_spawn(state_->needs.loop, work(state_, lock), asio::detached);
  }
}

LockKeys KeySync::keys_of(const DeviceId& device) const {
  const auto at = state_->locks.find(device);
  return at == state_->locks.end() ? LockKeys{} : at->second->view();
}

std::vector<std::pair<DeviceId, domain::KeyStanding>> KeySync::standings_of(
    domain::KeyOwner owner, const std::string& id) const {
  std::vector<std::pair<DeviceId, domain::KeyStanding>> found;
  for (const auto& [device, lock] : state_->locks) {
    for (const auto& standing : lock->standings()) {
      if (standing.key.owner == owner && standing.key.id == id) {
        found.emplace_back(device, standing);
      }
    }
  }
  return found;
}

std::optional<domain::KeyRef> KeySync::owner_of(const DeviceId& device,
                                                domain::SlotAddress slot) const {
  const auto at = state_->locks.find(device);
  if (at == state_->locks.end()) return std::nullopt;
  const auto note = at->second->notes().find(slot);
  if (note == at->second->notes().end()) return std::nullopt;
  return note->second.key;
}

std::vector<domain::KeyRef> KeySync::still_in(const DeviceId& device) const {
  std::vector<domain::KeyRef> keys;
  const auto at = state_->locks.find(device);
  if (at == state_->locks.end()) return keys;
  for (const auto& [slot, note] : at->second->notes()) keys.push_back(note.key);
  return keys;
}

bool KeySync::idle() const {
  for (const auto& [device, lock] : state_->locks) {
    if (lock->working() || lock->due()) return false;
  }
  return true;
}

}  // namespace genkan::services
