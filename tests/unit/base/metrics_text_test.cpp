#include "firmware/base/metrics_text.hpp"

#include <limits>

#include <doctest/doctest.h>

using genkan::MetricsText;

TEST_CASE("MetricsText: families, labels escaped, numbers as Prometheus reads them") {
  MetricsText metrics;
  metrics.family("genkan_bus_up", MetricsText::Type::gauge, "1: the line is open.");
  metrics.sample(1, {{"bus", "line-a"}});
  metrics.sample(0.5, {{"bus", "a\\b\"c\nd"}, {"kind", ""}});
  metrics.one("genkan_x_total", MetricsText::Type::counter, "Counted.", 12'345'678'901'234.0);
  metrics.one("genkan_y", MetricsText::Type::untyped, "?",
              std::numeric_limits<double>::quiet_NaN());
  CHECK(metrics.text() ==
        "# HELP genkan_bus_up 1: the line is open.\n# TYPE genkan_bus_up gauge\n"
        "genkan_bus_up{bus=\"line-a\"} 1\n"
        "genkan_bus_up{bus=\"a\\\\b\\\"c\\nd\",kind=\"\"} 0.5\n"
        "# HELP genkan_x_total Counted.\n# TYPE genkan_x_total counter\n"
        "genkan_x_total 12345678901234\n"
        "# HELP genkan_y ?\n# TYPE genkan_y untyped\ngenkan_y NaN\n");
}
