#include "firmware/store/journal_writer.hpp"

namespace genkan::store {

Result<JournalWriter> JournalWriter::open(const Connection& connection, std::string boot) {
  auto insert = connection.prepare(
      "INSERT INTO journal (seq, boot, time, clock, kind, lane, device, room, actor, body, hash) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  if (!insert) return fail(insert.error());
  const auto head = journal_head(connection);
  if (!head) return fail(head.error());
  return JournalWriter(std::move(*insert), *head, std::move(boot));
}

Result<domain::Record> JournalWriter::append(domain::RecordDraft& draft, const Foreseen* foreseen) {
  if (auto settled = sealer_.settle(draft); !settled) return fail(settled.error());
  const bool fits = foreseen != nullptr && foreseen->before == head_;
  const ChainLink link{Seq{number(head_.seq) + 1},
                       fits ? foreseen->hash : sealer_.seal(head_, draft)};
  insert_.bind(1, number(link.seq))
      .bind(2, sealer_.boot())
      .bind(3, std::int64_t{draft.time.time_since_epoch().count()})
      .bind(4, draft.clock == ClockTrust::trusted ? "trusted" : "untrusted")
      .bind(5, domain::name_of(draft.kind))
      .bind(6, draft.lane == domain::RecordLane::alarm ? "alarm" : "activity")
      .bind_optional(7, draft.device.str())
      .bind_optional(8, draft.room.str())
      .bind_optional(9, draft.actor)
      .bind(10, sealer_.body())
      .bind(11, std::span(link.hash));
  if (auto written = insert_.run(); !written) return fail(written.error());
  head_ = link;
  return domain::Record{link.seq, sealer_.boot(), std::move(draft), link.hash};
}

}  // namespace genkan::store
