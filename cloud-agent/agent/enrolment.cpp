#include "cloud-agent/agent/enrolment.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds api_time{5000};
// Somebody rings when there is something to look for; this is the net under it.
constexpr std::chrono::milliseconds look_every{std::chrono::hours{1}};
constexpr int not_known = 404;
}  // namespace

Enrolment::Enrolment(asio::any_io_executor loop, Daemon& daemon, Needs needs, Changed changed)
    : loop_(loop),
      daemon_(daemon),
      needs_(std::move(needs)),
      changed_(std::move(changed)),
      identity_(take_identity(needs_.folder, needs_.gateway)),
      claim_(kept_claim(needs_.folder)),
      where_(destination(needs_.own, claim_, identity_, needs_.folder)),
      due_(loop) {
  if (!identity_) {
    log(LogLevel::error, "the gateway has no identity and cannot be claimed",
        {{"why", identity_.error().message()}});
  }
  if (where_.fault) log(LogLevel::error, "no broker", {{"why", where_.why}});
}

void Enrolment::start() { asio::co_spawn(loop_, run(), asio::detached); }

asio::awaitable<void> Enrolment::run() {
  mqtt::Pause pause;
  while (true) {
    const bool told = co_await tell_identity();
    const bool fetched = co_await fetch_claim();
    if (told && fetched) pause.reset();
    co_await due_.wait(told && fetched ? look_every : pause.next());
  }
}

asio::awaitable<bool> Enrolment::tell_identity() {
  if (!identity_) co_return true;
  ApiRequest request;
  request.method = "PUT";
  request.target = "/v1/identity";
  json::object body;
  body["csr"] = identity_->csr;
  request.body = json::serialize(body);
  const auto response = co_await daemon_.request(std::move(request), api_time);
  if (!response) co_return false;
  if (response->status / 100 == 2 || response->status == not_known) co_return true;
  if (!std::exchange(refusal_told_, true)) {
    log(LogLevel::error, "genkand does not take the certificate request",
        {{"status", cat(response->status)}, {"answer", printable(response->body, 200)}});
  }
  // Asking again changes nothing; its next start does.
  co_return response->status / 100 == 4;
}

asio::awaitable<bool> Enrolment::fetch_claim() {
  ApiRequest request;
  request.target = "/v1/claim";
  const auto response = co_await daemon_.request(std::move(request), api_time);
  if (!response) co_return false;
  if (response->status == not_known) {
    co_return take(std::nullopt);
  }
  if (response->status != 200) co_return false;
  auto claim = read_claim(response->body);
  if (!claim) {
    log(LogLevel::error, "genkand's claim cannot be used", {{"why", claim.error().message()}});
    co_return true;
  }
  co_return take(*std::move(claim));
}

bool Enrolment::take(std::optional<Claim> claim) {
  if (claim == claim_) return true;
  const auto kept = claim ? keep_claim(needs_.folder, *claim) : drop_claim(needs_.folder);
  if (!kept) {
    // Each file is still whole, the old one or the new.
    if (!std::exchange(disk_told_, true)) {
      log(LogLevel::error, "the claim cannot be kept", {{"why", kept.error().message()}});
    }
    return false;
  }
  disk_told_ = false;
  const bool renewed = claim.has_value() && claim_.has_value();
  claim_ = std::move(claim);
  log(LogLevel::notice,
      !claim_   ? "the gateway was released"
      : renewed ? "the gateway's claim was renewed"
                : "the gateway is claimed",
      {{"contract", claim_ ? claim_->contract : std::string("-")}});
  settle(renewed);
  return true;
}

void Enrolment::settle(bool renewed) {
  auto now = destination(needs_.own, claim_, identity_, needs_.folder);
  // The same place with another certificate is a change too, unless it is not the claim's.
  const bool same = now == where_ && !(renewed && !needs_.own);
  where_ = std::move(now);
  if (same) return;
  if (where_.fault) log(LogLevel::error, "no broker", {{"why", where_.why}});
  changed_(where_);
}

}  // namespace genkan::agent
