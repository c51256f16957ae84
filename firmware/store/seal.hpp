#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/store/journal_table.hpp"

// From a draft to its hash.
namespace genkan::store {

// Keeps its buffers from one record to the next. One thread.
class Sealer {
 public:
  explicit Sealer(std::string boot) : boot_(std::move(boot)) {}

  // Makes of the draft's body what will be read back, so that what is hashed now is what is hashed
  // then. `invalid`: the body is too large, too deep or no UTF-8. Done twice, it changes nothing.
  Result<> settle(domain::RecordDraft& draft);
  // The text of the body settled last.
  std::string_view body() const { return body_; }
  // domain::chain_hash of the draft settled last as the record behind `before`. The check of the
  // chain uses domain::chain_hash, so the two cannot come apart unseen.
  Digest seal(const ChainLink& before, const domain::RecordDraft& draft);

  const std::string& boot() const { return boot_; }

 private:
  std::string boot_;
  std::string body_;
  std::string bytes_;
};

// The hash of a draft if it becomes the record behind `before`.
struct Foreseen {
  ChainLink before;
  Digest hash{};
};

// Computes hashes where drafts come in, while the writer is busy with earlier ones: SHA-256 was a
// fifth of the writer's time in a flood. Only a guess: who writes compares `before` with the chain
// as it is, and computes anew what came otherwise (a change withdrawn, refused or given up before
// it). One thread.
class Foresight {
 public:
  // Larger changes are left to the writer, so that their thread is not held up: about 0.1 ms.
  static constexpr std::size_t most_records = 32;

  explicit Foresight(std::string boot) : sealer_(std::move(boot)) {}

  // All drafts so far are in the chain, whose last record is `head`.
  void begin_behind(const ChainLink& head) { place_ = head; }
  // The chain went another way.
  void lose() { place_.reset(); }
  // One for each draft, which are settled by it; none if the place is not known.
  std::vector<Foreseen> foresee(std::vector<domain::RecordDraft>& drafts);

 private:
  Sealer sealer_;
  std::optional<ChainLink> place_;  // behind all drafts seen so far
};

}  // namespace genkan::store
