#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/record.hpp"
#include "firmware/services/signal.hpp"

// What happens, told as it happens to whoever looks: screens, the agent, the CLI. Loop thread.
namespace genkan::services {

enum class LiveKind : std::uint8_t { device, record, trouble, bus };
std::string_view name_of(LiveKind kind);  // "device", "record", "trouble", "bus"
std::optional<LiveKind> live_named(std::string_view name);

// Which kinds a subscriber wants.
class LiveKinds {
 public:
  static LiveKinds all() { return LiveKinds(0x0F); }
  static LiveKinds none() { return LiveKinds(0); }
  void add(LiveKind kind) { bits_ = static_cast<std::uint8_t>(bits_ | bit(kind)); }
  bool has(LiveKind kind) const { return (bits_ & bit(kind)) != 0; }

 private:
  explicit LiveKinds(std::uint8_t bits) : bits_(bits) {}
  static std::uint8_t bit(LiveKind kind) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
  }
  std::uint8_t bits_;
};

struct LiveEvent {
  LiveKind kind{};
  std::optional<Seq> seq;                   // records only
  std::shared_ptr<const std::string> data;  // one line of JSON
};

class LiveHub;

// One subscriber's queue. Destroying it ends the subscription. May outlive the hub.
class Subscription {
 public:
  struct Queue;
  explicit Subscription(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // The next event, in the order in which things happened. Errors: `timeout` when nothing came
  // within `wait` (send a comment and ask again); `busy` when this subscriber did not keep up and
  // was closed; `cancelled` when the gateway stops. After the last two nothing comes any more.
  // One call at a time.
  boost::asio::awaitable<Result<LiveEvent>> next(std::chrono::milliseconds wait);

 private:
  std::shared_ptr<Queue> queue_;
};

// Fans out to at most 64 subscribers. A device's event is made when it is taken, from the present
// state, and waits at most once in each queue: devices never overflow one. Records, troubles and
// buses do: a queue with more than its bound of them is closed.
class LiveHub {
 public:
  // Renders a device as it is now; nothing if it is gone.
  using Render = std::function<std::optional<json::object>(const DeviceId&)>;
  explicit LiveHub(Render render);
  ~LiveHub();
  LiveHub(const LiveHub&) = delete;
  LiveHub& operator=(const LiveHub&) = delete;

  // `devices` are queued at once (if wanted): the present comes first. Null when 64 are there.
  std::unique_ptr<Subscription> subscribe(LiveKinds kinds, std::size_t bound,
                                          const std::vector<DeviceId>& devices);

  void device_changed(const DeviceId& device);
  void records(const std::vector<domain::Record>& committed);
  void trouble(const json::object& trouble);  // T with "standing" in front
  void bus(const json::object& bus);          // {"id", "up", "fault"}
  // Ends every subscription.
  void stop();

 private:
  void publish(LiveKind kind, std::optional<Seq> seq, const json::object& object);
  void drop_ended();

  std::shared_ptr<Render> render_;
  std::list<std::weak_ptr<Subscription::Queue>> queues_;
};

}  // namespace genkan::services
