#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/domain/events.hpp"
#include "firmware/services/signal.hpp"

namespace genkan::services {

// Which commands of ours are under way or have just ended, so that a change at a device finds whose
// it is, whichever comes first: the device's report or the command's end. Loop thread.
class Requests {
 public:
  // A command's trace may come this long after its end (a slow bolt, a slow poll).
  static constexpr std::chrono::seconds linger{10};

  explicit Requests(const Clock& clock) : clock_(clock) {}

  // Returns the request's number: from 1, since the gateway started.
  std::uint64_t begin(const DeviceId& device, const domain::DeviceCommand& command,
                      const domain::Caller& caller);
  domain::UnderWay get(std::uint64_t request) const;
  // A change at the device was explained by it.
  void explained(std::uint64_t request);
  bool is_explained(std::uint64_t request) const;
  // It ended; `moved` tells whether it can have reached the device at all.
  enum class Moved : std::uint8_t { no, maybe };
  void end(std::uint64_t request, Moved moved);
  // Its own record was written, though no change was seen: the change is still to come.
  void told(std::uint64_t request);
  // Forgets what ended long ago.
  void tidy();

  // Those that a change at the device may be the effect of, the likeliest first: what is under way
  // in its order, then what ended, the latest first.
  std::vector<domain::UnderWay> of(const DeviceId& device) const;
  // Compartments released in the last domain::release_window.
  std::vector<std::uint8_t> released(const DeviceId& device) const;

  // Records with "request" in their body are counted out and in, so that an answer can wait for
  // those of its request to be on disk.
  void sent(const std::vector<domain::RecordDraft>& drafts);
  void committed(const std::vector<domain::Record>& records);
  // The number of the request's last record, once all its records are on disk; at most `most`.
  boost::asio::awaitable<std::optional<Seq>> recorded(std::uint64_t request,
                                                      std::chrono::milliseconds most);

 private:
  struct Entry {
    DeviceId device;
    domain::UnderWay request;
    bool explained = false;
    std::optional<SteadyTime> ended;
    std::uint32_t records_out = 0;
    std::uint32_t records_in = 0;
    Seq seq{};
  };
  Entry* find(std::uint64_t request);

  const Clock& clock_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Entry> entries_;
  std::map<std::pair<DeviceId, std::uint8_t>, SteadyTime> released_until_;
  Signal on_disk_;
};

}  // namespace genkan::services
