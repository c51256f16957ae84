// What Prometheus and its conventions ask of an exposition, held against all that we tell:
// https://prometheus.io/docs/instrumenting/exposition_formats/ and …/docs/practices/naming/
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "firmware/services/cloud/cloud.hpp"
#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string_view::npos &&
         !text.contains("__");
}

// Words that the conventions put into base units.
constexpr std::string_view wrong_units[] = {"_ms",      "_us",     "_milliseconds", "_percent",
                                            "_minutes", "_hours",  "_kib",          "_mib",
                                            "_count",   "_number", "_kilobytes"};

struct Family {
  std::string name;
  std::string type;
  std::size_t samples = 0;
};

class Reader {
 public:
  void read(const std::string& text) {
    REQUIRE(text.ends_with('\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      if (line.starts_with("# HELP ")) {
        help(line.substr(7));
      } else if (line.starts_with("# TYPE ")) {
        type(line.substr(7));
      } else {
        sample(line);
      }
    }
    end_family();
  }
  const std::set<std::string>& names() const { return names_; }

 private:
  void help(const std::string& rest) {
    end_family();
    const auto blank = rest.find(' ');
    REQUIRE(blank != std::string::npos);
    family_ = {rest.substr(0, blank), "", 0};
    CHECK(is_name(family_.name));
    CHECK((family_.name.starts_with("genkan_") || family_.name.starts_with("process_")));
    CHECK(names_.insert(family_.name).second);
    CHECK(rest.size() > blank + 1);
  }
  void type(const std::string& rest) {
    const auto blank = rest.find(' ');
    REQUIRE(blank != std::string::npos);
    CHECK(rest.substr(0, blank) == family_.name);
    family_.type = rest.substr(blank + 1);
    CHECK((family_.type == "counter" || family_.type == "gauge"));
    CHECK(family_.name.ends_with("_total") == (family_.type == "counter"));
    std::string_view stem = family_.name;
    if (stem.ends_with("_total")) stem.remove_suffix(6);
    for (const auto unit : wrong_units) CHECK_FALSE(stem.ends_with(unit));
  }
  void sample(const std::string& line) {
    const auto name = line.substr(0, line.find_first_of("{ "));
    CHECK(name == family_.name);
    REQUIRE_FALSE(family_.type.empty());
    const auto blank = line.rfind(' ');
    REQUIRE(blank != std::string::npos);
    std::istringstream number(line.substr(blank + 1));
    double value = -1;
    number >> value;
    CHECK_FALSE(number.fail());
    CHECK(number.eof());
    CHECK(value >= 0);
    CHECK(samples_.insert(line.substr(0, blank)).second);
    labels(line.substr(name.size(), blank - name.size()));
    ++family_.samples;
  }
  // {a="x",b="y"}; our values have no quotes in them.
  static void labels(std::string_view text) {
    if (text.empty()) return;
    REQUIRE(text.starts_with('{'));
    REQUIRE(text.ends_with("\"}"));
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
      const auto equals = text.find("=\"");
      REQUIRE(equals != std::string_view::npos);
      CHECK(is_name(text.substr(0, equals)));
      const auto end = text.find('"', equals + 2);
      REQUIRE(end != std::string_view::npos);
      text.remove_prefix(end + 1);
      if (text.starts_with(',')) text.remove_prefix(1);
    }
  }
  void end_family() {
    if (family_.name.empty()) return;
    CAPTURE(family_.name);
    CHECK_FALSE(family_.type.empty());
  }

  Family family_;
  std::set<std::string> names_;
  std::set<std::string> samples_;
};

}  // namespace

TEST_CASE("metrics: all that is told is as Prometheus reads it, and named by its conventions") {
  House house;
  house.fleet->report("lock-101", {{{domain::Field::bolt}, 0}, {{domain::Field::battery}, 87}});
  const auto reported = house.gateway->cloud().link().report(
      {domain::Role::cloud, "cloud"},
      json::parse(R"({"connected":true,"counts":{"records_sent":7,"records_waiting":3}})")
          .as_object());
  REQUIRE(reported);
  const std::string text = house.gateway->metrics_text();
  Reader reader;
  reader.read(text);
  for (const char* name : {"genkan_info", "genkan_bus_exchanges_total", "genkan_device_fresh",
                           "genkan_troubles", "genkan_storage_commits_total",
                           "genkan_signed_requests_total", "genkan_agent_records_sent_total",
                           "genkan_agent_records_waiting", "process_resident_memory_bytes"}) {
    CAPTURE(name);
    CHECK(reader.names().contains(name));
  }
  CHECK(text.contains("\ngenkan_agent_records_sent_total 7\n"));
  CHECK(text.contains("\ngenkan_agent_records_waiting 3\n"));
  CHECK(text.contains("\ngenkan_device_battery_ratio{device=\"lock-101\"} 0.87\n"));
}
