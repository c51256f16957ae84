#include "tests/fakes/store.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/fakes/cloud_memory.hpp"
#include "tests/fakes/key_memory.hpp"

namespace genkan::fakes {

namespace asio = boost::asio;

FakeStore::FakeStore(asio::any_io_executor loop, ports::Memory memory, std::string boot)
    : loop_(std::move(loop)),
      memory_(std::move(memory)),
      on_disk_(memory_),
      boot_(std::move(boot)) {
  on_disk_.set_aside.clear();
}

void FakeStore::set_disk(Disk disk) {
  disk_ = disk;
  flush_soon();
}

void FakeStore::forget_before(Seq oldest) {
  oldest_ = oldest;
  std::erase_if(records_, [oldest](const domain::Record& record) { return record.seq < oldest; });
}

asio::awaitable<Result<std::vector<domain::Record>>> FakeStore::commit(ports::Change change) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  while (disk_ == Disk::stuck) co_await asio::post(loop_, token);
  if (disk_ == Disk::failing) co_return fail(ErrorCode::io, "the disk is full");
  flush();
  co_return apply(std::move(change));
}

void FakeStore::submit(ports::Change change) {
  waiting_.push_back(std::move(change));
  flush_soon();
}

void FakeStore::listen(std::function<void(const std::vector<domain::Record>&)> on_committed) {
  on_committed_ = std::move(on_committed);
}

asio::awaitable<Result<std::vector<domain::Record>>> FakeStore::read(ports::JournalQuery query) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  std::vector<domain::Record> found;
  for (const auto& record : records_) {
    const bool lane = !query.lane || record.draft.lane == *query.lane;
    const bool device = !query.device || record.draft.device == *query.device;
    const bool before = !query.before || record.seq < *query.before;
    if (record.seq > query.after && before && lane && device) found.push_back(record);
  }
  if (query.newest_first) std::ranges::reverse(found);
  if (found.size() > query.limit) {
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(query.limit), found.end());
  }
  co_return found;
}

Seq FakeStore::head() const { return records_.empty() ? Seq{} : records_.back().seq; }

asio::awaitable<Result<>> FakeStore::set_cursor(std::string reader, Seq seq) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  cursors_[reader] = seq;
  co_return Result<>{};
}

asio::awaitable<Result<Seq>> FakeStore::cursor(std::string reader) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  co_return cursors_[reader];
}

asio::awaitable<Result<std::optional<domain::LedgerRow>>> FakeStore::ledger_row(std::string jti) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  const auto found = ledger_.find(jti);
  if (found == ledger_.end()) co_return std::nullopt;
  co_return found->second;
}

asio::awaitable<Result<>> FakeStore::rotate_key(domain::RecordDraft record) {
  const auto token = asio::use_awaitable;
  co_await asio::post(loop_, token);
  while (disk_ == Disk::stuck) co_await asio::post(loop_, token);
  if (disk_ == Disk::failing) co_return fail(ErrorCode::io, "the disk is full");
  ++rotations_;
  ports::Change change;
  change.records.push_back(std::move(record));
  apply(std::move(change));
  co_return Result<>{};
}

ports::StorageHealth FakeStore::health() const {
  ports::StorageHealth health;
  health.failing = disk_ == Disk::failing;
  health.fault = health.failing ? "the disk is full" : "";
  health.free_bytes = free_bytes_;
  health.commits = transactions_;
  for (const auto& change : waiting_) health.records_waiting += change.records.size();
  return health;
}

Result<std::vector<domain::Record>> FakeStore::apply(ports::Change change) {
  if (!fakes::apply(change.cloud, on_disk_.cloud, ledger_)) {
    return fail(ErrorCode::conflict, "UNIQUE constraint failed: ledger.jti");
  }
  ++transactions_;
  std::vector<domain::Record> committed;
  for (auto& draft : change.records) {
    domain::Record record;
    record.seq = Seq{number(head()) + 1};
    record.boot = boot_;
    record.draft = std::move(draft);
    records_.push_back(record);
    committed.push_back(std::move(record));
  }
  if (oldest_ == Seq{} && !records_.empty()) oldest_ = records_.front().seq;
  if (change.inventory) take_inventory(std::move(*change.inventory));
  for (auto& [device, state] : change.last_states) on_disk_.last_states[device] = state;
  for (const auto& key : change.troubles_cleared) {
    std::erase_if(on_disk_.troubles, [&key](const auto& trouble) { return trouble.key == key; });
  }
  for (const auto& set : change.troubles_set) {
    std::erase_if(on_disk_.troubles, [&set](const auto& old) { return old.key == set.key; });
    on_disk_.troubles.push_back(set);
  }
  for (const auto& [device, held] : change.held) {
    if (held) {
      on_disk_.held.insert(device);
    } else {
      on_disk_.held.erase(device);
    }
  }
  fakes::apply(change.keys, on_disk_.keys);
  if (on_committed_ && !committed.empty()) on_committed_(committed);
  return committed;
}

// As the real one: what is known of devices goes with them.
void FakeStore::take_inventory(domain::Inventory inventory) {
  on_disk_.inventory = std::move(inventory);
  const auto gone = [this](const DeviceId& device) {
    return on_disk_.inventory.device(device) == nullptr;
  };
  const auto of_gone = [&gone](const auto& entry) { return gone(entry.first); };
  std::erase_if(on_disk_.last_states, of_gone);
  std::erase_if(on_disk_.held, gone);
  std::erase_if(on_disk_.keys.coupling_marks, of_gone);
  std::erase_if(on_disk_.keys.coupled_since, of_gone);
}

void FakeStore::flush_soon() {
  const std::weak_ptr<bool> alive = alive_;
  asio::post(loop_, [this, alive] {
    if (!alive.expired()) flush();
  });
}

void FakeStore::flush() {
  while (disk_ == Disk::working && !waiting_.empty()) {
    auto change = std::move(waiting_.front());
    waiting_.pop_front();
    static_cast<void>(apply(std::move(change)));
  }
}

}  // namespace genkan::fakes
