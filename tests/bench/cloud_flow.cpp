#include "tests/bench/cloud_flow.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/line_use.hpp"
#include "tests/bench/record_mill.hpp"
#include "tests/integration/mirror_view.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace genkan::bench {

using namespace std::chrono_literals;

namespace {

constexpr auto settle = 10s;
constexpr auto rest = 90s;  // three keep-alives
constexpr int singles = 200;
constexpr auto apart = 25ms;
constexpr int flood = 20'000;
constexpr int day_offline = 50'000;
constexpr int alarm_rounds = 5;  // in each, two zones raise one and end it
constexpr int batch = 100;       // records a message, as the agent has it
constexpr auto patience = 120s;
constexpr double most_mib = 12;
// Of IP version 4 (20) and of TCP with time stamps (32).
constexpr double header_bytes = 52;

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

LineUse line(const test::Estate& estate) {
  return line_use(estate.agent->pid(), estate.cloud.port());
}

RecordMill mill(const test::Estate& estate) { return {estate.house.gateway, "lock-101"}; }

void wait_mirrored(test::Estate& estate, test::MirrorView& mirror) {
  const auto head = estate.head();
  if (!test::wait_until([&] { return mirror.whole(estate.house.gateway.id()) >= head; },
                        patience)) {
    throw std::runtime_error("the mirror does not become whole");
  }
}

// Messages of a batch of real records, as many as the day needs; so many senders at once.
struct Bare {
  std::string payload;
  int messages = day_offline / batch;
  int at_once = 8;
};

std::string batch_of(test::Estate& estate) {
  const auto page = estate.house.gateway.api("GET", cat("/v1/journal?limit=", batch)).json();
  return json::serialize(json::object{{"records", page.at("records")}});
}

// Records a second from one TLS client over the same broker to another, with nothing behind it. The
// agent must be away: the publisher has its certificate.
double bare_rate(const test::Estate& estate, const Bare& bare) {
  test::MqttClient cloud(estate.cloud.own_port(), "bare-cloud", estate.cloud.tls());
  const auto identity = estate.house.folder.path() / "agent" / "identity";
  test::MqttClient gateway(estate.cloud.port(), "bare-gateway",
                           test::MqttClient::Tls{identity / "ca.pem", identity / "client.pem",
                                                 identity / "identity.key"});
  const auto topic = cat("genkan/1/", estate.house.gateway.id(), "/answer/bare-cloud");
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::jthread> senders;
  for (int i = 0; i < bare.at_once; ++i) {
    senders.emplace_back([&, i] {
      for (int next = i; next < bare.messages; next += bare.at_once) {
        gateway.publish(topic, bare.payload);
      }
    });
  }
  int came = 0;
  const auto all = cloud.wait_for([&](const auto&) { return ++came == bare.messages; }, patience);
  const double seconds = seconds_since(began);
  senders.clear();
  if (!all) throw std::runtime_error("the bare publisher's messages do not come");
  return bare.messages * batch / seconds;
}

// Records a second into a table like the mirror's, with nothing around it.
double bare_sqlite_rate(const test::Estate& estate) {
  const auto database =
      relay::open_database(estate.house.folder.path() / "bare.db", relay::Outlives::process);
  if (!database) throw std::runtime_error(database.error().message());
  auto insert = database->prepare(
      "INSERT OR IGNORE INTO records VALUES ('gw', 'j', ?1, 'b', '2026-11-20T09:05:07.123Z',"
      " 'activity', 'locked', 'lock-101', ?2)");
  if (!insert) throw std::runtime_error(insert.error().message());
  const std::string text(220, 'x');  // as long as a record is
  const auto began = std::chrono::steady_clock::now();
  for (std::int64_t seq = 0; seq < day_offline;) {
    auto transaction = store::Transaction::begin(*database);
    if (!transaction) throw std::runtime_error(transaction.error().message());
    for (int i = 0; i < batch; ++i) {
      if (!insert->bind(1, ++seq).bind(2, text).run()) throw std::runtime_error("no insert");
    }
    if (!transaction->commit()) throw std::runtime_error("no commit");
  }
  return day_offline / seconds_since(began);
}

// Numbers of alarms that were made now; they are the journal's last.
std::vector<std::int64_t> make_alarms(test::Estate& estate) {
  const auto before = estate.head();
  for (int i = 0; i < alarm_rounds; ++i) {
    estate.house.building.control("zone 5 tamper");
    estate.house.building.control("zone 6 tamper");
    std::this_thread::sleep_for(300ms);  // several polls of the panel
    estate.house.building.control("zone 5 clear");
    estate.house.building.control("zone 6 clear");
    std::this_thread::sleep_for(300ms);
  }
  test::quiet_head(estate.house.gateway);
  std::vector<std::int64_t> numbers;
  for (const auto& record : estate.house.gateway.journal(before)) {
    if (record.at("lane").as_string() == "alarm") {
      numbers.push_back(record.at("seq").to_number<std::int64_t>());
    }
  }
  if (numbers.size() < 4 * alarm_rounds) throw std::runtime_error("there are no alarms");
  return numbers;
}

std::string count_of(const std::vector<std::int64_t>& numbers) {
  std::string list;
  for (const auto number : numbers) list += cat(list.empty() ? "" : ", ", number);
  return cat(
      "SELECT count(*) FROM records WHERE gateway = 'gw-test' AND journal ="
      " (SELECT journal FROM journals WHERE gateway = 'gw-test' AND current = 1)"
      " AND seq IN (",
      list, ")");
}

}  // namespace

