#include <algorithm>
#include <span>
#include <tuple>

#include "drivers/profile/profile.hpp"

namespace genkan::profile {

namespace {

using std::chrono::milliseconds;

// A gap between two reads is worth bridging while it costs less than another exchange. One costs
// about 20 characters on a serial line (question 8, answer without data 5, two silences of 3.5);
// 8 words are 16 characters, 128 bits as well.
constexpr unsigned worthwhile_words = 8;
constexpr unsigned worthwhile_bits = 128;

// Something that must be read in one piece.
struct Need {
  bus::Table table;
  PollLane lane;
  milliseconds interval;
  std::uint32_t first;
  std::uint32_t end;  // one past the last
};

struct Limits {
  std::uint32_t most_words = 125;
  std::uint32_t most_bits = 2000;
  std::uint32_t most_gap = 64;
};

Limits limits_of(const std::vector<UnitPart>& unit) {
  Limits limits;
  for (const auto& part : unit) {
    const Timing& timing = part.profile->timing;
    limits.most_words = std::min<std::uint32_t>(limits.most_words, timing.most_words);
    limits.most_bits = std::min<std::uint32_t>(limits.most_bits, timing.most_bits);
    limits.most_gap = std::min<std::uint32_t>(limits.most_gap, timing.most_gap);
  }
  return limits;
}

bool is_bits(bus::Table table) {
  return table == bus::Table::coil || table == bus::Table::discrete;
}

std::uint32_t most_of(const Limits& limits, bus::Table table) {
  return is_bits(table) ? limits.most_bits : limits.most_words;
}

void add_needs(const Register& reg, std::uint16_t channel, std::vector<Need>& needs) {
  const unsigned parts = std::max<unsigned>(reg.parts, 1);
  for (unsigned part = 1; part <= parts; ++part) {
    const std::uint32_t at = reg.place(channel, static_cast<std::uint8_t>(part));
    needs.push_back({reg.table, reg.lane, reg.poll, at, at + reg.width()});
  }
}

std::vector<Need> needs_of(const std::vector<UnitPart>& unit) {
  std::vector<Need> needs;
  for (const auto& [profile, channels] : unit) {
    for (const auto& reg : profile->registers) {
      if (!reg.polled) continue;
      for (const auto channel : channels) add_needs(reg, channel, needs);
    }
  }
  std::ranges::sort(needs, {}, [](const Need& need) {
    return std::tuple(need.table, need.first, need.end, need.lane, need.interval);
  });
  return needs;
}

// Whether any profile of the unit has a register there, for any of its channels and parts: then the
// device has it, and it can be read in vain.
bool is_known(const std::vector<UnitPart>& unit, bus::Table table, std::uint32_t address) {
  for (const auto& part : unit) {
    for (const auto& reg : part.profile->registers) {
      if (reg.table != table) continue;
      for (std::uint16_t channel = 1; channel <= part.profile->info.channels; ++channel) {
        for (unsigned p = 1; p <= std::max<unsigned>(reg.parts, 1); ++p) {
          const std::uint32_t at = reg.place(channel, static_cast<std::uint8_t>(p));
          if (address >= at && address < at + reg.width()) return true;
        }
        if (reg.per_channel == 0 && reg.bits_per_channel == 0) break;
      }
    }
  }
  return false;
}

// What overlaps is read once: in the more urgent lane, at the shorter interval.
void unify_overlaps(std::vector<Need>& needs) {
  std::size_t begin = 0;
  while (begin < needs.size()) {
    Need& first = needs[begin];
    std::uint32_t reach = first.end;
    std::size_t end = begin + 1;
    for (; end < needs.size() && needs[end].table == first.table && needs[end].first < reach;
         ++end) {
      reach = std::max(reach, needs[end].end);
      first.lane = std::min(first.lane, needs[end].lane);
      first.interval = std::min(first.interval, needs[end].interval);
    }
    for (std::size_t i = begin; i < end; ++i) {
      needs[i].lane = first.lane;
      needs[i].interval = first.interval;
    }
    begin = end;
  }
}

class Planner {
 public:
  explicit Planner(const std::vector<UnitPart>& unit) : unit_(unit), limits_(limits_of(unit)) {}

  // `needs` of one table, lane and interval, by address; the more urgent and the shorter interval
  // are joined first. Taking as much as fits from the front
  // gives the fewest reads, since what begins later never reaches less far.
  void join(std::span<const Need> needs) {
    for (const auto& need : needs) {
      if (is_read_already(need)) continue;
      if (!ranges_.empty() && fits(ranges_.back(), need)) {
        ranges_.back().end = std::max(ranges_.back().end, need.end);
      } else {
        ranges_.push_back(need);
      }
    }
    finished_.insert(finished_.end(), ranges_.begin(), ranges_.end());
    ranges_.clear();
  }

  std::vector<ReadRange> result() const {
    std::vector<ReadRange> list;
    list.reserve(finished_.size());
    for (const auto& range : finished_) {
      list.push_back({range.table, static_cast<std::uint16_t>(range.first),
                      static_cast<std::uint16_t>(range.end - range.first), range.lane,
                      range.interval});
    }
    return list;
  }

 private:
  // Another read brings it along, to bridge a gap of its own.
  bool is_read_already(const Need& need) const {
    return std::ranges::any_of(finished_, [&need](const Need& range) {
      return range.table == need.table && range.interval <= need.interval &&
             range.first <= need.first && need.end <= range.end;
    });
  }

  bool fits(const Need& range, const Need& next) const {
    if (next.end <= range.end) return true;
    if (next.end - range.first > most_of(limits_, range.table)) return false;
    if (next.first <= range.end) return true;
    const std::uint32_t gap = next.first - range.end;
    const auto worthwhile = is_bits(range.table) ? worthwhile_bits : worthwhile_words;
    if (gap > std::max(limits_.most_gap, worthwhile)) return false;
    std::uint32_t unknown = 0;
    for (std::uint32_t at = range.end; at < next.first && unknown <= limits_.most_gap; ++at) {
      if (!is_known(unit_, range.table, at)) ++unknown;
    }
    return unknown <= limits_.most_gap;
  }

  const std::vector<UnitPart>& unit_;
  Limits limits_;
  std::vector<Need> ranges_;
  std::vector<Need> finished_;
};

}  // namespace

std::vector<ReadRange> plan_reads(const std::vector<UnitPart>& unit) {
  std::vector<Need> needs = needs_of(unit);
  unify_overlaps(needs);
  const auto group = [](const Need& need) {
    return std::tuple(need.lane, need.interval, need.table);
  };
  std::ranges::sort(needs, {}, [&group](const Need& need) {
    return std::tuple(group(need), need.first, need.end);
  });
  Planner planner(unit);
  for (auto begin = needs.begin(); begin != needs.end();) {
    const auto end = std::find_if(begin, needs.end(), [&group, &begin](const Need& need) {
      return group(need) != group(*begin);
    });
    planner.join(std::span(begin, end));
    begin = end;
  }
  auto reads = planner.result();
  std::ranges::sort(reads, {}, [](const ReadRange& read) {
    return std::tuple(read.lane, read.table, read.address, read.interval);
  });
  return reads;
}

std::vector<ReadRange> plan_reads(const Profile& profile,
                                  const std::vector<std::uint16_t>& channels) {
  return plan_reads(std::vector<UnitPart>{{&profile, channels}});
}

}  // namespace genkan::profile
