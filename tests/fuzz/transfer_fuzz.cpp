// Files of keys from another gateway: any that is rightly signed is either taken or told of, and
// what is taken is written and read back the same.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "firmware/services/transfer/transfer.hpp"
#include "firmware/services/transfer/transfer_words.hpp"

namespace {

using namespace genkan;

constexpr std::array<std::uint8_t, 32> receive{1, 2, 3};
constexpr std::array<std::uint8_t, 32> hashing{4, 5, 6};

class NoModels final : public domain::ModelCatalog {
 public:
  const domain::ModelInfo* find(std::string_view) const override { return nullptr; }
  std::vector<std::string_view> names() const override { return {}; }
};

const services::TransferBox& box() {
  static const auto made = services::TransferBox::make_for(public_key_of(receive));
  if (!made) std::abort();
  return *made;
}

// As the sender would have made it: only the lists are the fuzzer's.
json::object completed(json::object document) {
  document["format"] = services::transfer_format;
  document["for"] = services::receiver_text(public_key_of(receive));
  document["sealed_key"] = box().header();
  document.erase(services::transfer_signature);
  const auto signature = box().signature(services::signed_text(document));
  document[services::transfer_signature] = signature;
  return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_json(text, 64 * 1024);
  if (!parsed || !parsed->is_object()) return 0;
  const domain::KeyHasher hasher(hashing);
  Problems problems;
  const auto read =
      services::read_transfer(completed(parsed->as_object()), receive, hasher, problems);
  if (read.has_value() != problems.empty()) std::abort();
  if (!read) return 0;
  const auto again = services::to_json(*read, public_key_of(receive), box());
  const auto back = services::read_transfer(again, receive, hasher, problems);
  if (!back || back->keys != read->keys || back->site != read->site) std::abort();
  services::check_transfer(*read, domain::Inventory{}, NoModels(), problems);
  return 0;
}
