// What was under way when the gateway went down.
#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/services/cloud/signed_desk.hpp"

namespace genkan::services {

namespace asio = boost::asio;

namespace {

constexpr auto read_limit = 5s;
// The bus may have to come up first.
constexpr int most_reads = 6;
constexpr auto between_reads = 5s;

}  // namespace

void SignedDesk::start(const ports::CloudMemory& memory) {
  floor_ = memory.ledger_floor;
  expiries_ = memory.ledger_expiries;
  std::ranges::make_heap(expiries_, std::ranges::greater{});
  for (const auto& row : memory.under_way) {
    asio::co_spawn(needs_.loop, resolve(row), asio::detached);
  }
}

asio::awaitable<std::optional<domain::DeviceState>> SignedDesk::read_back(DeviceId device) {
  if (device.empty() || needs_.directory.find(device) == nullptr) co_return std::nullopt;
  asio::steady_timer pause(needs_.loop);
  for (int tries = 1;; ++tries) {
    const auto read =
        co_await needs_.fleet.refresh(device, needs_.book.clock().steady() + read_limit);
    if (read) co_return read->state;
    if (tries == most_reads) co_return std::nullopt;
    pause.expires_after(between_reads);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

ports::Change SignedDesk::outcome_of(const domain::LedgerRow& row,
                                     const std::optional<domain::DeviceState>& state) const {
  const auto* entry = row.device.empty() ? nullptr : needs_.directory.find(row.device);
  const std::string name = entry == nullptr ? row.device.str() : entry->config->name;
  const bool command = !row.command.empty();
  const json::object answer =
      command ? domain::unknown_outcome(row, name, state.value_or(domain::DeviceState{}),
                                        state.has_value())
              : domain::unknown_outcome(row);
  domain::Caller caller{domain::Role::cloud, "cloud:" + row.sub};
  caller.signed_by = row.kid;
  auto record = needs_.book.record(caller, domain::RecordKind::command_failed,
                                   {{"verdict", "unknown_outcome"},
                                    {"reason", "stopping"},
                                    {"method", row.method},
                                    {"path", row.path},
                                    {"jti", row.jti}});
  if (command) record.body["command"] = row.command;
  record.device = row.device;
  ports::Change change;
  change.records.push_back(std::move(record));
  change.cloud.ended.push_back(
      {row.jti, domain::LedgerState::unknown, command ? 200 : 500, json::serialize(answer)});
  return change;
}

asio::awaitable<void> SignedDesk::resolve(domain::LedgerRow row) {
  known_[row.jti] = {row.digest, row.expires, true, nullptr};
  ++in_hand_;
  const auto hand = std::make_shared<Hand>(*this, row.jti);
  const auto state = co_await read_back(row.device);
  auto change = outcome_of(row, state);
  const auto end = change.cloud.ended.front();
  const auto committed = co_await needs_.store.commit(change);
  if (committed) co_return;
  if (const auto known = known_.find(row.jti); known != known_.end()) {
    known->second.unsaved = std::make_shared<const SignedAnswer>(end.status, end.answer);
  }
  needs_.store.submit(std::move(change));
}

}  // namespace genkan::services
