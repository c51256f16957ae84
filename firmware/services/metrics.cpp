#include "firmware/services/metrics.hpp"

#include <array>
#include <map>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using Type = MetricsText::Type;

double as_double(std::uint64_t value) { return static_cast<double>(value); }
double as_double(bool value) { return value ? 1 : 0; }

struct Count {
  std::string_view kind;
  std::uint64_t ports::ExchangeCounts::* value;
};
constexpr std::array counts{
    Count{"answered", &ports::ExchangeCounts::answered},
    Count{"silent", &ports::ExchangeCounts::silent},
    Count{"late", &ports::ExchangeCounts::late},
    Count{"garbage", &ports::ExchangeCounts::garbage},
    Count{"partial", &ports::ExchangeCounts::partial},
    Count{"wrong_unit", &ports::ExchangeCounts::wrong_unit},
    Count{"wrong_crc", &ports::ExchangeCounts::wrong_crc},
    Count{"wrong_function", &ports::ExchangeCounts::wrong_function},
    Count{"wrong_length", &ports::ExchangeCounts::wrong_length},
    Count{"wrong_echo", &ports::ExchangeCounts::wrong_echo},
    Count{"exception", &ports::ExchangeCounts::exceptions},
};

}  // namespace

std::string Metrics::text() const {
  MetricsText out;
  put_gateway(out);
  put_storage(out);
  put_buses(out);
  put_devices(out);
  put_troubles(out);
  put_cloud(out);
  put_process_metrics(out);
  return out.text();
}

void Metrics::put_gateway(MetricsText& out) const {
  out.family("genkan_info", Type::gauge, "The gateway, its version and its journal.");
  out.sample(1, {{"gateway", needs_.policy.gateway_id},
                 {"version", needs_.policy.version},
                 {"journal", needs_.cloud.journal_id()}});
  const std::chrono::duration<double> up = needs_.clock.steady() - started_;
  out.one("genkan_uptime_seconds", Type::gauge, "Since genkand was started.", up.count());
  out.one("genkan_clock_trusted", Type::gauge, "1: the clock can be believed.",
          as_double(needs_.clock.trust() == ClockTrust::trusted));
}

void Metrics::put_storage(MetricsText& out) const {
  const auto health = needs_.store.health();
  out.one("genkan_journal_records_total", Type::counter, "The number of the last record.",
          static_cast<double>(number(needs_.store.head())));
  out.one("genkan_storage_failing", Type::gauge, "1: the last commit failed.",
          as_double(health.failing));
  out.one("genkan_storage_database_bytes", Type::gauge, "The database's size.",
          as_double(health.database_bytes));
  out.one("genkan_storage_free_bytes", Type::gauge, "Room on its file system.",
          as_double(health.free_bytes));
  out.one("genkan_storage_commits_total", Type::counter, "Transactions.",
          as_double(health.commits));
  out.one("genkan_storage_waiting_records", Type::gauge, "Records that wait for the disk.",
          as_double(health.records_waiting));
  out.one("genkan_storage_lost_records_total", Type::counter,
          "Records given up while the disk failed.", as_double(health.records_lost));
}

void Metrics::put_buses(MetricsText& out) const {
  const auto buses = needs_.fleet.statistics();
  const auto each = [&](std::string_view name, Type type, std::string_view help, auto value) {
    out.family(name, type, help);
    for (const auto& bus : buses) out.sample(value(bus), {{"bus", bus.bus.str()}});
  };
  using Bus = ports::BusStatistics;
  each("genkan_bus_up", Type::gauge, "1: the line is open.",
       [](const Bus& bus) { return as_double(bus.up); });
  each("genkan_bus_use_ratio", Type::gauge, "Of the last 10 s, how much the wire was in use.",
       [](const Bus& bus) { return bus.wire_share; });
  each("genkan_bus_waiting_exchanges", Type::gauge, "Exchanges that wait, all lanes.",
       [](const Bus& bus) { return as_double(std::uint64_t{bus.waiting}); });
  each("genkan_bus_reopened_total", Type::counter, "How often the line came back.",
       [](const Bus& bus) { return as_double(std::uint64_t{bus.reopened}); });
  out.family("genkan_bus_exchanges_total", Type::counter, "Exchanges by how they ended.");
  for (const auto& bus : buses) {
    for (const auto& count : counts) {
      out.sample(as_double(bus.counts.*count.value),
                 {{"bus", bus.bus.str()}, {"kind", count.kind}});
    }
  }
}

void Metrics::put_devices(MetricsText& out) const {
  const auto& devices = needs_.directory.inventory().devices;
  out.family("genkan_device_fresh", Type::gauge, "1: the device answered when it was last asked.");
  for (const auto& device : devices) {
    const auto* entry = needs_.directory.find(device.id);
    const auto reported = needs_.fleet.reported(device.id);
    const bool fresh = reported && reported->link == domain::Link::fresh;
    out.sample(as_double(fresh),
               {{"device", device.id.str()},
                {"bus", device.bus.str()},
                {"kind", entry == nullptr ? "unknown" : domain::spec(entry->kind).name}});
  }
  out.family("genkan_device_battery_ratio", Type::gauge, "Charge of the device's battery.");
  for (const auto& device : devices) {
    const auto reported = needs_.fleet.reported(device.id);
    const auto percent = reported ? reported->state.get(domain::Field::battery) : std::nullopt;
    if (percent) out.sample(*percent / 100.0, {{"device", device.id.str()}});
  }
}

void Metrics::put_troubles(MetricsText& out) const {
  std::map<std::string_view, std::uint64_t> standing;
  for (const auto& trouble : needs_.troubles.all()) ++standing[domain::name_of(trouble.key.kind)];
  out.family("genkan_troubles", Type::gauge, "Standing troubles.");
  for (const auto& [kind, number] : standing) out.sample(as_double(number), {{"kind", kind}});
}

void Metrics::put_cloud(MetricsText& out) const {
  const auto& desk = needs_.cloud.desk();
  const auto& link = needs_.cloud.link();
  out.family("genkan_signed_requests_total", Type::counter,
             "Signed requests that change something, and those that came again.");
  out.sample(as_double(desk.carried_out()), {{"kind", "carried_out"}});
  out.sample(as_double(desk.repeated()), {{"kind", "repeated"}});
  out.family("genkan_signed_requests_refused_total", Type::counter, "Refused ones, by reason.");
  for (const auto& [reason, number] : desk.refusals().counts()) {
    out.sample(as_double(number), {{"kind", reason}});
  }
  out.one("genkan_cloud_claimed", Type::gauge, "1: the gateway belongs to a contract.",
          as_double(link.claimed()));
  out.one("genkan_cloud_connected", Type::gauge, "1: the agent is connected to the broker.",
          as_double(link.connected()));
  if (const auto ends = link.certificate_ends()) {
    const std::chrono::duration<double> since_1970 = ends->time_since_epoch();
    out.one("genkan_cloud_certificate_end_timestamp_seconds", Type::gauge,
            "When the gateway's certificate ends.", since_1970.count());
  }
  for (const auto& count : link.counts()) {
    const std::string_view name = count.key();
    const bool waits = name.ends_with("_waiting");
    out.one(cat("genkan_agent_", name, waits ? "" : "_total"), waits ? Type::gauge : Type::counter,
            waits ? "As the agent told." : "As the agent told, since it began.",
            static_cast<double>(count.value().to_number<std::int64_t>()));
  }
}

}  // namespace genkan::services
