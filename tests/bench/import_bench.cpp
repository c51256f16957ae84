// What the office costs: an import of 5,000 holders from CSV, on a disk of its own, and planning
// one day of 64 locks from 10,000 reservations.
//   import_bench [FOLDER]    FOLDER lies on the disk to be measured; default: the temporary folder
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/base/csv.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/locks/key_claims.hpp"
#include "firmware/services/keys/holder_import.hpp"
#include "firmware/services/keys/key_sync.hpp"
#include "firmware/store/sqlite_store.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace genkan;
namespace fs = std::filesystem;

constexpr int runs = 5;  // medians of so many
constexpr int locks = 64;
constexpr int groups = 8;
constexpr std::size_t holders = 5000;
constexpr std::size_t reservations = 10'000;
constexpr double most_import_seconds = 2;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "import_bench: %s\n", why.c_str());
  std::exit(1);
}

double milliseconds_since(SteadyTime began) {
  return std::chrono::duration<double, std::milli>(Steady::now() - began).count();
}

class Models final : public domain::ModelCatalog {
 public:
  Models() { lock_.model = "el-100"; }
  const domain::ModelInfo* find(std::string_view model) const override {
    return model == lock_.model ? &lock_ : nullptr;
  }
  std::vector<std::string_view> names() const override { return {lock_.model}; }

 private:
  domain::ModelInfo lock_;
};

class NoStandings final : public services::KeyStandings {
 public:
  std::vector<std::pair<DeviceId, domain::KeyStanding>> standings_of(
      domain::KeyOwner, const std::string&) const override {
    return {};
  }
  services::LockKeys keys_of(const DeviceId&) const override { return {}; }
  std::vector<domain::KeyRef> still_in(const DeviceId&) const override { return {}; }
};

DeviceId lock_id(int i) { return DeviceId(cat("lock-", i)); }

domain::Inventory site() {
  domain::Inventory site;
  domain::BuildingConfig building;
  building.id = BuildingId("tower");
  building.name = "Tower";
  site.buildings.push_back(building);
  for (int i = 0; i < locks; ++i) {
    domain::RoomConfig room;
    room.id = RoomId(cat("r", i));
    room.name = cat("Room ", i);
    room.building = building.id;
    site.rooms.push_back(room);
    domain::DeviceConfig device;
    device.id = lock_id(i);
    device.name = cat("Door ", i);
    device.model = "el-100";
    device.bus = BusId("line");
    device.rooms = {room.id};
    site.devices.push_back(device);
  }
  return site;
}

domain::LockModel memory() {
  domain::LockModel model;
  model.areas.push_back({"keys", 230, true, true, false});
  return model;
}

// A gateway's office on a disk of its own.
struct Rig {
  explicit Rig(const fs::path& folder) : secrets(key, key, key, key, key) {
    store::Options options;
    options.path = folder / "bench.db";
    auto opened = store::SqliteStore::open(options, loop.get_executor(), clock);
    if (!opened) give_up(opened.error().message());
    store = *std::move(opened);
    directory.take(site());
    desk = std::make_unique<services::KeyDesk>(
        services::KeyDesk::Needs{.store = *store,
                                 .clock = clock,
                                 .directory = directory,
                                 .book = book,
                                 .holidays = holidays,
                                 .secrets = secrets,
                                 .zones = zones,
                                 .standings = standings,
                                 .facts = facts,
                                 .model_of = [this](const DeviceId&) { return &model; },
                                 .random = [](std::uint32_t bound) { return random_below(bound); },
                                 .policy = policy,
                                 .applied = {},
                                 .changed = {}});
    import = std::make_unique<services::HolderImport>(*desk);
    for (int g = 0; g < groups; ++g) {
      domain::KeyGroup group{domain::KeyGroupId(cat("g-", g)), cat("Floor ", g), {}};
      for (int i = g; i < locks; i += groups) group.devices.push_back(lock_id(i));
      book.put(std::move(group));
    }
  }

