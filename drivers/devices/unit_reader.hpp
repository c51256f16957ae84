#pragma once

#include <memory>
#include <vector>

#include "drivers/devices/link.hpp"
#include "drivers/profile/profile.hpp"

namespace genkan::devices {

// One read that is asked again and again, and what it brought last.
struct Range {
  bus::PollSpec spec;
  bus::PollId poll = 0;
  std::vector<std::uint16_t> values;  // of the last good answer
  SteadyTime good{};                  // when that came; meaningless until `heard`
  WallTime good_wall{};               //
  bool heard = false;
  bool owed = false;         // an answer was missed, or its unit or line was lost, since `good`
  std::uint32_t misses = 0;  // polls that failed, since configured
  bus::Ending missed = bus::Ending::silent;  // how the last of them failed
  std::uint8_t exception = 0;                //

  bool covers(bus::Table table, std::uint16_t address, std::uint16_t width) const;
  // A good answer came after `time`, and none was missed since.
  bool good_since(SteadyTime time) const { return heard && !owed && good > time; }
};

// Reads one unit on a bus for all the devices that live in it: which polls that takes, what they
// brought and which of it still holds. Loop thread.
class UnitReader {
 public:
  struct Member {
    const profile::Profile* profile;
    std::uint16_t channel;
    bool operator==(const Member&) const = default;
  };

  UnitReader(std::uint8_t unit, std::shared_ptr<Link> link, const Clock& clock);

  // Takes over who lives in the unit. Polls that are the same as before go on undisturbed.
  void plan(const std::vector<Member>& members);
  // Removes all polls and makes the bus forget the unit.
  void close();

  // The reads that bring the polled registers of a device, of one register, of one field.
  std::vector<std::shared_ptr<Range>> ranges(const Member& member) const;
  std::vector<std::shared_ptr<Range>> ranges(const Member& member, const profile::Register& reg,
                                             std::uint8_t part) const;
  std::vector<std::shared_ptr<Range>> ranges(const Member& member, domain::FieldKey field) const;

  // Takes in what a poll brought; whether any value changed.
  bool take(bus::PollId poll, const bus::Answer& answer);
  // The unit or its line fell silent: no value is the present one until it was read again.
  void lose();
  // Reads that were not asked again for so long that their values cannot be called present; whether
  // there were any.
  bool lose_older_than(SteadyTime now, std::chrono::milliseconds slack);

  void set_dead(bool dead) { dead_ = dead; }
  bool dead() const { return dead_; }
  std::uint8_t unit() const { return unit_; }
  const profile::RegisterImage& image() const { return image_; }
  const std::vector<std::shared_ptr<Range>>& all() const { return ranges_; }

 private:
  void miss(Range& range, const bus::Answer& answer);
  void catch_up();

  std::uint8_t unit_;
  std::shared_ptr<Link> link_;
  const Clock& clock_;
  std::vector<Member> members_;
  std::vector<std::shared_ptr<Range>> ranges_;
  profile::RegisterImage image_;
  bool dead_ = false;
  bool catching_up_ = false;
};

}  // namespace genkan::devices
