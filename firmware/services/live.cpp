#include "firmware/services/live.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace genkan::services {

namespace {

constexpr std::array<std::string_view, 4> kind_names{"device", "record", "trouble", "bus"};
constexpr std::size_t most_subscribers = 64;

enum class Ended : std::uint8_t { no, too_slow, stopped, dropped };

}  // namespace

std::string_view name_of(LiveKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<LiveKind> live_named(std::string_view name) {
  const auto* found = std::ranges::find(kind_names, name);
  if (found == kind_names.end()) return std::nullopt;
  return static_cast<LiveKind>(found - kind_names.begin());
}

struct Subscription::Queue {
  LiveKinds kinds = LiveKinds::none();
  std::size_t bound = 0;
  std::deque<std::variant<LiveEvent, DeviceId>> waiting;
  std::size_t counted = 0;  // of them, those that the bound counts: all but devices
  Ended ended = Ended::no;
  std::weak_ptr<LiveHub::Render> render;
  Signal news;

  bool open() const { return ended == Ended::no; }

  void end(Ended why) {
    if (!open()) return;
    ended = why;
    waiting.clear();
    news.ring();
  }

  void put(const DeviceId& device) {
    if (!open() || !kinds.has(LiveKind::device)) return;
    const auto is_it = [&device](const auto& entry) {
      const auto* id = std::get_if<DeviceId>(&entry);
      return id != nullptr && *id == device;
    };
    if (std::ranges::any_of(waiting, is_it)) return;
    waiting.emplace_back(device);
    news.ring();
  }

  void put(const LiveEvent& event) {
    if (!open() || !kinds.has(event.kind)) return;
    if (counted >= bound) return end(Ended::too_slow);
    ++counted;
    waiting.emplace_back(event);
    news.ring();
  }

  // Nothing if the first entry was a device that is gone.
  std::optional<LiveEvent> take() {
    const auto entry = std::move(waiting.front());
    waiting.pop_front();
    if (const auto* event = std::get_if<LiveEvent>(&entry)) {
      --counted;
      return *event;
    }
    const auto make = render.lock();
    if (make == nullptr) return std::nullopt;
    const auto object = (*make)(std::get<DeviceId>(entry));
    if (!object) return std::nullopt;
    return LiveEvent{LiveKind::device, std::nullopt,
                     std::make_shared<const std::string>(json::serialize(*object))};
  }
};

Subscription::~Subscription() { queue_->end(Ended::dropped); }

boost::asio::awaitable<Result<LiveEvent>> Subscription::next(std::chrono::milliseconds wait) {
  const std::shared_ptr<Queue> queue = queue_;
  for (bool last = false;;) {
    while (!queue->waiting.empty()) {
      auto event = queue->take();
      if (event) co_return std::move(*event);
    }
    if (queue->ended == Ended::too_slow) {
      co_return fail(ErrorCode::busy, "the stream was not read fast enough and was closed");
    }
    if (!queue->open()) co_return fail(ErrorCode::cancelled, "the stream has ended");
    if (last) co_return fail(ErrorCode::timeout, "nothing happened");
    const bool rung = co_await queue->news.wait(wait);
    last = !rung;
  }
}

LiveHub::LiveHub(Render render) : render_(std::make_shared<Render>(std::move(render))) {}

LiveHub::~LiveHub() { stop(); }

std::unique_ptr<Subscription> LiveHub::subscribe(LiveKinds kinds, std::size_t bound,
                                                 const std::vector<DeviceId>& devices) {
  drop_ended();
  if (queues_.size() >= most_subscribers) return nullptr;
  auto queue = std::make_shared<Subscription::Queue>();
  queue->kinds = kinds;
  queue->bound = bound;
  queue->render = render_;
  if (kinds.has(LiveKind::device)) queue->waiting.assign(devices.begin(), devices.end());
  queues_.push_back(queue);
  return std::make_unique<Subscription>(std::move(queue));
}

void LiveHub::device_changed(const DeviceId& device) {
  for (const auto& weak : queues_) {
    if (const auto queue = weak.lock()) queue->put(device);
  }
}

void LiveHub::records(const std::vector<domain::Record>& committed) {
  for (const auto& record : committed) {
    publish(LiveKind::record, record.seq, domain::to_json(record));
  }
}

void LiveHub::trouble(const json::object& trouble) {
  publish(LiveKind::trouble, std::nullopt, trouble);
}

void LiveHub::bus(const json::object& bus) { publish(LiveKind::bus, std::nullopt, bus); }

void LiveHub::stop() {
  for (const auto& weak : queues_) {
    if (const auto queue = weak.lock()) queue->end(Ended::stopped);
  }
}

void LiveHub::publish(LiveKind kind, std::optional<Seq> seq, const json::object& object) {
  drop_ended();
  if (queues_.empty()) return;
  const LiveEvent event{kind, seq, std::make_shared<const std::string>(json::serialize(object))};
  for (const auto& weak : queues_) {
    if (const auto queue = weak.lock()) queue->put(event);
  }
}

void LiveHub::drop_ended() {
  queues_.remove_if([](const std::weak_ptr<Subscription::Queue>& weak) {
    const auto queue = weak.lock();
    return queue == nullptr || !queue->open();
  });
}

}  // namespace genkan::services
