// Settings files: any text is either taken or told of; nothing else may happen.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "firmware/app/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  genkan::Problems problems;
  const auto settings = genkan::app::parse_settings(text, "genkan.toml", problems);
  if (settings.has_value() != problems.empty()) std::abort();
  return 0;
}
