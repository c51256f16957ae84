#include "cloud-agent/relay/mirror.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "cloud-agent/relay/mirror_tables.hpp"
#include "cloud-agent/relay/topics.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// Events of a gateway whose presence did not come yet.
constexpr std::string_view not_told_yet = "?";

// One message's records, filed.
class Filing {
 public:
  Filing(MirrorTables& tables, Standing current, Taken& taken)
      : tables_(tables), taken_(taken), touched_{std::move(current)} {}

  Result<> add(const MirrorRecord& record) {
    auto journal = journal_of(record.boot);
    if (!journal) return fail(journal.error());
    const auto added = tables_.add(current().gateway, (*journal)->journal, record);
    if (!added) return fail(added.error());
    (*journal)->highest = std::max((*journal)->highest, record.seq);
    ++(*added == MirrorTables::Added::added     ? taken_.added
       : *added == MirrorTables::Added::doubled ? taken_.doubled
                                                : taken_.disputed);
    return {};
  }

  Result<> finish() {
    for (auto& standing : touched_) {
      if (auto advanced = tables_.advance(standing); !advanced) return advanced;
      if (auto saved = tables_.save(standing); !saved) return saved;
    }
    taken_.standing = current();
    return {};
  }

  Standing& current() { return touched_.front(); }

 private:
  // Records of one message are mostly of one boot.
  Result<Standing*> journal_of(const std::string& boot) {
    if (boot == last_boot_) return &touched_[last_index_];
    auto journal = tables_.journal_of_boot(current().gateway, boot);
    if (!journal) return fail(journal.error());
    const auto& name = journal->empty() ? current().journal : *journal;
    auto found = std::find_if(touched_.begin(), touched_.end(),
                              [&name](const Standing& each) { return each.journal == name; });
    if (found == touched_.end()) {
      auto standing = tables_.standing(current().gateway, name);
      if (!standing) return fail(standing.error());
      found = touched_.insert(touched_.end(), *std::move(standing));
    }
    last_boot_ = boot;
    last_index_ = static_cast<std::size_t>(found - touched_.begin());
    return &*found;
  }

  MirrorTables& tables_;
  Taken& taken_;
  std::vector<Standing> touched_;  // the first is the current one
  std::string last_boot_;
  std::size_t last_index_ = 0;
};

Result<Taken> take_records(MirrorTables& tables, const std::string& gateway,
                           const std::vector<MirrorRecord>& records, WallTime now) {
  auto current = tables.current(gateway);
  if (!current) return fail(current.error());
  if (current->journal.empty()) {
    if (auto made = tables.make_current(gateway, not_told_yet, now); !made) {
      return fail(made.error());
    }
    current->journal = not_told_yet;
  }
  Taken taken;
  Filing filing(tables, *std::move(current), taken);
  for (const auto& record : records) {
    if (auto added = filing.add(record); !added) return fail(added.error());
  }
  if (auto finished = filing.finish(); !finished) return fail(finished.error());
  return taken;
}

// The gateway's current journal is `word.journal` from now on.
Result<> change_journal(MirrorTables& tables, const Standing& before, const PresenceWord& word,
                        WallTime now) {
  auto made = tables.make_current(before.gateway, word.journal, now);
  if (!made || before.journal.empty()) return made;
  // What came before the first presence, or of the new journal before it was told.
  const bool unplaced = before.journal == not_told_yet;
  return tables.move(before.gateway, before.journal, word.journal, unplaced ? "" : word.boot);
}

Result<Taken> take_presence(MirrorTables& tables, const std::string& gateway,
                            const PresenceWord& word, WallTime now) {
  const auto was_online = tables.was_online(gateway);
  if (!was_online) return fail(was_online.error());
  Taken taken;
  taken.presence = word.online ? Taken::Presence::online : Taken::Presence::offline;
  const bool changed = *was_online != word.online;
  if (auto set = tables.set_presence(gateway, word, changed, now); !set) return fail(set.error());

  auto current = tables.current(gateway);
  if (!current) return fail(current.error());
  if (!word.online) {
    taken.standing = *std::move(current);
    return taken;
  }
  if (auto set = tables.set_boot(gateway, word.boot, word.journal); !set) return fail(set.error());
  if (current->journal != word.journal) {
    taken.new_journal = !current->journal.empty() && current->journal != not_told_yet;
    auto done = change_journal(tables, *current, word, now);
    if (!done) return fail(done.error());
    current = tables.standing(gateway, word.journal);
    if (!current) return fail(current.error());
  }
  current->highest = std::max(current->highest, word.head);
  Filing filing(tables, *std::move(current), taken);
  if (auto finished = filing.finish(); !finished) return fail(finished.error());
  return taken;
}