  static constexpr std::array<std::uint8_t, 32> key{1, 2, 3};
  SystemClock clock{true};
  boost::asio::io_context loop;
  Models models;
  services::Directory directory{models};
  services::Zones zones{directory};
  domain::KeyBook book;
  domain::Holidays holidays;
  services::KeySecrets secrets;
  NoStandings standings;
  services::KeyFacts facts;
  services::GatewayPolicy policy;
  domain::LockModel model = memory();
  std::unique_ptr<store::SqliteStore> store;
  std::unique_ptr<services::KeyDesk> desk;
  std::unique_ptr<services::HolderImport> import;
};

std::string file() {
  const auto columns = services::import_columns();
  std::string text = csv_line(CsvRow(columns.begin(), columns.end())) + "\r\n";
  for (std::size_t i = 0; i < holders; ++i) {
    const std::string card = cat("0123456789", 100'000 + i);
    text += csv_line({cat("id-", i), cat("山田 ", i), cat("Floor ", i % groups), "",
                      cat(20'000'000 + i * 7), card, "", "yes", cat("h", i, "@example.jp")});
    text += "\r\n";
  }
  return text;
}

const domain::Caller caller{domain::Role::administrator, "bench"};

boost::asio::awaitable<void> import_all(Rig& rig, const std::string& text, std::size_t* done) {
  auto all = services::RowChoice::parse("all");
  auto answer = co_await rig.import->run(caller, text, Charset::automatic, *all);
  if (!answer) give_up(answer.error().message());
  for (const auto& row : answer->at("rows").as_array()) {
    if (row.at("done").as_bool()) ++*done;
  }
  rig.loop.stop();
}

void measure_import(const fs::path& folder) {
  const std::string text = file();
  std::vector<double> previews;
  std::vector<double> imports;
  std::vector<double> parses;
  for (int i = 0; i < runs; ++i) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    Rig rig(folder);
    auto began = Steady::now();
    if (!parse_csv(text, {})) give_up("the file is no CSV");
    parses.push_back(milliseconds_since(began));
    began = Steady::now();
    if (!rig.import->preview(caller, text, Charset::automatic)) give_up("no preview");
    previews.push_back(milliseconds_since(began));
    std::size_t done = 0;
    began = Steady::now();
    boost::asio::co_spawn(rig.loop, import_all(rig, text, &done), [](std::exception_ptr) {});
    rig.loop.run();
    imports.push_back(milliseconds_since(began));
    if (done != holders || rig.book.holders().size() != holders) give_up("rows are missing");
    rig.desk.reset();
    rig.store.reset();
  }
  bench::report({.name = "CSV of 5,000 holders, preview (floor: CSV alone)",
                 .value = bench::median(previews),
                 .unit = "ms",
                 .floor = bench::median(parses)});
  const double seconds = bench::median(imports) / 1e3;
  bench::report({.name = "CSV of 5,000 holders, import to disk",
                 .value = seconds,
                 .unit = "s",
                 .goal = "< 2 s",
                 .met = seconds < most_import_seconds});
}

// Two months of guests, and cleaners who come on weekdays.
void fill(domain::KeyBook& book, domain::LocalDay first) {
  for (std::size_t i = 0; i < reservations; ++i) {
    domain::Reservation reservation;
    reservation.id = domain::ReservationId(cat("r-", i));
    reservation.name = cat("Guest ", i);
    reservation.target = lock_id(static_cast<int>(i % locks));
    reservation.kind = domain::KeyKind::code;
    reservation.code = *domain::Code::parse(cat(10'000'000 + i * 37));
    const auto day = first + std::chrono::days(random_below(60)) - std::chrono::days(20);
    if (i % 20 == 0) {
      domain::Recurrence recurrence;
      recurrence.first = day;
      recurrence.last = day + std::chrono::days(30);
      recurrence.from = std::chrono::hours(9);
      recurrence.to = std::chrono::hours(10);
      recurrence.weekdays = 0x1F;
      recurrence.holidays = domain::OnHolidays::not_valid;
      reservation.timing = recurrence;
    } else {
      const auto start = domain::LocalTime(day) + std::chrono::minutes(random_below(24 * 60));
      reservation.timing = domain::Span{start, start + std::chrono::hours(2 + random_below(40))};
    }
    book.put(std::move(reservation));
  }
}

