// One decision at a door (KEY-60) with 250,000 keys and 64 doors, against a bare look-up of the
// same hashes in a std::unordered_map, in the same run; and how much memory a key takes in both.
//   decision_bench
// Prints one JSON object a figure.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <malloc.h>

#include "firmware/base/text.hpp"
#include "firmware/domain/keys/key_ring.hpp"
#include "tests/bench/figures.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

constexpr std::size_t keys = 250'000;
constexpr std::size_t doors = 64;
constexpr std::size_t decisions = 400'000;
constexpr double goal_us = 100;

// What the program holds from operator new, with what malloc rounds up; one thread.
std::size_t held = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  held += malloc_usable_size(memory) + sizeof(std::size_t);  // and malloc's own word before it
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) held -= malloc_usable_size(memory) + sizeof(std::size_t);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace {

using Random = std::mt19937_64;

std::uint32_t below(Random& random, std::size_t bound) {
  return static_cast<std::uint32_t>(random() % bound);
}

// As the gateway's keyed hash would be: random bits that depend on the secret alone.
KeyHash hash_of(Credential how, std::uint64_t secret) {
  Random random(secret * 16 + static_cast<std::uint64_t>(how));
  KeyHash hash;
  for (auto& byte : hash.bytes) byte = static_cast<std::uint8_t>(random());
  return hash;
}

DeviceId door(std::size_t number) { return DeviceId(cat("lock-", 101 + number)); }

// 1 January 2026, 00:00 in Tokyo; keys lie in the year after it.
constexpr LocalDay first_day{std::chrono::year{2026} / 1 / 1};
constexpr WallTime first_moment{std::chrono::sys_days{std::chrono::year{2025} / 12 / 31} +
                                std::chrono::hours{15}};

Span span(Random& random) {
  const auto start = first_day + std::chrono::hours{below(random, 365 * 24)};
  return {start, start + std::chrono::hours{1 + below(random, 72)}};
}

Recurrence recurrence(Random& random) {
  Recurrence made;
  made.first = first_day + std::chrono::days{below(random, 300)};
  made.last = made.first + std::chrono::days{30};
  made.from = std::chrono::hours{8 + below(random, 8)};
  made.to = made.from + std::chrono::hours{2};
  made.weekdays = static_cast<Weekdays>(1 + below(random, 127));
  return made;
}

Weekly weekly(Random& random) {
  const std::chrono::hours from{6 + below(random, 6)};
  return {static_cast<Weekdays>(1 + below(random, 127)), from, from + std::chrono::hours{9}};
}

// Half codes of 4 digits (some 12 keys share each), the others codes of 6, cards and links. Seven
// of ten once, one a recurrence, one in a validity group, one always.
Grant grant(Random& random, std::size_t i, const std::shared_ptr<const TimeZone>& zone) {
  Grant made{};
  made.key = {KeyOwner::reservation, cat("r-", 1'000'000 + i), false};
  const auto sort = below(random, 8);
  std::uint64_t secret = below(random, 10'000);
  if (sort >= 4) secret = 10'000 + below(random, 1'000'000);
  if (sort == 6) made.how = Credential::card;
  if (sort == 7) made.how = Credential::link;
  made.hash = hash_of(made.how, secret);
  made.doors = {door(below(random, doors))};
  if (made.how == Credential::link) {
    made.common_doors = {door(0), door(1), door(2)};
    made.allowance = std::chrono::minutes{30};
  }
  const auto timing = below(random, 10);
  if (timing < 7) {
    made.timing = span(random);
  } else if (timing == 7) {
    made.timing = recurrence(random);
  } else if (timing == 8) {
    made.timing = weekly(random);
  }
  made.zone = zone;
  return made;
}

struct Measured {
  std::vector<double> ring;  // microseconds
  std::vector<double> bare;
  std::size_t granted = 0;
};

double microseconds_since(SteadyTime began) {
  return std::chrono::duration<double, std::micro>(Steady::now() - began).count();
}

// Both see the same: three of four secrets are somebody's, at any door, at any time of the year.
Measured measure(const KeyRing& ring, const std::unordered_map<KeyHash, std::uint32_t>& bare,
                 const std::vector<std::pair<Credential, KeyHash>>& secrets, Random random) {
  Measured measured;
  measured.ring.reserve(decisions);
  measured.bare.reserve(decisions);
  std::size_t found = 0;
  for (std::size_t i = 0; i < decisions; ++i) {
    auto [how, hash] = secrets[below(random, secrets.size())];
    if (below(random, 4) == 0) hash = hash_of(how, 1'000'000'000 + i);
    const Shown shown{how, hash, door(below(random, doors)),
                      first_moment + std::chrono::minutes{below(random, 365 * 1440)},
                      ClockTrust::trusted};
    const bool ring_first = i % 2 == 0;  // so that neither always warms the other's caches
    for (const bool ours : {ring_first, !ring_first}) {
      const auto began = Steady::now();
      if (ours) {
        const Decision decision = ring.decide(shown);
        measured.ring.push_back(microseconds_since(began));
        if (decision.granted) ++measured.granted;
      } else {
        found += bare.contains(shown.hash) ? 1 : 0;
        measured.bare.push_back(microseconds_since(began));
      }
    }
  }
  if (found == 0) std::abort();  // the look-ups must not be left out
  return measured;
}

void report(const std::string& name, const Measured& measured) {
  const double p99 = bench::quantile(measured.ring, 0.99);
  bench::report(
      {cat(name, ", p50"), bench::median(measured.ring), "us", bench::median(measured.bare)});
  bench::report({cat(name, ", p99"), p99, "us", bench::quantile(measured.bare, 0.99),
                 "below 100 us", p99 < goal_us});
  bench::report({cat(name, ", p99.9"), bench::quantile(measured.ring, 0.999), "us",
                 bench::quantile(measured.bare, 0.999)});
  bench::remark(cat(name, ": ", measured.granted, " of ", measured.ring.size(), " opened"));
}

}  // namespace

int main() {
  const auto named = TimeZone::named("Asia/Tokyo");
  if (!named) {
    std::fprintf(stderr, "decision_bench: %s\n", named.error().message().c_str());
    return 1;
  }
  const auto zone = std::make_shared<const TimeZone>(*named);
  const Holidays holidays;
  std::vector<std::pair<Credential, KeyHash>> secrets;
  secrets.reserve(keys);

  const std::size_t before_ring = held;
  KeyRing ring(holidays);
  Random random(1);
  const auto began = Steady::now();
  for (std::size_t i = 0; i < keys; ++i) {
    Grant made = grant(random, i, zone);
    secrets.emplace_back(made.how, made.hash);
    ring.add(std::move(made));
  }
  const double filled_us = microseconds_since(began);
  const auto ring_bytes = static_cast<double>(held - before_ring) / keys;

  const std::size_t before_bare = held;
  std::unordered_map<KeyHash, std::uint32_t> bare;
  for (std::uint32_t i = 0; i < keys; ++i) bare.emplace(secrets[i].second, i);
  const auto bare_bytes =
      static_cast<double>(held - before_bare) / static_cast<double>(bare.size());

  measure(ring, bare, secrets, Random(2));  // every window was asked for once
  report("one decision, 250,000 keys, 64 doors", measure(ring, bare, secrets, Random(3)));
  bench::report({"memory of a key in the ring", ring_bytes, "bytes/key", bare_bytes});
  bench::report({"putting a key into the ring", filled_us / keys, "us", {}});

  // The worst that a manager can do: every guest of the year gets the same code, 4,000 at each
  // door.
  KeyRing alike(holidays);
  const KeyHash one = hash_of(Credential::code, 1234);
  for (std::size_t i = 0; i < keys; ++i) {
    Grant made = grant(random, i, zone);
    made.how = Credential::code;
    made.hash = one;
    made.timing = span(random);
    made.common_doors.clear();
    alike.add(std::move(made));
  }
  std::vector<double> times;
  // One every half minute of a week, in order, as time goes.
  for (std::size_t i = 0; i < 7 * 2'880; ++i) {
    const Shown shown{Credential::code, one, door(below(random, doors)),
                      first_moment + std::chrono::days{150} + i * std::chrono::seconds{30},
                      ClockTrust::trusted};
    const auto asked = Steady::now();
    const Decision decision = alike.decide(shown);
    times.push_back(microseconds_since(asked));
    if (decision.why == Refusal::unknown_key) std::abort();
  }
  const double p99 = bench::quantile(times, 0.99);
  bench::report({"one decision, one code for all holders, p50", bench::median(times), "us", {}});
  bench::report({"one decision, one code for all holders, p99",
                 p99,
                 "us",
                 {},
                 "below 100 us",
                 p99 < goal_us});
  return 0;
}
