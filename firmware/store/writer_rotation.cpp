#include <algorithm>

#include "firmware/base/log.hpp"
#include "firmware/store/writer.hpp"

// What the writer does about the key file before and after the transaction that seals all anew.
namespace genkan::store {

// Whoever asks for a rotation before the new key is on disk is refused; several are one.
void Writer::begin_rotation(std::vector<Job>& jobs) {
  if (std::ranges::none_of(jobs, &Job::rotates_key)) return;
  auto begun = ensure_open();
  if (begun) begun = secrets_->begin_rotation();
  if (begun) return;
  std::vector<Job> refused;
  std::vector<Job> kept;
  for (Job& job : jobs) (job.rotates_key ? refused : kept).push_back(std::move(job));
  jobs = std::move(kept);
  refuse(refused, begun.error().in("the key was not rotated"));
}

// The old key goes once nothing on disk needs it any more.
void Writer::end_rotation(const std::vector<Job>& jobs, Delivery& delivery) {
  const auto is_of_rotation = [&jobs](const Delivery::Done& done) {
    return std::ranges::any_of(
        jobs, [&done](const Job& job) { return job.rotates_key && job.caller == done.caller; });
  };
  const auto sealed = std::ranges::find_if(delivery.done, [&](const Delivery::Done& done) {
    return is_of_rotation(done) && done.answer.has_value();
  });
  if (sealed == delivery.done.end()) return;
  const auto ended = secrets_->end_rotation();
  if (ended) return;
  log(LogLevel::warning, "the old key is still in the key file",
      {{"reason", ended.error().message()}});
  for (auto& done : delivery.done) {
    if (is_of_rotation(done)) {
      done.answer = fail(ended.error().in(
          "codes and cards are sealed with the new key, but the old one is still in the key file "
          "(it goes at the next rotation or start)"));
    }
  }
}

}  // namespace genkan::store
