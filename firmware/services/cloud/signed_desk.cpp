#include "firmware/services/cloud/signed_desk.hpp"

#include <algorithm>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::services {

namespace asio = boost::asio;

using domain::EnvelopeRefusal;
using std::chrono::sys_seconds;

namespace {

// As long as the longest command and its commit.
constexpr auto longest_in_hand = std::chrono::seconds(90);
constexpr auto forget_every = std::chrono::minutes(1);

// Whether the row that expires first may be forgotten; one that has not expired never is.
bool may_go(sys_seconds expires, std::size_t rows, sys_seconds old, sys_seconds now) {
  return expires <= old || (rows > domain::most_ledger_rows && expires < now);
}

bool later(sys_seconds one, sys_seconds other) { return one > other; }

}  // namespace

SignedDesk::Hand::Hand(SignedDesk& desk, std::string jti)
    : desk_(desk), alive_(desk.alive_), jti_(std::move(jti)) {}

SignedDesk::Hand::~Hand() {
  if (!alive_.expired()) desk_.release(jti_);
}

struct SignedDesk::Letter {
  domain::Caller carrier;
  RouteLook look = nullptr;
  RequestTrace trace = {};
  Digest digest = {};
  domain::Envelope envelope = {};
  std::optional<domain::TrustKey> key = {};
  RouteNeeds needs = {};
};

SignedDesk::SignedDesk(Needs needs)
    : needs_(std::move(needs)),
      log_(needs_.store, needs_.book.clock()),
      checks_(needs_.loop),
      senders_(needs_.requests_a_minute, std::min(needs_.requests_a_minute, burst_of_sender)) {}

SignedDesk::~SignedDesk() = default;

SignedAnswer SignedDesk::refuse(EnvelopeRefusal refusal, const Letter& letter, std::string detail) {
  const auto& row = domain::spec(refusal);
  RequestTrace trace = letter.trace;
  trace.detail = detail;
  log_.refused(refusal, trace);
  const std::string sentence =
      detail.empty() ? std::string(row.sentence) : cat(row.sentence, ": ", printable(detail, 512));
  return {row.status,
          json::serialize(json::object{{"error", {{"code", row.name}, {"message", sentence}}}})};
}

SignedAnswer SignedDesk::repeat(const Letter& letter, SignedAnswer answer) {
  ++repeated_;
  log_.repeated(letter.trace);
  return answer;
}

asio::awaitable<Result<SignedDesk::Admission>> SignedDesk::admit(domain::Caller carrier,
                                                                 std::string jws, RouteLook look) {
  Letter letter{.carrier = std::move(carrier), .look = look};
  letter.trace.carrier = letter.carrier.name;
  auto read = jws_read(jws);
  if (!read) co_return refuse(EnvelopeRefusal::malformed, letter, read.error().message());
  letter.trace.kid = read->kid;
  const auto* key = needs_.book.trust().find(read->kid);
  if (key == nullptr) co_return refuse(EnvelopeRefusal::unknown_key, letter);
  letter.key = *key;
  const SteadyTime now = needs_.book.clock().steady();
  if (!bad_.has_one(now) && checks_.waiting() > 0) {
    co_return refuse(EnvelopeRefusal::too_many, letter, "too many signatures did not hold");
  }
  const std::string payload = read->payload;
  const auto holds = co_await checks_.check(*std::move(read), letter.key->key);
  if (!holds) co_return refuse(EnvelopeRefusal::too_many, letter, holds.error().message());
  if (!*holds) {
    static_cast<void>(bad_.take(needs_.book.clock().steady()));
    co_return refuse(EnvelopeRefusal::bad_signature, letter);
  }
  auto envelope = domain::read_envelope(payload);
  if (!envelope) co_return refuse(EnvelopeRefusal::malformed, letter, envelope.error().message());
  letter.digest = sha256(payload);
  letter.envelope = *std::move(envelope);
  auto unopened = co_await open(letter);
  if (unopened) co_return *std::move(unopened);
  auto entered = co_await enter(letter);
  co_return entered;
}

// The signature holds. What is for another gateway is sealed for it, and refused as such later.
asio::awaitable<std::optional<SignedAnswer>> SignedDesk::open(Letter& letter) {
  const auto& sealed = letter.envelope.request.sealed;
  if (!sealed || letter.envelope.aud != needs_.book.gateway()) co_return std::nullopt;
  letter.trace.jti = letter.envelope.jti;
  letter.trace.sub = letter.envelope.sub;
  letter.trace.method = letter.envelope.request.method;
  letter.trace.path = letter.envelope.request.path;
  const auto plain = co_await checks_.open(needs_.receiver, *sealed);
  if (plain) {
    const auto taken = domain::take_sealed(letter.envelope, *plain, letter.trace.kid);
    if (taken) co_return std::nullopt;
    co_return refuse(EnvelopeRefusal::malformed, letter, taken.error().message());
  }
  switch (plain.error().code()) {
    case ErrorCode::unknown: co_return refuse(EnvelopeRefusal::sealed_for_another, letter);
    case ErrorCode::busy:
    case ErrorCode::timeout:
      co_return refuse(EnvelopeRefusal::too_many, letter, plain.error().message());
    default:
      co_return refuse(EnvelopeRefusal::malformed, letter, plain.error().in("'sealed'").message());
  }
}