void report_agent_memory(const test::Estate& estate, const std::string& when) {
  const double mib = static_cast<double>(estate.agent->use().resident_kib) / 1024;
  report({.name = cat("genkan-agent over TLS, claimed, ", when, ", resident"),
          .value = mib,
          .unit = "MiB",
          .goal = "<= 12 MiB",
          .met = mib <= most_mib});
}

void measure_rest(test::Estate& estate) {
  std::this_thread::sleep_for(settle);
  const auto before = line(estate);
  std::this_thread::sleep_for(rest);
  const auto used = line(estate) - before;
  report_agent_memory(estate, "sample building");
  const double to_hour = 3600 / std::chrono::duration<double>(rest).count();
  report({.name = "bytes of TLS an idle hour (90 s measured, scaled)",
          .value = static_cast<double>(used.bytes) * to_hour,
          .unit = "bytes"});
  report({.name = "the same with the headers of TCP and IP",
          .value =
              (static_cast<double>(used.bytes) + header_bytes * static_cast<double>(used.packets)) *
              to_hour,
          .unit = "bytes"});
}

void measure_single_records(test::Estate& estate) {
  test::MirrorView mirror(estate.cloud);
  const auto head = estate.head();
  const auto before = line(estate);
  mill(estate).write_singly(singles, apart);
  wait_mirrored(estate, mirror);
  std::this_thread::sleep_for(100ms);  // the last acknowledgements
  const auto used = line(estate) - before;
  if (estate.head() != head + singles) throw std::runtime_error("other records came between");
  report({.name = "bytes of TLS a record that travels alone",
          .value = static_cast<double>(used.bytes) / singles,
          .unit = "bytes"});
}

void measure_flood(test::Estate& estate) {
  test::MirrorView mirror(estate.cloud);
  const auto began = std::chrono::steady_clock::now();
  mill(estate).write(flood);
  const double made = seconds_since(began);
  wait_mirrored(estate, mirror);
  const double mirrored = seconds_since(began);
  report({.name = "records a second, commit to mirror, made live",
          .value = flood / mirrored,
          .unit = "records/s",
          .floor = flood / made});
  report({.name = "mirror behind the last commit of that flood",
          .value = (mirrored - made) * 1e3,
          .unit = "ms"});
}

void measure_catching_up(test::Estate& estate) {
  test::MirrorView mirror(estate.cloud);
  estate.agent->stop();
  remark("floor of catching up: the same batches from one bare TLS client to another");
  const double bare = bare_rate(estate, {batch_of(estate)});
  mill(estate).write(day_offline);
  const auto alarms = make_alarms(estate);
  const auto urgent = count_of(alarms);
  const auto alarm_count = static_cast<std::int64_t>(alarms.size());
  const auto last = estate.head();
  const auto& id = estate.house.gateway.id();
  const auto first = mirror.whole(id);

  estate.start_agent();
  const auto began = std::chrono::steady_clock::now();
  double alarms_after = 0;
  std::int64_t activity_then = 0;
  const bool whole = test::wait_until(
      [&] {
        if (alarms_after == 0 && mirror.number(urgent) == alarm_count) {
          alarms_after = seconds_since(began);
          activity_then = mirror.number("SELECT count(*) FROM records") - first - alarm_count;
        }
        return mirror.whole(id) >= last;
      },
      patience);
  const double seconds = seconds_since(began);
  if (!whole) throw std::runtime_error("the mirror does not become whole");
  const double records = static_cast<double>(last - first);
  report({.name = "50,000 records of a day offline: agent's start to whole mirror",
          .value = seconds,
          .unit = "s",
          .floor = records / bare});
  report({.name = "records a second while catching up",
          .value = records / seconds,
          .unit = "records/s",
          .floor = bare});
  report({.name = "records a second into SQLite alone, 100 a transaction",
          .value = bare_sqlite_rate(estate),
          .unit = "records/s"});
  report({.name = cat("the last ", alarm_count, " alarms of that day: all at the cloud after"),
          .value = alarms_after,
          .unit = "s",
          .goal = "before 1/10 of all",
          .met = activity_then < day_offline / 10});
  std::this_thread::sleep_for(500ms);  // the last acknowledgements
  report({.name = "bytes of TLS a record in batches, handshake included",
          .value = static_cast<double>(line(estate).bytes) / records,
          .unit = "bytes"});
  report_agent_memory(estate, "after a day offline");
}

}  // namespace genkan::bench
