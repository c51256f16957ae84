// Messages on the request topic: whatever they say, what passes is one well-formed request of an
// open route, and what does not is answered with a sentence, if it may be answered at all.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <fuzzer/FuzzedDataProvider.h>

#include "cloud-agent/agent/answers.hpp"
#include "cloud-agent/agent/request.hpp"
#include "cloud-agent/agent/topics.hpp"
#include "firmware/base/json.hpp"

namespace {

using namespace genkan;
using namespace genkan::agent;

void require(bool holds) {
  if (!holds) std::abort();
}

mqtt::Inbound message_from(FuzzedDataProvider& data) {
  mqtt::Inbound message;
  message.topic = "genkan/1/gw-1/request";
  message.retained = data.ConsumeBool();
  if (data.ConsumeBool()) message.response_topic = data.ConsumeRandomLengthString(300);
  if (data.ConsumeBool()) message.correlation = data.ConsumeRandomLengthString(300);
  if (data.ConsumeBool())
    message.expiry = std::chrono::seconds(data.ConsumeIntegral<std::uint32_t>());
  const auto count = data.ConsumeIntegralInRange<int>(0, 4);
  for (int i = 0; i < count; ++i) {
    const char* const names[] = {"method", "path", "subject"};
    std::string name =
        data.ConsumeBool() ? data.PickValueInArray(names) : data.ConsumeRandomLengthString(20);
    message.user_properties.emplace_back(std::move(name), data.ConsumeRandomLengthString(1100));
  }
  message.payload = data.ConsumeRemainingBytesAsString();
  return message;
}

void check_passed(const CloudRequest& request) {
  constexpr std::string_view unsafe("\r\n \0", 4);
  require(response_topic_fault(request.address.topic).empty());
  require(request.address.correlation.size() <= 256);
  require(route_fault(request.api.method, request.api.target).empty());
  require(request.api.target.find_first_of(unsafe) == std::string::npos);
  require(request.api.method.find_first_of(unsafe) == std::string::npos);
  for (const auto& [name, value] : request.api.headers) {
    require(value.find_first_of("\r\n") == std::string::npos);
  }
  require(request.within.count() > 0 && request.within <= most_request_time + 500ms);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  const mqtt::Inbound message = message_from(data);
  const auto request = check_request(message, SteadyTime{});
  if (request) {
    check_passed(*request);
  } else {
    const auto& refusal = request.error();
    require(!refusal.reason.empty());
    require(parse_json(refusal.answer.body, 4096).has_value());
    if (refusal.address) {
      require(response_topic_fault(refusal.address->topic).empty());
      require(answer_message(*refusal.address, refusal.answer, mqtt::most_payload).payload.size() <
              4096);
    }
  }
  static_cast<void>(Answers::name_of(message));
  static_cast<void>(Topics("gw-1").device_of(message.payload));
  return 0;
}
