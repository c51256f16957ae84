#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/domain/keys/key_ref.hpp"

// The rows of a KeyRing, laid out for 250,000 of them in little memory. Only key_ring.cpp uses it.
namespace genkan::domain {

using RowId = std::uint32_t;
constexpr RowId no_row = std::numeric_limits<RowId>::max();

enum class RowTiming : std::uint8_t { always, span, rule };

// One grant; a cache line.
struct KeyRow {
  KeyHash hash;
  std::array<char, 16> id{};  // of the owner, padded with NUL; a longer one lies beside the table
  std::int32_t from = 0;      // RowTiming::span: minutes since 1970, UTC
  std::int32_t to = 0;
  std::uint32_t rule = 0;   // RowTiming::rule: in the TimingPool
  std::uint32_t reach = 0;  // in the ReachPool
  // Of the table: rows with one hash, credential and reach hang behind a head, heads of one bucket
  // behind one another; rows of one bucket of owners likewise.
  RowId next_alike = no_row;
  RowId next_head = no_row;
  RowId next_of_owner = no_row;
  std::uint16_t uses_left = 0;
  KeyOwner owner : 4 = KeyOwner::reservation;
  Credential how : 4 = Credential::code;
  RowTiming timing : 2 = RowTiming::always;
  bool card : 1 = false;
  bool counted : 1 = false;
  bool revoked : 1 = false;
  bool disabled : 1 = false;
  bool head : 1 = false;
  bool live : 1 = false;
};
static_assert(sizeof(KeyRow) == 64);

// When a row must be looked at: minutes since 1970, [from, to). Where it is not its time alone that
// tells (a rule, a counted key, one that is disabled …): always.
struct Posting {
  std::int32_t from = std::numeric_limits<std::int32_t>::min();
  std::int32_t to = std::numeric_limits<std::int32_t>::max();
  RowId row = no_row;
};

class KeyTable {
 public:
  RowId add(const KeyRef& key, const KeyRow& row);
  void remove(RowId id);
  std::size_t size() const { return size_; }

  const KeyRow& row(RowId id) const { return rows_[id]; }
  KeyRow& row(RowId id) { return rows_[id]; }
  KeyRef key_of(RowId id) const;
  bool is_of(RowId id, const KeyRef& key) const;
  // By owner and id, as KeyRef's order, without making texts.
  bool before(RowId one, RowId other) const;

  // The heads whose hash may be `hash` (others share the bucket): follow next_head; behind each,
  // those with the same hash, credential and reach: follow next_alike.
  RowId first_head(const KeyHash& hash) const;
  // The same rows as those behind the head and itself, side by side in memory, where they are many
  // (a manager who gives everybody one code): 4,000 rows far apart take 0.4 ms, side by side 5 µs.
  // Null where they are few.
  const std::vector<Posting>* crowd(RowId head) const;
  // Rows whose owner may be `key`'s: follow next_of_owner and ask is_of.
  RowId first_of_owner(const KeyRef& key) const;

 private:
  std::size_t hash_bucket(const KeyHash& hash) const;
  std::size_t owner_bucket(KeyOwner owner, std::string_view id) const;
  std::string_view id_text(RowId id) const;
  void link_hash(RowId id);
  void unlink_hash(RowId id);
  void join_crowd(RowId head, RowId id);
  void leave_crowd(RowId head, RowId id);
  void link_owner(RowId id);
  void unlink_owner(RowId id);
  void grow();

  std::deque<KeyRow> rows_;
  RowId free_ = no_row;  // through next_of_owner
  std::size_t size_ = 0;
  std::vector<RowId> heads_;   // by hash; a power of two of them
  std::vector<RowId> owners_;  // by owner and id; as many
  std::unordered_map<RowId, std::string> long_ids_;
  std::unordered_map<RowId, std::vector<Posting>> crowds_;  // by head
};

}  // namespace genkan::domain