// What a lock's memory and its notes are, brought up to each plan without a wire.
struct Lock {
  std::map<domain::SlotAddress, domain::SlotNote> notes;
  domain::MemoryImage image;

  void act(const domain::SlotAction& action, WallTime now) {
    using What = domain::SlotAction::What;
    if (action.what == What::remove || action.what == What::forget) {
      notes.erase(action.address);
      image.occupied.erase(action.address);
      return;
    }
    const domain::Claim& claim = *action.claim;
    notes[action.address] = {action.address,
                             claim.key,
                             claim.hash,
                             claim.schedule,
                             domain::NoteState::written,
                             now,
                             0,
                             {}};
    image.occupied[action.address] = {claim.key.card, claim.hash, claim.schedule};
  }
  std::vector<domain::SlotNote> list() const {
    std::vector<domain::SlotNote> all;
    for (const auto& [address, note] : notes) all.push_back(note);
    return all;
  }
};

void measure_planning() {
  const auto zone = domain::TimeZone::named("Asia/Tokyo");
  if (!zone) give_up(zone.error().message());
  const domain::LocalDay day{std::chrono::year(2026) / 11 / 20};
  const WallTime midnight = zone->to_wall(domain::LocalTime(day));
  const WallTime until = midnight + std::chrono::hours(24);
  const std::array<std::uint8_t, 32> key{1};
  const domain::KeyHasher hasher(key);
  const domain::Holidays holidays;
  const domain::Inventory inventory = site();
  const domain::LockModel model = memory();
  domain::KeyBook book;
  fill(book, day);
  const domain::ClaimContext context{book, inventory, holidays, hasher, *zone};
  std::vector<double> firsts;
  std::vector<double> days;
  std::size_t plans = 0;
  std::size_t actions = 0;
  for (int run = 0; run < runs; ++run) {
    plans = 0;
    actions = 0;
    std::vector<Lock> all(locks);
    std::vector<std::vector<domain::Claim>> claims;
    const auto began = Steady::now();
    for (int i = 0; i < locks; ++i) {
      claims.push_back(domain::claims_of(context, lock_id(i), model, midnight, until));
      const auto plan = domain::plan_slots(model, claims.back(), {}, all[0].image, midnight);
      if (plan.standings.empty()) give_up("a lock without keys");
    }
    firsts.push_back(milliseconds_since(began));
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::optional<WallTime> now = midnight; now && *now < until;) {
        const auto plan = domain::plan_slots(model, claims[i], all[i].list(), all[i].image, *now);
        ++plans;
        actions += plan.actions.size();
        for (const auto& action : plan.actions) all[i].act(action, *now);
        now = plan.actions.empty() ? plan.next : now;  // again until nothing is due
      }
    }
    days.push_back(milliseconds_since(began));
  }
  bench::report({.name = "64 locks, 10,000 reservations: one plan of each",
                 .value = bench::median(firsts),
                 .unit = "ms"});
  bench::report({.name = "64 locks, 10,000 reservations: all plans of a day",
                 .value = bench::median(days),
                 .unit = "ms"});
  bench::remark(cat("one day: ", plans, " plans, ", actions, " writes and removals"));
}

}  // namespace

int main(int argc, char** argv) {
  set_log_level(LogLevel::warning);
  const fs::path base = argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path();
  const fs::path folder = base / "genkan-import-bench";
  measure_import(folder);
  fs::remove_all(folder);
  measure_planning();
  return 0;
}
