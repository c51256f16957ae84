#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/devices/command_queue.hpp"
#include "drivers/devices/context.hpp"
#include "drivers/devices/output.hpp"
#include "drivers/devices/unit_reader.hpp"

namespace genkan::devices {

// What a device needs to know of its line.
struct LineState {
  std::string fault;  // why it is down; empty: it is up, or not known yet
};

// Where a device hangs.
struct Attachment {
  std::shared_ptr<Link> link;
  std::shared_ptr<UnitReader> reader;
  std::shared_ptr<const LineState> line;
};

// One device: what it reports, its outputs and the commands on their way to it. Loop thread; held
// by shared_ptr, since coroutines of callers may outlive its place in the fleet.
class Device final : public OutputSide, public std::enable_shared_from_this<Device> {
 public:
  Device(domain::DeviceConfig config, const profile::Profile& profile,
         std::shared_ptr<const Context> context);

  // Takes its place in a unit whose reads are planned, or the unit's reads were planned anew.
  void attach(Attachment attachment);
  // Leaves for good: all commands end with `reason` and all waits are over. `switch_off` as in
  // Output::stop.
  void detach(domain::Reason reason, bool switch_off);
  // New names, rooms and so on; the hardware is the same.
  void rename(domain::DeviceConfig config) { config_ = std::move(config); }

  // A poll of its unit ended.
  void on_poll(bus::PollId poll, bool values_changed);
  // The unit or line was lost or found: its link may have changed.
  void on_link();
  // The unit answers again, or its line is back.
  void on_revived();

  const domain::DeviceConfig& config() const { return config_; }
  const profile::Profile& profile() const { return profile_; }
  const Context& context() const { return *context_; }
  const domain::Reported& reported() const { return reported_; }
  UnitReader::Member member() const { return {&profile_, config_.channel}; }
  bool detached() const { return attachment_.reader == nullptr; }
  domain::Reason detach_reason() const { return detach_reason_; }
  // Of the line; empty if it is up.
  std::string line_fault() const;
  bool unit_dead() const;
  // Null once detached.
  const std::shared_ptr<Link>& link() const { return attachment_.link; }

  // Runs the command when its turn comes, at once if none is before it.
  std::shared_ptr<Ticket> enqueue(domain::DeviceCommand command, SteadyTime deadline);
  void expire(const std::shared_ptr<Ticket>& ticket) { queue_.expire(ticket); }

  // Is notified at each answer and each change, until the last owner lets go of it.
  std::shared_ptr<Wake> new_wake();

  // Its reads: all, or those that bring a field or register. Empty once detached.
  const std::vector<std::shared_ptr<Range>>& ranges() const { return ranges_; }
  std::vector<std::shared_ptr<Range>> ranges(domain::FieldKey field) const;
  std::vector<std::shared_ptr<Range>> ranges(profile::RegisterIndex reg, std::uint8_t part) const;
  void hurry(const std::vector<std::shared_ptr<Range>>& ranges);
  std::optional<std::int64_t> raw(profile::RegisterIndex reg, std::uint8_t part) const;

  // Null if none of the device's commands switches that register for a time or holds it.
  Output* output(profile::RegisterIndex reg, std::uint8_t part) const;
  // The output that `hold` drives; null if the model has none.
  Output* held_output() const;
  void hold(bool held);
  bool held() const;
  // Ends running pulses; whether all outputs are settled.
  bool finish_outputs();
  bool outputs_settled() const;

  void write(profile::RegisterIndex reg, std::uint8_t part, std::int32_t raw, SteadyTime deadline,
             Done done) override;
  std::optional<Reading> reading(profile::RegisterIndex reg, std::uint8_t part) const override;
  bool polled(profile::RegisterIndex reg, std::uint8_t part) const override;
  void hurry(profile::RegisterIndex reg, std::uint8_t part) override;
  bool reachable() const override;

 private:
  using OutputKey = std::pair<profile::RegisterIndex, std::uint8_t>;

  void make_outputs();
  void add_outputs(const profile::Write& write, const Output::Spec& spec);
  void update(bool values_changed);
  void decode(domain::Reported& now);
  domain::Link judge_link();
  void set_read_at(domain::Reported& now) const;
  void watch_silence();
  void run_next();
  void notify();

  domain::DeviceConfig config_;
  const profile::Profile& profile_;
  std::shared_ptr<const Context> context_;
  Attachment attachment_;
  std::shared_ptr<Link> kept_link_;  // while the last writes of a device that leaves are submitted
  domain::Reason detach_reason_ = domain::Reason::stopping;
  std::vector<std::shared_ptr<Range>> ranges_;
  domain::Reported reported_;
  SteadyTime missing_since_{};  // while the link is stale or disconnected
  Delay::Ticket silence_timer_ = 0;
  std::map<OutputKey, std::shared_ptr<Output>> outputs_;
  CommandQueue queue_;
  std::vector<std::weak_ptr<Wake>> wakes_;
  std::set<std::string> strange_told_;
};

}  // namespace genkan::devices
