#include "cloud-agent/agent/request_desk.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

// At most one line in this time about refused requests: whoever sends them must not fill the log.
constexpr std::chrono::seconds refusal_log_every{10};

struct Failure {
  ErrorCode code;
  int status;
};
// What an answer says when genkand gave none.
constexpr Failure failures[]{
    {ErrorCode::unreachable, 503}, {ErrorCode::timeout, 504}, {ErrorCode::busy, 429}};

Answer failure_of(const Error& error) {
  int status = 502;
  for (const auto& failure : failures) {
    if (failure.code == error.code()) status = failure.status;
  }
  return Answer{status, error_body(name_of(error.code()), error.message())};
}

}  // namespace

RequestDesk::RequestDesk(boost::asio::any_io_executor loop, Daemon& daemon, Window& window)
    : loop_(std::move(loop)), daemon_(daemon), window_(window) {}

void RequestDesk::take(mqtt::Inbound message) {
  const auto now = Steady::now();
  auto request = check_request(message, now);
  if (!request) return refuse(std::move(request.error()));

  std::string name = Answers::name_of(message);
  if (const auto known = answers_.find(name, now)) {
    ++counts_.repeated;
    // Still being carried out: its answer comes in any case.
    if (known->answer) answer(request->address, *known->answer);
    return;
  }
  if (in_hand_ >= most_in_hand) {
    ++counts_.busy;
    return answer(request->address,
                  Answer{429, error_body("busy", cat("the gateway has ", most_in_hand,
                                                     " requests in hand; ask again later"))});
  }
  answers_.begin(name, now);
  ++in_hand_;
  auto work = carry_out(*std::move(request), std::move(name));
  boost::asio::co_spawn(loop_, std::move(work), boost::asio::detached);
}

boost::asio::awaitable<void> RequestDesk::carry_out(CloudRequest request, std::string name) {
  const bool is_signed = request.is_signed;
  auto response = co_await daemon_.pass_on(std::move(request.api), request.within);
  --in_hand_;
  ++counts_.carried_out;
  Answer result;
  if (response) {
    result = Answer{response->status, std::move(response->body)};
  } else {
    result = failure_of(response.error());
  }
  // Not begun: it may be asked for again. All else may have moved something; but of what is signed,
  // genkand knows better than we, also what became of it when we had no answer.
  if (result.status == 429 || is_signed) {
    answers_.forget(name);
  } else {
    answers_.finish(name, result);
  }
  answer(std::move(request.address), std::move(result));
}

void RequestDesk::refuse(Refusal refusal) {
  ++counts_.refused;
  counts_.why_refused = refusal.reason;
  ++refusals_untold_;
  const auto now = Steady::now();
  if (refusal_logged_ == SteadyTime{} || now - refusal_logged_ >= refusal_log_every) {
    log(LogLevel::warning, "request refused",
        {{"why", refusal.reason}, {"requests", cat(std::exchange(refusals_untold_, 0))}});
    refusal_logged_ = now;
  }
  if (refusal.address) answer(*std::move(refusal.address), std::move(refusal.answer));
}

void RequestDesk::answer(AnswerAddress address, Answer answer) {
  if (waiting_.size() >= most_answers) {
    ++counts_.unsent;
    return;
  }
  waiting_.push_back(Waiting{std::move(address), std::move(answer), Steady::now()});
  pump();
}

void RequestDesk::pump() {
  const auto now = Steady::now();
  while (!waiting_.empty()) {
    Waiting& first = waiting_.front();
    if (now - first.since > answer_lifetime) {
      ++counts_.unsent;
      waiting_.pop_front();
      continue;
    }
    if (!window_.room(Urgency::answer)) return;
    const auto message = answer_message(first.address, first.answer, window_.most_payload_now());
    auto done = [this, kept = first](mqtt::Delivery delivery, int reason) mutable {
      sent(std::move(kept), delivery, reason);
    };
    if (!window_.send(Urgency::answer, message, now, std::move(done))) return;
    waiting_.pop_front();
  }
}

void RequestDesk::sent(Waiting waiting, mqtt::Delivery delivery, int reason) {
  if (delivery == mqtt::Delivery::acknowledged) return;
  if (delivery == mqtt::Delivery::lost && waiting_.size() < most_answers) {
    waiting_.push_front(std::move(waiting));
    return;  // sent with the next pump
  }
  ++counts_.unsent;
  log(LogLevel::warning, "the broker did not take an answer",
      {{"topic", waiting.address.topic}, {"reason", cat(reason)}});
}

}  // namespace genkan::agent
