#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/mqtt/broker.hpp"

namespace genkan::agent {

// A journal record on its way: its number and its text, which is passed on unchanged.
struct LaneRecord {
  std::int64_t seq = 0;
  std::string text;  // one JSON object
};

struct LaneForm {
  std::string_view name;        // "alarm", "activity": as the journal calls it
  std::string_view reader;      // the cursor's name at genkand
  std::size_t most_in_message;  // 1: a record is the message; more: {"records":[…]}
  std::size_t most_messages;    // in flight
  std::size_t most_waiting;     // records read ahead
};

// The journal's records of one lane, from a cursor onwards, in order of number.
//
// The journal's numbers have no holes. `scanned` is the number up to which every record of this
// lane was taken in; the cursor is the number up to which every one was acknowledged. Pure: no
// clock, no network. One thread.
class Lane {
 public:
  // One message of consecutive records of the lane.
  struct Batch {
    std::uint64_t id = 0;
    std::vector<LaneRecord> records;
  };

  explicit Lane(LaneForm form) : form_(form) {}

  const LaneForm& form() const { return form_; }

  // Forgets everything and begins behind `cursor`. Receipts of earlier batches are ignored.
  void start(std::int64_t cursor);
  bool started() const { return started_; }

  // --- Reading. `head`: a number that the journal had reached when it was looked at.
  void saw_head(std::int64_t head);
  std::int64_t head() const { return head_; }
  // Whether there is something to read and room for it.
  bool wants_read() const;
  std::int64_t scanned() const { return scanned_; }
  std::size_t most_to_read() const;
  // The answer to a read behind `after` of at most `limit` records of this lane, sent when the
  // journal had reached `head_before`.
  void read(std::int64_t after, std::size_t limit, std::int64_t head_before,
            std::vector<LaneRecord> records);
  // A record of any lane as it is committed (`text` empty: not of this lane). True if it was the
  // next one and is taken in; false if something between is missing, then a read is wanted.
  bool committed(std::int64_t seq, std::string_view text);

  // --- Sending.
  // The next message's records within `most_bytes` of payload; nothing if there are none, if enough
  // messages are in flight, or if a failed one has to be cleared up first. Valid until the next
  // call.
  const Batch* next(std::size_t most_bytes);
  std::string payload(const Batch& batch) const;
  // Puts a batch back that could not be handed over: it is the next again.
  void put_back(std::uint64_t id);
  void acknowledged(std::uint64_t id);
  // The broker has not got it: sent again, with all that followed it, once nothing is in flight.
  void failed(std::uint64_t id);
  // The message can never be delivered: a batch is cut into single records, a single record is
  // dropped. Returns the number of the record dropped.
  std::optional<std::int64_t> undeliverable(std::uint64_t id);

  std::int64_t cursor() const;
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t in_flight() const { return flying_.size(); }

 private:
  enum class Fate : std::uint8_t { open, acknowledged, failed };
  struct Flying {
    Batch batch;
    Fate fate = Fate::open;
  };

  Flying* find(std::uint64_t id);
  void settle();

  LaneForm form_;
  bool started_ = false;
  std::int64_t scanned_ = 0;
  std::int64_t head_ = 0;
  std::int64_t singly_until_ = 0;  // records up to here travel alone
  std::uint64_t last_id_ = 0;
  std::deque<LaneRecord> waiting_;
  std::deque<Flying> flying_;
};

}  // namespace genkan::agent
