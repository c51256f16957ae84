#pragma once

#include <string>

#include "firmware/store/journal_table.hpp"
#include "firmware/store/seal.hpp"

namespace genkan::store {

// Numbers records and writes them. Keep one for the life of the connection. One thread: the
// connection's.
class JournalWriter {
 public:
  // Goes on behind the last record on disk.
  static Result<JournalWriter> open(const Connection& connection, std::string boot);

  // Writes the draft with the next number and moves it into the record. `invalid` if its body is
  // too large, too deep or no UTF-8; after an error nothing was written and the draft is as it was.
  // `foreseen` is what Foresight made of this very draft: its hash is taken if it was made for this
  // place in the chain.
  Result<domain::Record> append(domain::RecordDraft& draft, const Foreseen* foreseen = nullptr);

  const ChainLink& head() const { return head_; }
  // After a rollback: numbers go on behind `head` again.
  void rewind(const ChainLink& head) { head_ = head; }

 private:
  JournalWriter(Statement insert, ChainLink head, std::string boot)
      : insert_(std::move(insert)), head_(head), sealer_(std::move(boot)) {}

  Statement insert_;
  ChainLink head_;
  Sealer sealer_;
};

}  // namespace genkan::store
