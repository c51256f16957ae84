#include "drivers/devices/maintenance.hpp"

#include <algorithm>
#include <utility>

#include "drivers/devices/answers.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using Table = ports::RegisterQuestion::Table;

constexpr auto turn_limit = 5s;  // for a question's turn in the bulk lane to come
constexpr auto answer_limit =
    15s;  // past its turn: the longest response time-out and lateness, and more
constexpr std::uint16_t most_words_written = 123;  // Modbus Application Protocol V1.1b3, 6.12
constexpr std::uint16_t most_bits_written = 1968;  // 6.11
constexpr std::uint16_t most_words_read = 125;     // 6.3
constexpr std::uint16_t most_bits_read = 2000;     // 6.1

bool is_bits(Table table) { return table == Table::coil || table == Table::discrete; }

Result<> check_place(const Line& line, const ports::RegisterQuestion& question, std::size_t count) {
  const bool serial = std::holds_alternative<domain::SerialLine>(line.config().line);
  if (serial && (question.unit < 1 || question.unit > 247)) {
    return fail(ErrorCode::invalid, "a unit on a serial line is 1 to 247");
  }
  if (question.address + count > 65'536) {
    return fail(ErrorCode::invalid,
                cat("address ", question.address, " and count ", count, " reach past 65535"));
  }
  return {};
}

Result<bus::Exchange> read_of(const ports::RegisterQuestion& question) {
  const std::uint16_t most = is_bits(question.table) ? most_bits_read : most_words_read;
  if (question.count < 1 || question.count > most) {
    return fail(ErrorCode::invalid, cat("the count is 1 to ", most, " for this table"));
  }
  bus::Exchange exchange;
  exchange.unit = question.unit;
  exchange.address = question.address;
  exchange.count = question.count;
  switch (question.table) {
    case Table::coil: exchange.function = bus::Function::read_coils; break;
    case Table::discrete: exchange.function = bus::Function::read_discretes; break;
    case Table::holding: exchange.function = bus::Function::read_holding; break;
    case Table::input: exchange.function = bus::Function::read_input; break;
  }
  return exchange;
}

Result<bus::Exchange> write_of(const ports::RegisterQuestion& question) {
  const auto& values = *question.write;
  if (question.table == Table::discrete || question.table == Table::input) {
    return fail(ErrorCode::invalid, "only coil and holding registers can be written");
  }
  const bool bits = question.table == Table::coil;
  const std::uint16_t most = bits ? most_bits_written : most_words_written;
  if (values.empty() || values.size() > most) {
    return fail(ErrorCode::invalid, cat("1 to ", most, " values can be written at once"));
  }
  if (bits && std::ranges::any_of(values, [](std::uint16_t value) { return value > 1; })) {
    return fail(ErrorCode::invalid, "the value of a coil is 0 or 1");
  }
  const bool one = values.size() == 1;
  const auto function =
      bits ? (one ? bus::Function::write_coil : bus::Function::write_coils)
           : (one ? bus::Function::write_register : bus::Function::write_registers);
  return bus::Exchange{.unit = question.unit,
                       .function = function,
                       .address = question.address,
                       .count = static_cast<std::uint16_t>(values.size()),
                       .values = values};
}

bus::Answer unsent(bus::Ending ending) {
  bus::Answer answer;
  answer.ending = ending;
  return answer;
}

asio::awaitable<bus::Answer> exchange_on(std::shared_ptr<Line> line,
                                         std::shared_ptr<const Context> context,
                                         bus::Exchange exchange,
                                         std::optional<SteadyTime> until = std::nullopt) {
  auto answer = std::make_shared<std::optional<bus::Answer>>();
  const auto wake = std::make_shared<Wake>(context->loop, context->delay);
  const SteadyTime latest = context->clock.steady() + turn_limit;
  const SteadyTime turn = std::min(latest, until.value_or(latest));
  if (line->link() == nullptr) co_return unsent(bus::Ending::cancelled);
  line->link()->submit(std::move(exchange), bus::Lane::bulk, turn,
                       [answer, wake](const bus::Answer& came) {
                         *answer = came;
                         wake->notify();
                       });
  const SteadyTime limit = turn + answer_limit;
  while (!*answer && context->clock.steady() < limit) {
    co_await wake->until(limit);
  }
  co_return answer->value_or(unsent(bus::Ending::expired));
}

