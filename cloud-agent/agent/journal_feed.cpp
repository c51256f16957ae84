#include "cloud-agent/agent/journal_feed.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace asio = boost::asio;

namespace {

// Read ahead no more than fits into memory beside everything else: a record has at most 5 KiB.
constexpr LaneForm alarm_form{"alarm", "agent-alarm", 1, 16, 100};
constexpr LaneForm activity_form{"activity", "agent-activity", 100, 4, 150};

constexpr std::chrono::milliseconds api_time{5000};
constexpr std::chrono::seconds long_poll{20};
// While the stream tells of every record, this is a safety net only.
constexpr std::chrono::milliseconds look_every{30'000};
constexpr std::chrono::milliseconds store_every{1000};
// A lane whose topic is forbidden is tried again this often: once somebody has mended the broker's
// access control, it goes on where it stopped.
constexpr std::chrono::seconds refused_pause{60};
constexpr std::chrono::milliseconds lost_pause{200};
// A cursor that moves only because records of the other lane pass by is stored this seldom.
constexpr std::int64_t passed_by = 1000;
constexpr std::size_t most_journal_bytes = std::size_t{8} * 1024 * 1024;

struct Page {
  std::vector<LaneRecord> records;
  std::int64_t head = 0;
  std::int64_t oldest = 0;
};

std::int64_t number_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::optional<json::object> object_from(const Result<ApiResponse>& response) {
  if (!response || response->status != 200) return std::nullopt;
  auto parsed = parse_json(response->body, most_journal_bytes);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return std::move(parsed->as_object());
}

std::optional<Page> page_from(const Result<ApiResponse>& response) {
  const auto object = object_from(response);
  if (!object) return std::nullopt;
  const json::value* list = object->if_contains("records");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  Page page;
  page.head = number_in(*object, "head");
  page.oldest = number_in(*object, "oldest");
  for (const json::value& record : list->as_array()) {
    if (!record.is_object()) return std::nullopt;
    const auto seq = number_in(record.as_object(), "seq");
    if (seq <= 0) return std::nullopt;
    page.records.push_back(LaneRecord{seq, json::serialize(record)});
  }
  return page;
}

ApiRequest get(std::string target) {
  ApiRequest request;
  request.target = std::move(target);
  return request;
}

}  // namespace

JournalFeed::Reader::Reader(const asio::any_io_executor& loop, LaneForm form, Urgency urgent,
                            std::string to)
    : lane(form), urgency(urgent), topic(std::move(to)), wake(loop) {}

JournalFeed::JournalFeed(asio::any_io_executor loop, Daemon& daemon, Window& window,
                         const Topics& topics)
    : loop_(loop),
      daemon_(daemon),
      window_(window),
      alarm_(loop, alarm_form, Urgency::alarm, topics.alarm()),
      activity_(loop, activity_form, Urgency::activity, topics.activity()) {}

void JournalFeed::start() {
  asio::co_spawn(loop_, feed(alarm_), asio::detached);
  asio::co_spawn(loop_, feed(activity_), asio::detached);
  asio::co_spawn(loop_, keep_cursors(), asio::detached);
}

void JournalFeed::stream_began(std::int64_t head) {
  streaming_ = true;
  for (Reader* reader : {&alarm_, &activity_}) {
    reader->lane.saw_head(head);
    reader->wake.ring();
  }
}

void JournalFeed::stream_ended() {
  streaming_ = false;
  for (Reader* reader : {&alarm_, &activity_}) {
    // genkand may come back with another database: nothing is read before that is known.
    reader->verify = reader->lane.started();
    reader->wake.ring();
  }
}

void JournalFeed::committed(std::int64_t seq, std::string_view lane, std::string_view text) {
  for (Reader* reader : {&alarm_, &activity_}) {
    const bool ours = reader->lane.form().name == lane;
    if (!reader->lane.committed(seq, ours ? text : std::string_view())) reader->wake.ring();
    if (ours) send(*reader);
  }
}

void JournalFeed::online() {
  for (Reader* reader : {&alarm_, &activity_}) {
    reader->held_until = SteadyTime{};
    reader->refusal_told = false;
  }
}

void JournalFeed::pump() {
  send(alarm_);
  send(activity_);
}

std::size_t JournalFeed::backlog() const {
  return alarm_.lane.waiting() + activity_.lane.waiting() + alarm_.lane.in_flight() +
         activity_.lane.in_flight();
}

// --- Reading

asio::awaitable<void> JournalFeed::feed(Reader& reader) {
  bool look = true;  // even if nothing is known to be there
  while (true) {
    if (!reader.lane.started() || reader.verify) {
      const bool begun = co_await begin(reader);
      if (!begun) {
        co_await reader.wake.wait(reader.pause.next());
        continue;
      }
      look = true;
    }
    const bool full = reader.lane.most_to_read() == 0;
    const bool due = reader.lane.wants_read() || ((look || !streaming_) && !full);
    if (!due) {
      const bool rung = co_await reader.wake.wait(look_every);
      // The net under the stream: what it did not tell of is looked for.
      look = !rung;
      continue;
    }
    look = false;
    std::string wait = streaming_ ? std::string() : cat("&wait=", long_poll.count());
    const bool answered = co_await read(reader, std::move(wait));
    if (!answered) co_await reader.wake.wait(reader.pause.next());
    send(reader);
  }
}

asio::awaitable<bool> JournalFeed::begin(Reader& reader) {
  ApiRequest request = get(cat("/v1/readers/", reader.lane.form().reader));
  const auto response = co_await daemon_.request(std::move(request), api_time);
  std::int64_t seq = 0;
  if (!response || response->status != 404) {
    const auto object = object_from(response);
    if (!object) co_return false;
    seq = number_in(*object, "seq");
  }
  reader.pause.reset();
  if (reader.verify) {
    reader.verify = false;
    // Of our own journal it has at least what we stored.
    if (seq < reader.stored) start_over(reader, "genkand has another journal than before");
    co_return true;
  }
  reader.stored = seq;
  reader.lane.start(seq);
  log(LogLevel::info, "reading the journal",
      {{"lane", reader.lane.form().name}, {"after", cat(seq)}});
  co_return true;
}

asio::awaitable<bool> JournalFeed::read(Reader& reader, std::string wait) {
  Lane& lane = reader.lane;
  const auto after = lane.scanned();
  const auto limit = lane.most_to_read();
  const auto head_before = lane.head();
  ApiRequest request =
      get(cat("/v1/journal?after=", after, "&limit=", limit, "&lane=", lane.form().name, wait));
  const auto within = wait.empty() ? api_time : api_time + long_poll;
  const auto response = co_await daemon_.request(std::move(request), within);
  auto page = page_from(response);
  if (!page) co_return false;
  reader.pause.reset();
  if (page->head < lane.cursor()) {
    start_over(reader, "the journal is shorter than what was sent of it");
    co_return true;
  }
  if (page->oldest > after + 1 && after > 0) {
    log(LogLevel::warning, "records were cleared away before they were sent",
        {{"lane", lane.form().name}, {"from", cat(after + 1)}, {"to", cat(page->oldest - 1)}});
  }
  lane.read(after, limit, head_before, std::move(page->records));
  lane.saw_head(page->head);
  co_return true;
}

void JournalFeed::start_over(Reader& reader, std::string_view why) {
  log(LogLevel::warning, "starting over from the oldest record",
      {{"lane", reader.lane.form().name}, {"why", why}, {"cursor", cat(reader.lane.cursor())}});
  reader.lane.start(0);
  reader.stored = 0;
  reader.moved = true;
  reader.wake.ring();
}

// --- Sending

void JournalFeed::send(Reader& reader) {
  const auto now = Steady::now();
  if (now < reader.held_until) return;
  while (window_.room(reader.urgency)) {
    const Lane::Batch* batch = reader.lane.next(window_.most_payload_now());
    if (batch == nullptr) break;
    mqtt::Message message;
    message.topic = reader.topic;
    message.payload = reader.lane.payload(*batch);
    const auto id = batch->id;
    const auto records = batch->records.size();
    if (message.payload.size() > window_.most_payload_now()) {
      drop(reader, id, 0);
      continue;
    }
    auto done = [this, &reader, id, records](mqtt::Delivery delivery, int reason) {
      settle(reader, id, records, delivery, reason);
    };
    if (!window_.send(reader.urgency, message, now, std::move(done))) {
      reader.lane.put_back(id);
      break;
    }
  }
  if (reader.lane.wants_read()) reader.wake.ring();
}

void JournalFeed::settle(Reader& reader, std::uint64_t batch, std::size_t records,
                         mqtt::Delivery delivery, int reason) {
  const auto now = Steady::now();
  switch (delivery) {
    case mqtt::Delivery::acknowledged:
      reader.lane.acknowledged(batch);
      reader.moved = true;
      counts_.records += records;
      break;
    case mqtt::Delivery::too_large: drop(reader, batch, reason); break;
    case mqtt::Delivery::lost:
      reader.lane.failed(batch);
      reader.held_until = now + lost_pause;
      break;
    case mqtt::Delivery::refused:
      ++counts_.refused;
      reader.lane.failed(batch);
      reader.held_until = now + refused_pause;
      if (!std::exchange(reader.refusal_told, true)) {
        log(LogLevel::error,
            "the broker refuses this topic: give the gateway the right to write it; its records "
            "wait in the journal",
            {{"topic", reader.topic}, {"reason", cat(reason)}});
      }
      break;
  }
}

void JournalFeed::drop(Reader& reader, std::uint64_t batch, int reason) {
  const auto dropped = reader.lane.undeliverable(batch);
  if (!dropped) return;  // cut into single records
  ++counts_.undeliverable;
  reader.moved = true;
  log(LogLevel::error, "a record is too large for the broker and was left out",
      {{"lane", reader.lane.form().name}, {"seq", cat(*dropped)}, {"reason", cat(reason)}});
}

// --- Cursors

asio::awaitable<void> JournalFeed::keep_cursors() {
  asio::steady_timer timer(loop_);
  while (true) {
    timer.expires_after(store_every);
    co_await timer.async_wait(asio::use_awaitable);
    co_await store_cursors();
  }
}

asio::awaitable<void> JournalFeed::store_cursors() {
  co_await store(alarm_);
  co_await store(activity_);
}

asio::awaitable<void> JournalFeed::store(Reader& reader) {
  if (!reader.lane.started() || reader.verify) co_return;
  const auto cursor = reader.lane.cursor();
  const bool due = reader.moved || cursor - reader.stored >= passed_by;
  if (!due || cursor == reader.stored) co_return;
  reader.moved = false;
  ApiRequest request;
  request.method = "PUT";
  request.target = cat("/v1/readers/", reader.lane.form().reader);
  request.body = cat("{\"seq\":", cursor, "}");
  const auto response = co_await daemon_.request(std::move(request), api_time);
  const bool stored = response && response->status / 100 == 2;
  if (stored) {
    reader.stored = cursor;
  } else {
    reader.moved = true;
  }
}

}  // namespace genkan::agent
