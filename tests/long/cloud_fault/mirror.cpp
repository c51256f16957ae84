// The mirror against the journal.
#include <algorithm>
#include <map>
#include <stdexcept>

#include "firmware/base/text.hpp"
#include "firmware/store/sqlite.hpp"
#include "tests/integration/trial.hpp"
#include "tests/long/cloud_fault/proof.hpp"

namespace genkan::test {

namespace {

template <class Value>
Value need(Result<Value> value) {
  if (!value) throw std::runtime_error("cloud.db: " + value.error().message());
  return *std::move(value);
}

store::Connection open(const std::filesystem::path& database) {
  return need(store::Connection::open(database, store::Access::read_only));
}

// One gateway, which has one journal: numbers are enough.
constexpr std::string_view all_records = "SELECT seq, record FROM records ORDER BY seq, journal";

struct Tally {
  std::int64_t same = 0, missing = 0, changed = 0, doubled = 0, unknown = 0;
  std::map<std::string, int> lanes;
};

// Walks through both in order of number.
class Comparison {
 public:
  Comparison(Findings& findings, store::Statement& mirror) : findings_(findings), mirror_(mirror) {
    step();
  }

  void next(const json::object& record) {
    const auto seq = record.at("seq").to_number<std::int64_t>();
    ++tally_.lanes[text_at(record, "lane")];
    for (; there_ && mirror_.integer(0) < seq; step()) more();
    if (!there_ || mirror_.integer(0) > seq) {
      ++tally_.missing;
      findings_.example(cat("missing: ", json::serialize(record)));
      return;
    }
    const auto text = mirror_.text(1);
    const auto kept = parse_json(text, text.size() + 1);
    if (kept && *kept == json::value(record)) {
      ++tally_.same;
    } else {
      ++tally_.changed;
      findings_.example(cat("in the journal ", json::serialize(record), ", in the mirror ", text));
    }
    last_ = seq;
    step();
  }

  const Tally& finish() {
    for (; there_; step()) more();
    return tally_;
  }

 private:
  void step() { there_ = need(mirror_.step()); }

  void more() {
    ++(mirror_.integer(0) == last_ ? tally_.doubled : tally_.unknown);
    findings_.example(cat("in the mirror alone: ", mirror_.text(1)));
  }

  Findings& findings_;
  store::Statement& mirror_;
  bool there_ = false;
  std::int64_t last_ = 0;
  Tally tally_;
};

}  // namespace

std::int64_t mirrored_to(const std::filesystem::path& database) {
  const auto connection = open(database);
  return need(connection.integer("SELECT whole FROM journals WHERE current = 1"));
}

void check_mirror(Findings& findings, Gateway& gateway, const std::filesystem::path& database) {
  const auto connection = open(database);
  auto rows = need(connection.prepare(all_records));
  Comparison comparison(findings, rows);
  std::int64_t last = 0;
  bool gapless = true;
  for (;;) {
    const auto page = gateway.api("GET", cat("/v1/journal?limit=1000&after=", last)).json();
    const auto& records = page.at("records").as_array();
    if (records.empty()) break;
    for (const auto& record : records) {
      const auto seq = record.at("seq").to_number<std::int64_t>();
      gapless = gapless && seq == last + 1;
      last = seq;
      comparison.next(record.as_object());
    }
  }
  const auto& tally = comparison.finish();
  findings.check(gapless && last > 0,
                 cat("records in the journal: ", last, ", numbered without a gap"));
  std::string lanes;
  for (const auto& [lane, count] : tally.lanes) lanes += cat("; lane ", lane, ": ", count);
  findings.check(tally.same == last && tally.missing == 0 && tally.changed == 0 &&
                     tally.doubled == 0 && tally.unknown == 0,
                 cat("records in the mirror once, in order, with the same content: ", tally.same,
                     "; missing: ", tally.missing, ", changed: ", tally.changed,
                     ", twice: ", tally.doubled, ", of no journal: ", tally.unknown, lanes));
  const auto gone = need(connection.integer("SELECT count(*) FROM gone"));
  const auto disputed = need(connection.integer("SELECT count(*) FROM disputed"));
  const auto journals = need(connection.integer("SELECT count(*) FROM journals"));
  findings.check(
      gone == 0 && disputed == 0 && journals == 1,
      cat("journals in the mirror: ", journals, "; given up: ", gone, ", disputed: ", disputed));
}

}  // namespace genkan::test