// As the bus has measured it; otherwise from asking to answering, waiting included.
std::chrono::microseconds round_trip(const Line& line, std::uint8_t unit, SteadyTime asked,
                                     SteadyTime answered) {
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(answered - asked);
  if (line.link() == nullptr) return whole;
  const ports::BusStatistics statistics = line.link()->statistics();
  const auto found = std::ranges::find(statistics.units, unit, &ports::UnitStatistics::unit);
  const bool measured = found != statistics.units.end() && found->round_trip_median.count() > 0;
  return measured ? found->round_trip_median : whole;
}

}  // namespace

asio::awaitable<Result<std::vector<std::uint16_t>>> ask_register(
    std::shared_ptr<Line> line, std::shared_ptr<const Context> context,
    ports::RegisterQuestion question) {
  auto exchange = question.write ? write_of(question) : read_of(question);
  if (!exchange) co_return fail(std::move(exchange.error()));
  const auto placed = check_place(*line, question, exchange->count);
  if (!placed) co_return fail(placed.error());
  const std::string where = cat("bus ", line->config().id.str());
  if (!line->fault().empty()) {
    co_return fail(ErrorCode::unreachable, cat(where, ": the line is down: ", line->fault()));
  }
  const bus::Answer answer =
      co_await exchange_on(line, context, std::move(*exchange), question.until);
  if (answer.ending != bus::Ending::answered) {
    co_return fail(error_of(answer, question.unit).in(where));
  }
  co_return question.write ? *question.write : answer.values;
}

asio::awaitable<Result<std::vector<ports::ScanHit>>> scan_units(
    std::shared_ptr<Line> line, std::shared_ptr<const Context> context, std::uint8_t first,
    std::uint8_t last) {
  const bool serial = std::holds_alternative<domain::SerialLine>(line->config().line);
  if (serial && (first < 1 || last > 247)) {
    co_return fail(ErrorCode::invalid, "the units of a serial line are 1 to 247");
  }
  std::vector<ports::ScanHit> hits;
  for (unsigned number = first; number <= last; ++number) {
    const auto unit = static_cast<std::uint8_t>(number);
    const SteadyTime asked = context->clock.steady();
    if (line->in_use(unit)) {
      hits.push_back({.unit = unit,
                      .round_trip = round_trip(*line, unit, asked, asked),
                      .answered = line->dead(unit) ? "in use, silent" : "in use"});
      continue;
    }
    bus::Exchange exchange;  // holding register 0
    exchange.unit = unit;
    const bus::Answer answer = co_await exchange_on(line, context, std::move(exchange));
    const bool ours = answer.ending == bus::Ending::line_down ||
                      answer.ending == bus::Ending::cancelled ||
                      answer.ending == bus::Ending::busy || answer.ending == bus::Ending::expired;
    if (ours) {
      co_return fail(error_of(answer, unit).in(cat("bus ", line->config().id.str())));
    }
    if (answer.ending == bus::Ending::answered || answer.ending == bus::Ending::exception) {
      const bool answered = answer.ending == bus::Ending::answered;
      hits.push_back({.unit = unit,
                      .round_trip = round_trip(*line, unit, asked, answer.at),
                      .answered = answered ? "answered" : exception_text(answer.exception)});
    }
    // A unit nobody uses leaves nothing behind in the statistics and is not probed on.
    if (line->link() != nullptr && !line->in_use(unit)) line->link()->forget_unit(unit);
  }
  co_return hits;
}

}  // namespace genkan::devices
