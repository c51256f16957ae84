#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "drivers/bus/exchange.hpp"
#include "drivers/devices/delay.hpp"
#include "drivers/profile/profile.hpp"

namespace genkan::devices {

// What an output needs of its device.
class OutputSide {
 public:
  struct Reading {
    std::int64_t raw;
    SteadyTime at;
  };
  using Done = std::function<void(const bus::Answer&)>;

  virtual ~OutputSide() = default;
  // Writes in the command lane; `done` may be empty.
  virtual void write(profile::RegisterIndex reg, std::uint8_t part, std::int32_t raw,
                     SteadyTime deadline, Done done) = 0;
  // The register's present value; nothing if it is not read or the last read failed.
  virtual std::optional<Reading> reading(profile::RegisterIndex reg, std::uint8_t part) const = 0;
  virtual bool polled(profile::RegisterIndex reg, std::uint8_t part) const = 0;
  virtual void hurry(profile::RegisterIndex reg, std::uint8_t part) = 0;
  // The line is up and the unit is not known to be dead.
  virtual bool reachable() const = 0;
};

// A contact that we switch: what it should be, by holds and running pulses, against what is read
// back; a difference is written again until it is closed, at growing pauses (0.1 s to 5 s; after
// five tries on a unit that does not answer, every 30 s or when it answers again). A door must not
// stay open: the end of every pulse and hold is pursued until the contact is read as off (or, if
// the register is not polled, until the write was echoed). Loop thread; held by shared_ptr.
class Output : public std::enable_shared_from_this<Output> {
 public:
  struct Spec {
    profile::RegisterIndex reg = 0;
    std::uint8_t part = 0;
    std::int32_t on = 1;   // raw
    std::int32_t off = 0;  // raw
    std::chrono::milliseconds pulse{5000};
    // Off is what it must be whenever nobody holds or pulses it (doors). Otherwise it stays as it
    // is found (lights).
    bool closes = true;
  };
  // What it is doing. The transitions stand in one table in output.cpp.
  enum class Phase : std::uint8_t {
    rest,     // off, as far as we are concerned
    foreign,  // on, and not by us (a button at the device): left so for one pulse time
    pulse,    // on until its time
    held,     // on until released
    gap,      // held, and off for one pulse time because somebody asked to open
    closing,  // being switched off, until that is confirmed
  };

  Output(Spec spec, OutputSide& side, std::shared_ptr<Delay> delay, const Clock& clock);

  // Switches on now; off again one pulse time after this write ended, or after the last such write
  // if several follow. `done` has the write's answer.
  void pulse(SteadyTime deadline, OutputSide::Done done);
  // Of a held output: off now, and on again one pulse time after this write ended.
  void blink(SteadyTime deadline, OutputSide::Done done);
  // Of a held output: notes that it was told to open, so that a release does not cut that short.
  void note_opening();
  // Desired on or off by the records, pursued in the background.
  void hold(bool held);
  // The same as a person's command: written at once, even if it is so already.
  void hold_now(SteadyTime deadline, OutputSide::Done done);
  // False if nothing is written because an opening still runs; it then ends by itself.
  bool release_now(SteadyTime deadline, OutputSide::Done done);

  // Somebody switches it on for good: an end that is still pursued is given up. Only of outputs
  // that need not be off (lights).
  void leave();
  // The device was read.
  void seen();
  // The unit or its line is back: what was known of the contact may not hold any more.
  void revived();
  // Ends running pulses now (orderly stop of the gateway).
  void finish();
  // Does nothing more. The side may go. With `switch_off`, an output that is on by us is written
  // off a last time.
  void stop(bool switch_off);

  Phase phase() const { return phase_; }
  bool held() const { return phase_ == Phase::held || phase_ == Phase::gap; }
  // Nothing of ours waits to be switched off.
  bool settled() const { return phase_ == Phase::rest || phase_ == Phase::held; }
  bool is_on() const;
  const Spec& spec() const { return spec_; }

 private:
  enum class Event : std::uint8_t {
    pulse,
    hold,
    release,
    release_while_opening,
    blink,
    time,
    found_on,
    seen_on,
    seen_off,
    confirmed,
    leave,
  };
  struct Transition;
  struct Written {
    std::int32_t raw;
    SteadyTime at;
    bool echoed;
  };

  bool apply(Event event);
  void release_event();
  void set_timer(SteadyTime when);
  void on_time();
  void send(std::int32_t raw, SteadyTime deadline, OutputSide::Done done);
  void sent(std::int32_t raw, const bus::Answer& answer);
  void pulse_sent(Phase before, const bus::Answer& answer);
  void blink_sent(const bus::Answer& answer);
  void drive();
  void drive_later(SteadyTime when);
  bool reached(std::int32_t raw) const;
  std::optional<std::int32_t> wanted() const;

  static const Transition transitions[];

  Spec spec_;
  OutputSide* side_;  // null after stop
  std::shared_ptr<Delay> delay_;
  const Clock& clock_;
  Phase phase_ = Phase::rest;
  SteadyTime open_until_{};  // end of the running pulse
  SteadyTime wait_until_{};  // end of a gap or of a foreign opening
  std::optional<Written> written_;
  std::uint32_t writes_out_ = 0;
  std::uint32_t tries_ = 0;
  SteadyTime next_try_{};
  Delay::Ticket timer_ = 0;
  Delay::Ticket retry_ = 0;
  bool first_ = true;  // not read yet since configured or revived
};

}  // namespace genkan::devices
