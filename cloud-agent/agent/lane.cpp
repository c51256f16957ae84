#include "cloud-agent/agent/lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace genkan::agent {

namespace {
constexpr std::string_view batch_begin = R"({"records":[)";
constexpr std::string_view batch_end = "]}";
}  // namespace

void Lane::start(std::int64_t cursor) {
  started_ = true;
  scanned_ = cursor;
  head_ = cursor;
  singly_until_ = 0;
  waiting_.clear();
  flying_.clear();
}

void Lane::saw_head(std::int64_t head) { head_ = std::max(head_, head); }

bool Lane::wants_read() const {
  return started_ && scanned_ < head_ && waiting_.size() < form_.most_waiting;
}

std::size_t Lane::most_to_read() const {
  return form_.most_waiting - std::min(form_.most_waiting, waiting_.size());
}

void Lane::read(std::int64_t after, std::size_t limit, std::int64_t head_before,
                std::vector<LaneRecord> records) {
  if (!started_ || after > scanned_) return;
  // Fewer than asked for: there was nothing else up to the head of that moment.
  const bool whole = records.size() < limit;
  for (LaneRecord& record : records) {
    if (record.seq <= scanned_) continue;
    scanned_ = record.seq;
    waiting_.push_back(std::move(record));
  }
  if (whole) scanned_ = std::max(scanned_, head_before);
  saw_head(scanned_);
}

bool Lane::committed(std::int64_t seq, std::string_view text) {
  if (!started_ || seq <= scanned_) return true;
  saw_head(seq);
  if (seq != scanned_ + 1) return false;
  if (!text.empty()) {
    if (waiting_.size() >= form_.most_waiting) return false;
    waiting_.push_back(LaneRecord{seq, std::string(text)});
  }
  scanned_ = seq;
  return true;
}

const Lane::Batch* Lane::next(std::size_t most_bytes) {
  const auto has_failed = [](const Flying& flying) { return flying.fate == Fate::failed; };
  if (waiting_.empty() || flying_.size() >= form_.most_messages) return nullptr;
  if (std::any_of(flying_.begin(), flying_.end(), has_failed)) return nullptr;

  Batch batch;
  std::size_t bytes = batch_begin.size() + batch_end.size();
  while (!waiting_.empty() && batch.records.size() < form_.most_in_message) {
    const LaneRecord& record = waiting_.front();
    const bool alone = record.seq <= singly_until_;
    bytes += record.text.size() + 1;
    // One that is too long by itself is sent all the same, and fails as undeliverable.
    if (!batch.records.empty() && (alone || bytes > most_bytes)) break;
    batch.records.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (alone) break;
  }
  batch.id = ++last_id_;
  flying_.push_back(Flying{std::move(batch)});
  return &flying_.back().batch;
}

std::string Lane::payload(const Batch& batch) const {
  if (form_.most_in_message == 1) return batch.records.front().text;
  std::string text(batch_begin);
  for (const LaneRecord& record : batch.records) {
    if (text.size() > batch_begin.size()) text += ',';
    text += record.text;
  }
  text += batch_end;
  return text;
}

void Lane::put_back(std::uint64_t id) {
  if (flying_.empty() || flying_.back().batch.id != id) return;
  auto& records = flying_.back().batch.records;
  waiting_.insert(waiting_.begin(), std::make_move_iterator(records.begin()),
                  std::make_move_iterator(records.end()));
  flying_.pop_back();
}

void Lane::acknowledged(std::uint64_t id) {
  if (Flying* flying = find(id); flying != nullptr) flying->fate = Fate::acknowledged;
  settle();
}

void Lane::failed(std::uint64_t id) {
  if (Flying* flying = find(id); flying != nullptr) flying->fate = Fate::failed;
  settle();
}

std::optional<std::int64_t> Lane::undeliverable(std::uint64_t id) {
  std::optional<std::int64_t> dropped;
  if (Flying* flying = find(id); flying != nullptr) {
    const auto& records = flying->batch.records;
    if (records.size() == 1) {
      dropped = records.front().seq;
      flying->fate = Fate::acknowledged;
    } else {
      singly_until_ = std::max(singly_until_, records.back().seq);
      flying->fate = Fate::failed;
    }
  }
  settle();
  return dropped;
}

std::int64_t Lane::cursor() const {
  if (!flying_.empty()) return flying_.front().batch.records.front().seq - 1;
  if (!waiting_.empty()) return waiting_.front().seq - 1;
  return scanned_;
}

Lane::Flying* Lane::find(std::uint64_t id) {
  const auto same = [id](const Flying& flying) { return flying.batch.id == id; };
  const auto found = std::find_if(flying_.begin(), flying_.end(), same);
  return found == flying_.end() ? nullptr : &*found;
}

// Drops what is acknowledged from the front; once the rest is decided and the first of it failed,
// all of it waits again, so that the order holds.
void Lane::settle() {
  while (!flying_.empty() && flying_.front().fate == Fate::acknowledged) flying_.pop_front();
  const auto open = [](const Flying& flying) { return flying.fate == Fate::open; };
  if (flying_.empty() || std::any_of(flying_.begin(), flying_.end(), open)) return;
  while (!flying_.empty()) {
    auto& records = flying_.back().batch.records;
    waiting_.insert(waiting_.begin(), std::make_move_iterator(records.begin()),
                    std::make_move_iterator(records.end()));
    flying_.pop_back();
  }
}

}  // namespace genkan::agent
