#include "firmware/services/requests.hpp"

namespace genkan::services {

namespace {

// The request that a record belongs to, 0: none.
std::uint64_t request_of(const domain::RecordDraft& record) {
  const json::value* value = record.body.if_contains("request");
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto request = value->to_number<std::uint64_t>(error);
  return error ? 0 : request;
}

}  // namespace

std::uint64_t Requests::begin(const DeviceId& device, const domain::DeviceCommand& command,
                              const domain::Caller& caller) {
  const std::uint64_t request = ++last_;
  Entry entry;
  entry.device = device;
  entry.request = {request, command, caller.name, false, caller.signed_by};
  entries_.emplace(request, std::move(entry));
  if (command.command == domain::Command::release_compartment) {
    released_until_[{device, command.part}] = clock_.steady() + domain::release_window;
  }
  return request;
}

domain::UnderWay Requests::get(std::uint64_t request) const {
  const auto found = entries_.find(request);
  return found == entries_.end() ? domain::UnderWay{} : found->second.request;
}

void Requests::explained(std::uint64_t request) {
  if (Entry* entry = find(request)) entry->explained = true;
}

bool Requests::is_explained(std::uint64_t request) const {
  const auto found = entries_.find(request);
  return found != entries_.end() && found->second.explained;
}

void Requests::end(std::uint64_t request, Moved moved) {
  Entry* entry = find(request);
  if (entry == nullptr) return;
  entry->ended = clock_.steady();
  const auto& command = entry->request.command;
  const bool release = command.command == domain::Command::release_compartment;
  if (moved == Moved::no) {
    entry->explained = true;  // nothing at the device can be its effect
    if (release) released_until_.erase({entry->device, command.part});
  } else if (release) {
    released_until_[{entry->device, command.part}] = clock_.steady() + domain::release_window;
  }
}

void Requests::told(std::uint64_t request) {
  if (Entry* entry = find(request)) entry->request.told = true;
}

void Requests::tidy() {
  const SteadyTime now = clock_.steady();
  std::erase_if(entries_, [now](const auto& entry) {
    return entry.second.ended && now - *entry.second.ended > linger;
  });
  std::erase_if(released_until_, [now](const auto& entry) { return entry.second < now; });
}

std::vector<domain::UnderWay> Requests::of(const DeviceId& device) const {
  std::vector<domain::UnderWay> under_way;
  std::vector<domain::UnderWay> ended;
  const SteadyTime now = clock_.steady();
  for (const auto& [request, entry] : entries_) {
    if (entry.device != device || entry.explained) continue;
    if (!entry.ended) {
      under_way.push_back(entry.request);
    } else if (now - *entry.ended <= linger) {
      ended.push_back(entry.request);
    }
  }
  under_way.insert(under_way.end(), ended.rbegin(), ended.rend());
  return under_way;
}

std::vector<std::uint8_t> Requests::released(const DeviceId& device) const {
  std::vector<std::uint8_t> parts;
  const SteadyTime now = clock_.steady();
  for (const auto& [place, until] : released_until_) {
    if (place.first == device && until >= now) parts.push_back(place.second);
  }
  return parts;
}

void Requests::sent(const std::vector<domain::RecordDraft>& drafts) {
  for (const auto& record : drafts) {
    if (Entry* entry = find(request_of(record))) ++entry->records_out;
  }
}

void Requests::committed(const std::vector<domain::Record>& records) {
  bool any = false;
  for (const auto& record : records) {
    Entry* entry = find(request_of(record.draft));
    if (entry == nullptr) continue;
    ++entry->records_in;
    entry->seq = record.seq;
    any = true;
  }
  if (any) on_disk_.ring();
}

boost::asio::awaitable<std::optional<Seq>> Requests::recorded(std::uint64_t request,
                                                              std::chrono::milliseconds most) {
  const SteadyTime end = Steady::now() + most;
  for (;;) {
    const Entry* entry = find(request);
    if (entry == nullptr) co_return std::nullopt;
    if (entry->records_out > 0 && entry->records_in >= entry->records_out) co_return entry->seq;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) co_return std::nullopt;
    co_await on_disk_.wait(left);
  }
}

Requests::Entry* Requests::find(std::uint64_t request) {
  const auto found = entries_.find(request);
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace genkan::services