// The signature holds, and what was sealed is open.
asio::awaitable<Result<SignedDesk::Admission>> SignedDesk::enter(Letter& letter) {
  const domain::Envelope& envelope = letter.envelope;
  letter.trace.jti = envelope.jti;
  letter.trace.sub = envelope.sub;
  letter.trace.method = envelope.request.method;
  letter.trace.path = envelope.request.path;
  letter.needs = letter.look(envelope.request);
  // The trust may have changed while the signature was checked.
  const auto* key = needs_.book.trust().find(letter.trace.kid);
  if (key == nullptr || !(*key == *letter.key)) {
    co_return refuse(EnvelopeRefusal::unknown_key, letter);
  }
  const Clock& clock = needs_.book.clock();
  const WallTime now = clock.wall();
  auto refusal = domain::check(envelope, {needs_.book.gateway(), now, clock.trust(), *key,
                                          letter.needs.right, letter.needs.moves});
  if (!refusal && envelope.expires <= floor_) refusal = EnvelopeRefusal::expired;
  // One whose time is over may have been carried out: then its answer is there.
  const bool over = refusal == EnvelopeRefusal::expired && letter.needs.changes;
  if (over) {
    auto found = co_await look_up(letter, refusal);
    co_return found;
  }
  if (refusal) co_return refuse(*refusal, letter);
  if (const auto known = known_.find(envelope.jti); known != known_.end() && letter.needs.changes) {
    auto answered = co_await answer_known(letter, known->second.digest);
    co_return answered;
  }
  const bool fits = in_hand_ < most_in_hand &&
                    expiries_.size() < std::size_t{2} * domain::most_ledger_rows &&
                    senders_.take(letter.trace.kid, envelope.sub, clock.steady());
  if (!fits) co_return refuse(EnvelopeRefusal::too_many, letter);
  const SteadyTime end = clock.steady() + domain::time_left(envelope, now);
  Admitted admitted{
      envelope.request,
      {domain::Role::cloud, cat("cloud:", envelope.sub), letter.key->scopes, end, letter.trace.kid},
      nullptr};
  if (!letter.needs.changes) co_return admitted;
  auto begun = co_await begin(letter, std::move(admitted));
  co_return begun;
}

// Puts the row on disk. That it is new there is what makes the request happen once.
asio::awaitable<Result<SignedDesk::Admission>> SignedDesk::begin(Letter& letter,
                                                                 Admitted admitted) {
  const Clock& clock = needs_.book.clock();
  known_[letter.envelope.jti] = {letter.digest, letter.envelope.expires, true, nullptr};
  ++in_hand_;
  admitted.hand = std::make_shared<Hand>(*this, letter.envelope.jti);
  domain::LedgerRow row;
  row.jti = letter.envelope.jti;
  row.kid = letter.trace.kid;
  row.sub = letter.envelope.sub;
  row.digest = letter.digest;
  row.expires = letter.envelope.expires;
  row.accepted = clock.wall();
  row.method = letter.envelope.request.method;
  row.path = letter.envelope.request.path;
  row.device = letter.needs.device;
  row.command = letter.needs.command;
  ports::Change change;
  change.cloud.accepted.push_back(std::move(row));
  const auto committed = co_await needs_.store.commit(std::move(change));
  if (!committed && committed.error().code() == ErrorCode::conflict) {
    // It is there from before the gateway was started.
    admitted.hand.reset();
    known_.erase(letter.envelope.jti);
    auto found = co_await look_up(letter, std::nullopt);
    co_return found;
  }
  if (!committed) {
    admitted.hand.reset();
    known_.erase(letter.envelope.jti);
    co_return fail(committed.error().in("the request was not carried out"));
  }
  expiries_.push_back(letter.envelope.expires);
  std::ranges::push_heap(expiries_, later);
  ++carried_out_;
  if (clock.steady() < *admitted.caller.until) co_return admitted;
  auto late = refuse(EnvelopeRefusal::expired, letter, "while it was put on disk");
  co_await settle(std::move(admitted), late.status, late.body);
  co_return late;
}

