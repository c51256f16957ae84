#include "firmware/domain/keys/key_table.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace genkan::domain {

namespace {

bool alike(const KeyRow& one, const KeyRow& other) {
  return one.hash == other.hash && one.how == other.how && one.reach == other.reach;
}

// From how many rows on they are kept side by side too.
constexpr std::size_t crowd_size = 32;

Posting posting_of(RowId id, const KeyRow& row) {
  const bool by_time_alone =
      row.timing == RowTiming::span && !row.counted && !row.revoked && !row.disabled;
  Posting posting;
  posting.row = id;
  if (by_time_alone) {
    posting.from = row.from;
    posting.to = row.to;
  }
  return posting;
}

}  // namespace

RowId KeyTable::add(const KeyRef& key, const KeyRow& row) {
  if (size_ + 1 > heads_.size()) grow();
  RowId id = free_;
  if (id == no_row) {
    id = static_cast<RowId>(rows_.size());
    rows_.emplace_back();
  } else {
    free_ = rows_[id].next_of_owner;
  }
  KeyRow& mine = rows_[id];
  mine = row;
  mine.owner = key.owner;
  mine.card = key.card;
  mine.live = true;
  mine.id.fill('\0');
  if (key.id.size() <= mine.id.size()) {
    std::ranges::copy(key.id, mine.id.begin());
  } else {
    long_ids_[id] = key.id;
  }
  link_hash(id);
  link_owner(id);
  ++size_;
  return id;
}

void KeyTable::remove(RowId id) {
  unlink_hash(id);
  unlink_owner(id);
  long_ids_.erase(id);
  rows_[id] = KeyRow{};
  rows_[id].next_of_owner = free_;
  free_ = id;
  --size_;
}

std::string_view KeyTable::id_text(RowId id) const {
  const auto& text = rows_[id].id;
  if (text.front() != '\0') {
    return {text.data(), static_cast<std::size_t>(std::ranges::find(text, '\0') - text.begin())};
  }
  const auto found = long_ids_.find(id);
  return found == long_ids_.end() ? std::string_view() : std::string_view(found->second);
}

KeyRef KeyTable::key_of(RowId id) const {
  return {rows_[id].owner, std::string(id_text(id)), rows_[id].card};
}

bool KeyTable::is_of(RowId id, const KeyRef& key) const {
  const KeyRow& row = rows_[id];
  return row.owner == key.owner && row.card == key.card && id_text(id) == key.id;
}

bool KeyTable::before(RowId one, RowId other) const {
  const KeyRow& left = rows_[one];
  const KeyRow& right = rows_[other];
  if (left.owner != right.owner) return left.owner < right.owner;
  if (const auto order = id_text(one) <=> id_text(other); order != 0) return order < 0;
  return left.card < right.card;
}

RowId KeyTable::first_head(const KeyHash& hash) const {
  return heads_.empty() ? no_row : heads_[hash_bucket(hash)];
}

RowId KeyTable::first_of_owner(const KeyRef& key) const {
  return owners_.empty() ? no_row : owners_[owner_bucket(key.owner, key.id)];
}

std::size_t KeyTable::hash_bucket(const KeyHash& hash) const {
  return std::hash<KeyHash>{}(hash) & (heads_.size() - 1);
}

std::size_t KeyTable::owner_bucket(KeyOwner owner, std::string_view id) const {
  const auto salt = static_cast<std::size_t>(owner) * 0x9E37'79B9U;
  return (std::hash<std::string_view>{}(id) ^ salt) & (owners_.size() - 1);
}

void KeyTable::link_hash(RowId id) {
  KeyRow& mine = rows_[id];
  RowId& bucket = heads_[hash_bucket(mine.hash)];
  for (RowId at = bucket; at != no_row; at = rows_[at].next_head) {
    KeyRow& head = rows_[at];
    if (!alike(head, mine)) continue;
    mine.head = false;
    mine.next_head = no_row;
    mine.next_alike = head.next_alike;
    head.next_alike = id;
    join_crowd(at, id);
    return;
  }
  mine.head = true;
  mine.next_alike = no_row;
  mine.next_head = bucket;
  bucket = id;
}

void KeyTable::unlink_hash(RowId id) {
  const KeyRow& mine = rows_[id];
  RowId* link = &heads_[hash_bucket(mine.hash)];
  if (mine.head) {
    while (*link != id) link = &rows_[*link].next_head;
    if (mine.next_alike == no_row) {
      *link = mine.next_head;
    } else {
      KeyRow& heir = rows_[mine.next_alike];
      heir.head = true;
      heir.next_head = mine.next_head;
      *link = mine.next_alike;
      if (auto crowd = crowds_.extract(id)) {
        crowd.key() = mine.next_alike;
        crowds_.insert(std::move(crowd));
        leave_crowd(mine.next_alike, id);
      }
    }
    return;
  }
  RowId head = *link;
  while (!alike(rows_[head], mine)) head = rows_[head].next_head;
  link = &rows_[head].next_alike;
  while (*link != id) link = &rows_[*link].next_alike;
  *link = mine.next_alike;
  leave_crowd(head, id);
}

const std::vector<Posting>* KeyTable::crowd(RowId head) const {
  if (crowds_.empty()) return nullptr;
  const auto found = crowds_.find(head);
  return found == crowds_.end() ? nullptr : &found->second;
}

void KeyTable::join_crowd(RowId head, RowId id) {
  if (const auto found = crowds_.find(head); found != crowds_.end()) {
    found->second.push_back(posting_of(id, rows_[id]));
    return;
  }
  std::size_t count = 0;
  for (RowId at = head; at != no_row && count < crowd_size; at = rows_[at].next_alike) ++count;
  if (count < crowd_size) return;
  auto& crowd = crowds_[head];
  for (RowId at = head; at != no_row; at = rows_[at].next_alike) {
    crowd.push_back(posting_of(at, rows_[at]));
  }
}

void KeyTable::leave_crowd(RowId head, RowId id) {
  const auto found = crowds_.find(head);
  if (found == crowds_.end()) return;
  auto& crowd = found->second;
  *std::ranges::find(crowd, id, &Posting::row) = crowd.back();
  crowd.pop_back();
  if (crowd.size() < crowd_size / 2) crowds_.erase(found);
}

void KeyTable::link_owner(RowId id) {
  RowId& bucket = owners_[owner_bucket(rows_[id].owner, id_text(id))];
  rows_[id].next_of_owner = bucket;
  bucket = id;
}

void KeyTable::unlink_owner(RowId id) {
  RowId* link = &owners_[owner_bucket(rows_[id].owner, id_text(id))];
  while (*link != id) link = &rows_[*link].next_of_owner;
  *link = rows_[id].next_of_owner;
}

void KeyTable::grow() {
  const std::size_t buckets = std::max<std::size_t>(64, heads_.size() * 2);
  heads_.assign(buckets, no_row);
  owners_.assign(buckets, no_row);
  for (RowId id = 0; id < rows_.size(); ++id) {
    if (!rows_[id].live) continue;
    link_owner(id);
    if (!rows_[id].head) continue;  // its head takes it along
    RowId& bucket = heads_[hash_bucket(rows_[id].hash)];
    rows_[id].next_head = bucket;
    bucket = id;
  }
}

}  // namespace genkan::domain
