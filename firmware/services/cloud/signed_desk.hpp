#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/domain/cloud/sender_rate.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/services/cloud/cloud_book.hpp"
#include "firmware/services/cloud/refusal_log.hpp"
#include "firmware/services/cloud/signature_checks.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/signal.hpp"

namespace genkan::services {

// What the API knows of a call before it is made.
struct RouteNeeds {
  domain::Right right = domain::Right::read;
  bool changes = false;  // goes into the ledger: it must happen once
  bool moves = false;    // moves something, beside what its right says: it must happen soon
  DeviceId device;       // which it commands; empty: none
  std::string command;   // the command's name
};
using RouteLook = RouteNeeds (*)(const domain::InnerRequest&);

// An answer that is there already: a refusal, or what the ledger has.
struct SignedAnswer {
  int status = 0;
  std::string body;
};

// Signed requests (REM-4): checked, and each that changes something carried out once, over restarts
// and power cuts. The way of one: admit() checks it and puts its row on disk; the caller runs the
// inner request; settle() puts the answer beside the row. What came again gets the recorded answer,
// waiting for it if it is in hand. Loop thread; signatures have a thread of their own.
class SignedDesk {
 public:
  // At most so many are in hand at once; more are refused, too_many.
  static constexpr std::size_t most_in_hand = 64;
  // Past so many signatures a minute that did not hold, one is only checked while none waits.
  static constexpr std::uint32_t most_bad_a_minute = 120;
  static constexpr std::uint32_t burst_of_sender = 20;

  struct Needs {
    boost::asio::any_io_executor loop;
    CloudBook& book;
    ports::Store& store;
    ports::Fleet& fleet;
    const Directory& directory;
    const P256Key& receiver;               // opens what clouds sealed for this gateway
    std::uint32_t requests_a_minute = 60;  // of each sender
  };
  explicit SignedDesk(Needs needs);
  ~SignedDesk();

  // Takes up what was under way when the gateway went down: reads each device and records the
  // outcome as unknown. Nothing is run again.
  void start(const ports::CloudMemory& memory);
  // Once a second: what the ledger may forget, sums of refusals.
  void tick();

  // A request in hand. Its end without settle() frees the id: the row stays, and who asks again is
  // told what the device reads.
  class Hand {
   public:
    Hand(SignedDesk& desk, std::string jti);
    ~Hand();
    Hand(const Hand&) = delete;
    Hand& operator=(const Hand&) = delete;
    const std::string& jti() const { return jti_; }

   private:
    SignedDesk& desk_;
    std::weak_ptr<bool> alive_;
    std::string jti_;
  };
  // What may be carried out now, once: run it at once, then settle(). If it is destroyed without
  // that, its outcome counts as unknown.
  struct Admitted {
    domain::InnerRequest request;
    domain::Caller caller;
    std::shared_ptr<Hand> hand;  // null: nothing that changes; settle() does nothing
  };
  using Admission = std::variant<Admitted, SignedAnswer>;
  // Error: the disk does not take the row (io, timeout …), or the ledger cannot be read; nothing
  // was carried out.
  boost::asio::awaitable<Result<Admission>> admit(domain::Caller carrier, std::string jws,
                                                  RouteLook look);
  // Ends when the answer is on disk; if the disk does not take it, it is kept and tried again.
  boost::asio::awaitable<void> settle(Admitted admitted, int status, std::string body);

  const RefusalLog& refusals() const { return log_; }
  std::uint64_t carried_out() const { return carried_out_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  // A request whose envelope has not expired, or that is in hand.
  struct Known {
    Digest digest{};
    std::chrono::sys_seconds expires{};
    bool in_hand = false;
    std::shared_ptr<const SignedAnswer> unsaved;  // the disk did not take it yet
  };
  struct Letter;  // an envelope on its way through the checks

  // The letter stands in admit(), which waits for each of them. open(): a refusal, or nothing.
  boost::asio::awaitable<std::optional<SignedAnswer>> open(Letter& letter);
  boost::asio::awaitable<Result<Admission>> enter(Letter& letter);
  boost::asio::awaitable<Result<Admission>> begin(Letter& letter, Admitted admitted);
  boost::asio::awaitable<Result<Admission>> look_up(
      Letter& letter, std::optional<domain::EnvelopeRefusal> otherwise);
  boost::asio::awaitable<Result<Admission>> answer_known(Letter& letter, Digest digest);
  SignedAnswer refuse(domain::EnvelopeRefusal refusal, const Letter& letter,
                      std::string detail = {});
  SignedAnswer repeat(const Letter& letter, SignedAnswer answer);

  boost::asio::awaitable<void> resolve(domain::LedgerRow row);
  boost::asio::awaitable<std::optional<domain::DeviceState>> read_back(DeviceId device);
  ports::Change outcome_of(const domain::LedgerRow& row,
                           const std::optional<domain::DeviceState>& state) const;
  void release(const std::string& jti);
  void forget();

  Needs needs_;
  RefusalLog log_;
  SignatureChecks checks_;
  domain::SenderRate senders_;
  domain::TokenBucket bad_{most_bad_a_minute, most_bad_a_minute};
  std::map<std::string, Known> known_;
  std::size_t in_hand_ = 0;
  std::vector<std::chrono::sys_seconds> expiries_;  // of the ledger's rows; a heap, earliest first
  std::chrono::sys_seconds floor_{};
  std::optional<SteadyTime> forgot_;
  Signal settled_;
  std::uint64_t carried_out_ = 0;
  std::uint64_t repeated_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace genkan::services