// What the ledger on disk has of this id. `otherwise`: the refusal if it has nothing.
asio::awaitable<Result<SignedDesk::Admission>> SignedDesk::look_up(
    Letter& letter, std::optional<EnvelopeRefusal> otherwise) {
  auto row = co_await needs_.store.ledger_row(letter.envelope.jti);
  if (!row) co_return fail(row.error().in("the ledger cannot be read"));
  if (const auto known = known_.find(letter.envelope.jti);
      known != known_.end() && (known->second.in_hand || known->second.unsaved)) {
    auto answered = co_await answer_known(letter, known->second.digest);
    co_return answered;
  }
  if (!*row) co_return refuse(otherwise.value_or(EnvelopeRefusal::already_used), letter);
  if ((*row)->digest != letter.digest) co_return refuse(EnvelopeRefusal::already_used, letter);
  known_[letter.envelope.jti] = {(*row)->digest, (*row)->expires, false, nullptr};
  if ((*row)->state == domain::LedgerState::accepted) {
    co_await resolve(**row);
    auto answered = co_await answer_known(letter, letter.digest);
    co_return answered;
  }
  co_return repeat(letter, {(*row)->status, std::move((*row)->answer)});
}

// Of a request that is in known_: waits while it is in hand.
asio::awaitable<Result<SignedDesk::Admission>> SignedDesk::answer_known(Letter& letter,
                                                                        Digest digest) {
  if (digest != letter.digest) co_return refuse(EnvelopeRefusal::already_used, letter);
  const std::string& jti = letter.envelope.jti;
  const SteadyTime end = Steady::now() + longest_in_hand;
  for (auto known = known_.find(jti); known != known_.end(); known = known_.find(jti)) {
    if (known->second.unsaved) co_return repeat(letter, *known->second.unsaved);
    if (!known->second.in_hand) break;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) co_return fail(ErrorCode::timeout, "the request is still in hand");
    co_await settled_.wait(left);
  }
  auto row = co_await needs_.store.ledger_row(jti);
  if (!row) co_return fail(row.error().in("the ledger cannot be read"));
  if (!*row) {
    known_.erase(jti);
    co_return fail(ErrorCode::busy, "the request was not carried out; send it again");
  }
  if ((*row)->state == domain::LedgerState::accepted) {
    auto found = co_await look_up(letter, std::nullopt);
    co_return found;
  }
  co_return repeat(letter, {(*row)->status, std::move((*row)->answer)});
}

asio::awaitable<void> SignedDesk::settle(Admitted admitted, int status, std::string body) {
  if (!admitted.hand) co_return;
  const std::string jti = admitted.hand->jti();
  auto end = domain::ledger_end(jti, status, std::move(body));
  auto answer = std::make_shared<const SignedAnswer>(end.status, end.answer);
  ports::Change change;
  change.cloud.ended.push_back(end);
  const auto committed = co_await needs_.store.commit(std::move(change));
  if (committed) co_return;
  log(LogLevel::warning, "an answer could not be put into the ledger; it is tried again",
      {{"jti", jti}, {"reason", committed.error().message()}});
  if (const auto known = known_.find(jti); known != known_.end()) {
    known->second.unsaved = std::move(answer);
  }
  ports::Change again;
  again.cloud.ended.push_back(std::move(end));
  needs_.store.submit(std::move(again));
}

void SignedDesk::release(const std::string& jti) {
  const auto known = known_.find(jti);
  if (known != known_.end()) known->second.in_hand = false;
  --in_hand_;
  settled_.ring();
}

void SignedDesk::tick() {
  log_.tick();
  const SteadyTime now = needs_.book.clock().steady();
  if (forgot_ && now - *forgot_ < forget_every) return;
  forgot_ = now;
  forget();
}

// With a clock that is not trusted nothing can be told to be old.
void SignedDesk::forget() {
  const Clock& clock = needs_.book.clock();
  if (clock.trust() != ClockTrust::trusted) return;
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall());
  std::erase_if(known_, [now](const auto& entry) {
    const Known& known = entry.second;
    return !known.in_hand &&
           known.expires + (known.unsaved ? domain::ledger_keep : std::chrono::hours(0)) < now;
  });
  const auto old = domain::ledger_floor(clock.wall());
  // The floor is what was in fact forgotten: a clock that ran ahead must not close the door to all
  // that comes after it was set right.
  const auto before = floor_;
  while (!expiries_.empty() && may_go(expiries_.front(), expiries_.size(), old, now)) {
    floor_ = std::max(floor_, expiries_.front());
    std::ranges::pop_heap(expiries_, later);
    expiries_.pop_back();
  }
  if (floor_ == before) return;
  ports::Change change;
  change.cloud.ledger_floor = floor_;
  needs_.store.submit(std::move(change));
}

}  // namespace genkan::services