Result<Taken> take_topic(MirrorTables& tables, const TopicName& topic, const mqtt::Inbound& message,
                         WallTime now) {
  switch (topic.kind) {
    case TopicKind::presence: {
      const auto word = read_presence(message.payload);
      if (!word) return fail(word.error());
      return take_presence(tables, topic.gateway, *word, now);
    }
    case TopicKind::alarm:
    case TopicKind::activity: {
      const auto records = topic.kind == TopicKind::alarm ? read_alarm(message.payload)
                                                          : read_activity(message.payload);
      if (!records) return fail(records.error());
      return take_records(tables, topic.gateway, *records, now);
    }
    case TopicKind::state: {
      auto set = tables.set_state(topic.gateway, topic.device, message.payload, now);
      if (!set) return fail(set.error());
      return Taken{};
    }
    case TopicKind::answer: break;
  }
  return Taken{};
}

}  // namespace

Mirror::Mirror(std::unique_ptr<MirrorTables> tables) : tables_(std::move(tables)) {}

Mirror::~Mirror() = default;

Result<std::unique_ptr<Mirror>> Mirror::open(const std::filesystem::path& path) {
  auto tables = MirrorTables::open(path);
  if (!tables) return fail(tables.error());
  return std::unique_ptr<Mirror>(new Mirror(*std::move(tables)));
}

Result<Taken> Mirror::take(const mqtt::Inbound& message, WallTime now) {
  const auto topic = read_topic(message.topic);
  if (!topic) {
    return fail(ErrorCode::invalid, cat("no topic of the contract: ", printable(message.topic)));
  }
  if (topic->kind == TopicKind::answer) return Taken{};
  // An empty presence clears the topic; states know what to do with one.
  if (message.payload.empty() && topic->kind != TopicKind::state) return Taken{};
  if (message.payload.size() > mqtt::most_payload) {
    return fail(ErrorCode::invalid, cat("a message of ", message.payload.size(), " bytes"));
  }
  const std::scoped_lock lock(mutex_);
  auto transaction = tables_->begin();
  if (!transaction) return fail(transaction.error());
  auto taken = take_topic(*tables_, *topic, message, now);
  if (!taken) return taken;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  tables_->keep_log_short();
  return taken;
}

Result<Taken> Mirror::take_page(const Standing& asked, const JournalPage& page) {
  const std::scoped_lock lock(mutex_);
  auto transaction = tables_->begin();
  if (!transaction) return fail(transaction.error());
  auto current = tables_->current(asked.gateway);
  if (!current) return fail(current.error());
  if (current->journal != asked.journal || page.journal.value_or(asked.journal) != asked.journal) {
    return fail(ErrorCode::conflict, "the gateway has begun another journal meanwhile");
  }
  Taken taken;
  std::int64_t next = asked.whole + 1;
  Filing filing(*tables_, *std::move(current), taken);
  for (const auto& record : page.records) {
    if (record.seq > next) {
      auto noted = tables_->add_gone(filing.current(), next, record.seq - 1);
      if (!noted) return fail(noted.error());
    }
    next = record.seq + 1;
    if (auto added = filing.add(record); !added) return fail(added.error());
  }
  if (page.records.empty() && page.oldest > next) {
    auto noted = tables_->add_gone(filing.current(), next, page.oldest - 1);
    if (!noted) return fail(noted.error());
  }
  // The gateway knows best where its journal ends.
  auto& standing = filing.current();
  standing.highest = page.records.empty() ? std::max(standing.whole, page.head)
                                          : std::max(standing.highest, page.head);
  if (auto finished = filing.finish(); !finished) return fail(finished.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  tables_->keep_log_short();
  return taken;
}

Result<std::optional<GoneRun>> Mirror::gone_behind(std::string_view gateway, std::int64_t after) {
  const std::scoped_lock lock(mutex_);
  const auto current = tables_->current(gateway);
  if (!current) return fail(current.error());
  return tables_->gone_behind(*current, after);
}

Result<Standing> Mirror::not_gone(const GoneRun& run) {
  const std::scoped_lock lock(mutex_);
  auto transaction = tables_->begin();
  if (!transaction) return fail(transaction.error());
  auto standing = tables_->current(run.gateway);
  if (!standing) return fail(standing.error());
  if (standing->journal != run.journal) {
    return fail(ErrorCode::conflict, "the gateway has begun another journal meanwhile");
  }
  if (auto dropped = tables_->drop_gone(run); !dropped) return fail(dropped.error());
  standing->whole = std::min(standing->whole, run.first - 1);
  if (auto saved = tables_->save(*standing); !saved) return fail(saved.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return standing;
}

Result<std::vector<Standing>> Mirror::standings() {
  const std::scoped_lock lock(mutex_);
  return tables_->standings();
}

Result<Standing> Mirror::standing(std::string_view gateway) {
  const std::scoped_lock lock(mutex_);
  return tables_->current(gateway);
}

}  // namespace genkan::relay
