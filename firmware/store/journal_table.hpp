#pragma once

#include <string>
#include <vector>

#include "firmware/domain/record.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/store/sqlite.hpp"

// The journal's table, read and checked (journal_writer.hpp writes it). A record's hash covers its
// predecessor's, so none can be changed, removed from the middle or put in without the chain
// showing it. One thread: the connection's.
namespace genkan::store {

// A body's JSON text has at most this many bytes.
inline constexpr std::size_t most_body_bytes = 4'096;

// A number and the hash of the record that has it.
struct ChainLink {
  Seq seq{};
  Digest hash{};
  bool operator==(const ChainLink&) const = default;
};

// The record before the first one that is kept: nothing, the last one that retention removed, or
// where a new file went on after a damaged one.
Result<ChainLink> journal_base(const Connection& connection);
Result<> set_journal_base(const Connection& connection, const ChainLink& base);
// The last record; the base if there is none.
Result<ChainLink> journal_head(const Connection& connection);

// At most query.limit (1 to 1,000) records. A row whose text no longer makes sense is given as kind
// `trouble` with {"damaged": why}, so that one bad row cannot stop a reader.
Result<std::vector<domain::Record>> read_journal(const Connection& connection,
                                                 const ports::JournalQuery& query);

// What a check of the chain found.
struct ChainReport {
  std::uint64_t checked = 0;  // records
  Seq first{};
  Seq last{};
  Seq broken_at{};    // the first record that does not fit; 0: all fit
  std::string fault;  // what is wrong there; empty: nothing
};

// Checks the last `most` records, or all with 0: numbers without a hole, texts that make sense,
// hashes that follow from one another.
Result<ChainReport> check_chain(const Connection& connection, std::uint64_t most);
// The same for a file that no gateway need be running on; changes nothing.
Result<ChainReport> verify_chain(const std::filesystem::path& database);

}  // namespace genkan::store
