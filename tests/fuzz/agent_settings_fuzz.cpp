// The agent's settings: any text is either taken whole or told of.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cloud-agent/agent/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = genkan::agent::parse_settings(text, "agent.toml");
  if (settings) {
    if (settings->gateway.empty() || settings->broker.host.empty()) std::abort();
  } else if (settings.error().message().empty()) {
    std::abort();
  }
  return 0;
}
