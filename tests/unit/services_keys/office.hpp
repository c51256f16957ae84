#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/services/keys/group_office.hpp"
#include "firmware/services/keys/holder_import.hpp"
#include "firmware/services/keys/holder_office.hpp"
#include "firmware/services/keys/holiday_office.hpp"
#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/key_sync.hpp"
#include "firmware/services/keys/reservation_office.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/models.hpp"
#include "tests/fakes/store.hpp"
#include "tests/unit/lines.hpp"

namespace genkan::services::test {

// How keys stand, as the test says.
class FakeStandings final : public KeyStandings {
 public:
  std::vector<std::pair<DeviceId, domain::KeyStanding>> standings_of(
      domain::KeyOwner owner, const std::string& id) const override;
  LockKeys keys_of(const DeviceId& device) const override;
  std::vector<domain::KeyRef> still_in(const DeviceId& device) const override;

  std::map<DeviceId, LockKeys> locks;
  std::map<DeviceId, std::vector<domain::KeyRef>> held;
};

// The office over fakes. It is Friday 2026-11-20, 9:00 in Tokyo. The small site, with lock-101 and
// lock-102 that have a memory of 230 places, lobby-lock that copies the rooms' reservations
// (RES-40), and the lobby-door without a memory.
class Office {
 public:
  explicit Office(GatewayPolicy policy = {});
  ~Office() { loop.stop(); }

  template <class Value>
  Value run(boost::asio::awaitable<Value> work) {
    std::optional<Value> result;
    boost::asio::co_spawn(loop, keep(std::move(work), &result), boost::asio::detached);
    loop.restart();
    while (!result && loop.run_one_for(std::chrono::seconds(10)) > 0) {
    }
    if (!result) throw std::runtime_error("the work did not end");
    return std::move(*result);
  }

  // Made, changed: the answer; refused: {"error":"code: message"}.
  json::object reserve(std::string_view request);
  json::object change(const std::string& id, std::string_view request);
  std::string preview_refused(std::string_view request);
  std::string group(std::string_view name, std::string_view devices);  // its id
  json::object hold(std::string_view request);
  // The code that a reservation or holder has; empty: none.
  std::string code_of(const json::object& answer) const;

  // The records since the last call: "reservation_made by user:anna {…}".
  std::vector<std::string> news();
  // Nothing is on disk, in the journal or in the book that was not there at the last call of
  // news().
  bool untouched();

  boost::asio::io_context loop;
  fakes::FakeClock clock;
  fakes::FakeModels models;
  Directory directory{models};
  Zones zones{directory};
  domain::KeyBook book;
  domain::Holidays holidays;
  KeySecrets secrets;
  FakeStandings standings;
  KeyFacts facts;
  std::map<DeviceId, domain::LockModel> memories;
  GatewayPolicy policy;
  fakes::FakeStore store;
  int applied = 0;
  int changed = 0;
  std::uint32_t seed = 1;
  KeyDesk desk;
  ReservationViews views{desk};
  ReservationOffice reservations{desk, views};
  GroupOffice groups{desk};
  HolderOffice holders{desk};
  HolderImport import{desk};
  HolidayOffice holiday_table{desk, holidays};

 private:
  template <class Value>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<Value> work,
                                           std::optional<Value>* result) {
    Value value = co_await std::move(work);
    result->emplace(std::move(value));
  }
  KeyDesk::Needs needs();
  void take(const ports::KeyChange& change);
  std::uint32_t random(std::uint32_t bound);

  std::size_t read_ = 0;
  ports::KeyMemory disk_before_;
};

json::object object(std::string_view text);
std::string refused(const Error& error);  // "invalid: name: …"
json::object answer_of(Result<json::object> answer);
using Lines = std::vector<std::string>;
Lines texts(const json::value& list);
// A text in an answer: empty if there is none, "?" if it is something else.
std::string text(const json::object& object, std::string_view key);

// A reservation that nothing is wrong with.
constexpr std::string_view anna_stays =
    R"({"name":"Anna","device":"lock-101","start":"2026-11-20 15:00","end":"2026-11-22 1000",
        "kind":"code","code":"246813"})";

const domain::Caller anna{domain::Role::operator_, "user:anna"};
const domain::Caller viewer{domain::Role::viewer, "user:vera"};
const domain::Caller cloud{domain::Role::cloud, "cloud"};

}  // namespace genkan::services::test
