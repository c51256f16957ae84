#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "drivers/devices/behaviour.hpp"
#include "drivers/devices/device.hpp"

namespace genkan::devices {

// One command under way; see command_run.hpp for its rules. Lives in its coroutine.
class Run {
 public:
  template <class T>
  using Await = boost::asio::awaitable<T>;
  using Ranges = std::vector<std::shared_ptr<Range>>;

  Run(std::shared_ptr<Device> device, domain::DeviceCommand command, SteadyTime deadline);
  Await<domain::Outcome> go();

 private:
  // How a write goes out: as it is, or through the output that it drives.
  enum class Way : std::uint8_t { plain, pulse, hold, release, blink };
  // What the reads say of a write whose echo was lost.
  enum class Took : std::uint8_t { yes, no, unknown };
  using Ended = std::optional<domain::Outcome>;

  // command_run.cpp
  void add_earlier_writes();
  Await<Ended> check_before_toggle();
  Await<domain::Outcome> write_and_confirm();
  // Sends a write until it is known to have taken; otherwise how the command ended.
  Await<Ended> bring(profile::Write write, Way way, bool last);
  Await<std::optional<bus::Answer>> send(profile::Write write, Way way);
  Await<Took> look(profile::Write write, bool last, std::optional<std::int64_t> before,
                   SteadyTime since);
  Await<domain::Outcome> confirm();
  // Asks the reads if the pause since the last time is over, and waits for news, until `limit`.
  Await<void> wait_for_read(Ranges ranges, SteadyTime limit);

  // command_verdicts.cpp
  domain::Outcome line_down() const;
  domain::Outcome gone() const;
  domain::Outcome done(std::string detail) const;
  domain::Outcome not_sent(const bus::Answer& answer) const;
  domain::Outcome no_word() const;
  domain::Outcome lost(const bus::Answer& answer, Took took) const;
  domain::Outcome unheard() const;
  Situation situation(bool cut_short) const;
  bool holds() const;
  // The confirmation's field in `state`.
  std::optional<std::int32_t> confirmed_value(const domain::DeviceState& state) const;

  // entrance.cpp
  Way way_of(const profile::Write& write) const;
  Output* held_opening() const;
  Await<domain::Outcome> open_while_held(Output* output);
  Await<domain::Outcome> blink(Output* output);
  void prepare_output();
  void undo_hold(const domain::Outcome& outcome);

  Output* output_of(const profile::Write& write) const;
  SteadyTime now() const { return device_->context().clock.steady(); }

  std::shared_ptr<Device> device_;
  domain::DeviceCommand command_;
  SteadyTime deadline_;
  const profile::CommandPlan& plan_;
  std::shared_ptr<Wake> wake_;
  domain::DeviceState before_;
  Ranges confirming_;           // the reads of the confirmation's field and of earlier writes
  bool was_silent_ = false;     // the unit was known not to answer when the command began
  bool was_held_ = false;       //
  bool any_sent_ = false;       // a write went on the wire
  bool echoed_ = true;          // every write so far was echoed
  bool still_opening_ = false;  // a release that leaves a running opening alone
  bool stood_still_ = false;    // time went by in which this program did not run
  SteadyTime written_at_{};     // the last write's end
  SteadyTime next_ask_{};       //
};

}  // namespace genkan::devices
