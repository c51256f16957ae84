// What a lock's worker tells: what it found in the memory, and how its keys stand.
#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_lock.hpp"

namespace genkan::services {

namespace {

using domain::KeyStanding;
using domain::KeyState;
using domain::NotSet;
using domain::RecordKind;

bool same_key(const KeyStanding& a, const KeyStanding& b) {
  return a.key == b.key && a.opens.end == b.opens.end;
}

const KeyStanding* find_in(const std::vector<KeyStanding>& list, const KeyStanding& wanted) {
  const auto at =
      std::ranges::find_if(list, [&wanted](const auto& one) { return same_key(one, wanted); });
  return at == list.end() ? nullptr : &*at;
}

bool hurts(const KeyStanding& standing) {
  return standing.state == KeyState::still_opens ||
         (standing.state == KeyState::not_set &&
          (standing.why == NotSet::unreachable || standing.why == NotSet::rejected));
}

}  // namespace

void KeyLock::take_image(const ports::MemoryRead& read) {
  domain::MemoryImage image;
  image.enabled_areas = read.enabled_areas;
  for (const auto& [slot, taken] : read.occupied) {
    domain::SlotReading reading;
    reading.card = taken.card;
    if (taken.content) {
      reading.schedule = taken.content->schedule;
      const auto* code = std::get_if<domain::Code>(&taken.content->key);
      reading.hash = code != nullptr
                         ? needs_.hasher.of(*code)
                         : needs_.hasher.of(std::get<domain::CardNumber>(taken.content->key));
    }
    image.occupied.emplace(slot, reading);
  }
  ports::Change change;
  tell_swap(read, change);
  renew_stale_notes(image, change);
  keep_news(std::move(change));
  serial_ = read.serial;
  mark_ = ports::MemoryMark{read.serial, read.changes};
  image_ = std::move(image);
  image_holds_ = true;
  image_at_ = needs_.clock.wall();
}

// The hashes of a lost key say nothing; what stands in a noted slot is what we wrote there.
void KeyLock::renew_stale_notes(const domain::MemoryImage& image, ports::Change& change) {
  for (const auto& slot : stale_) {
    const auto note = notes_.find(slot);
    const auto reading = image.occupied.find(slot);
    if (note == notes_.end() || reading == image.occupied.end() || !reading->second.hash) continue;
    note->second.hash = *reading->second.hash;
    change.keys.slot_notes.emplace_back(device_, note->second);
  }
  stale_.clear();
}

// Another serial number, or none of the keys that we wrote is there any more.
void KeyLock::tell_swap(const ports::MemoryRead& read, ports::Change& change) {
  bool swapped = serial_ && read.serial && *serial_ != *read.serial;
  if (!swapped) {
    const auto lost = [&read](const auto& entry) {
      return entry.second.state != domain::NoteState::written ||
             !read.occupied.contains(entry.first);
    };
    const auto is_written = [](const auto& entry) {
      return entry.second.state == domain::NoteState::written;
    };
    swapped = std::ranges::count_if(notes_, is_written) > 1 && std::ranges::all_of(notes_, lost);
  }
  if (!swapped) return;
  change.records.push_back(needs_.news.of_lock(RecordKind::lock_swapped, device_));
  for (auto& [slot, note] : notes_) {  // what the other lock refused is no reason to wait
    note.failures = 0;
    note.next_try = {};
  }
}

void KeyLock::tell_foreign(const std::vector<domain::SlotAddress>& now, ports::Change& change) {
  if (!image_holds_) return;
  const auto* lock = model();
  const auto record_of = [&](RecordKind kind, const domain::SlotAddress& slot) {
    auto record = needs_.news.of_lock(kind, device_);
    if (lock != nullptr && slot.area < lock->areas.size()) {
      record.body["area"] = lock->areas[slot.area].name;
    }
    record.body["slot"] = slot.number;
    change.records.push_back(std::move(record));
  };
  for (const auto& slot : now) {
    if (std::ranges::find(foreign_, slot) == foreign_.end()) {
      record_of(RecordKind::foreign_key, slot);
    }
  }
  for (const auto& slot : foreign_) {
    if (!image_->occupied.contains(slot)) record_of(RecordKind::foreign_key_gone, slot);
  }
  foreign_ = now;
}

void KeyLock::tell_news_of(const domain::SlotPlan& next) {
  ports::Change change;
  tell_foreign(next.foreign, change);
  for (const auto& standing : next.standings) {
    tell_standing(find_in(plan_.standings, standing), standing, change);
  }
  std::erase_if(missing_, [&next](const auto& entry) {
    return std::ranges::none_of(next.standings, [&entry](const auto& standing) {
      return std::pair(standing.key, standing.opens.end) == entry.first;
    });
  });
  const auto bad = std::ranges::find_if(next.standings, hurts);
  const bool stands = bad != next.standings.end();
  needs_.news.trouble(domain::TroubleKind::lock_communication, device_,
                      stands ? domain::Standing::yes : domain::Standing::no,
                      stands ? std::string(domain::name_of(bad->why)) : std::string(), change);
  keep_news(std::move(change));
}

// Each that is missing is told once, and once when it is there again; each that still opens, once.
void KeyLock::tell_standing(const KeyStanding* before, const KeyStanding& now,
                            ports::Change& change) {
  const std::pair known(now.key, now.opens.end);
  switch (now.state) {
    case KeyState::not_set: {
      const auto told = missing_.find(known);
      if (told != missing_.end() && told->second == now.why) return;
      missing_[known] = now.why;
      auto draft = record(RecordKind::key_not_set, now.key, std::nullopt, domain::name_of(now.why));
      if (now.in_favour_of) draft.body["in_favour_of"] = needs_.news.name_of(*now.in_favour_of);
      change.records.push_back(std::move(draft));
      return;
    }
    case KeyState::set:
      if (missing_.erase(known) == 0) return;
      change.records.push_back(record(RecordKind::key_set_again, now.key, now.address));
      return;
    case KeyState::still_opens:
      if (before != nullptr && before->state == KeyState::still_opens) return;
      change.records.push_back(
          record(RecordKind::key_remove_failed, now.key, now.address, domain::name_of(now.why)));
      return;
    case KeyState::waiting:
    case KeyState::setting:
    case KeyState::removing: return;
  }
}

}  // namespace genkan::services
