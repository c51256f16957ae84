// The contract's example in Python against the real programs: paho and a stock JOSE library, with
// what genkan-cloud init wrote.
#include <string>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
#include "tests/integration/estate.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;

// The numbers of the records that it told, in order.
std::vector<std::int64_t> told(const std::string& output) {
  constexpr std::string_view word = "record ";
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at < output.size(); at = output.find('\n', at) + 1) {
    const auto end = output.find('\n', at);
    if (end == std::string::npos) break;  // it is still being written
    const std::string_view line(output.data() + at, end - at);
    if (!line.starts_with(word)) continue;
    numbers.push_back(json::parse(line.substr(word.size())).at("seq").to_number<std::int64_t>());
  }
  return numbers;
}

}  // namespace

TEST_CASE("the Python example commands a lock, sees it done, and tells every record, once") {
  Estate estate;
  estate.open();
  const auto program =
      source_folder() / "cloud-agent" / "contract" / "examples" / "python" / "cloud.py";
  Process python({"/usr/bin/python3", program.string(), estate.cloud.path("").string(),
                  estate.house.gateway.id(), "--after", "0", "POST",
                  "/v1/devices/lock-101/commands", R"({"command":"unlock"})"},
                 estate.cloud.path("python.log"));
  const auto says = [&](const std::string& part) {
    return python.output().find(part) != std::string::npos;
  };
  CHECK_MESSAGE(wait_until([&] { return says("answer 200 ") || !python.running(); }, soon),
                python.output());
  CHECK_MESSAGE(says(R"("verdict": "done")"), python.output());
  CHECK(estate.bolt("lock-101") == "unlocked");

  // History from the beginning, and what happens from now on, an alarm among it.
  estate.house.building.control("zone 5 active");
  estate.house.building.control("hand lock-102 unlock");
  CHECK(wait_until([&] { return says(R"("unlocked")") && says(R"("lock-102")"); }, soon));
  const auto head = quiet_head(estate.house.gateway);
  const auto all = [&] {
    const auto numbers = told(python.output());
    return !numbers.empty() && numbers.back() >= head;
  };
  CHECK_MESSAGE(wait_until(all, soon), python.output());
  const auto numbers = told(python.output());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CHECK(numbers[i] == static_cast<std::int64_t>(i) + 1);
  }
  CHECK(python.running());
}

}  // namespace genkan::test
