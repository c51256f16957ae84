#include "firmware/base/pem.hpp"

#include <algorithm>
#include <optional>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";

struct Block {
  std::size_t from = 0, to = 0;  // to: behind the END line's dashes
  std::string_view label;
};

// The first whole block from `at` on.
std::optional<Block> next_block(std::string_view pem, std::size_t at) {
  const auto from = pem.find(begin_mark, at);
  if (from == std::string_view::npos) return std::nullopt;
  const auto label_from = from + begin_mark.size();
  const auto label_to = pem.find(dashes, label_from);
  if (label_to == std::string_view::npos) return std::nullopt;
  const auto label = pem.substr(label_from, label_to - label_from);
  if (label.find('\n') != std::string_view::npos) return std::nullopt;
  const std::string end = cat(end_mark, label, dashes);
  const auto found = pem.find(end, label_to);
  if (found == std::string_view::npos) return std::nullopt;
  return Block{from, found + end.size(), label};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string text_of(std::string_view pem, const Block& block) {
  return cat(pem.substr(block.from, block.to - block.from), '\n');
}

}  // namespace

Result<std::string> only_pem_block(std::string_view pem, std::span<const std::string_view> labels,
                                   std::string_view what) {
  const auto block = next_block(pem, 0);
  if (!block) {
    return fail(ErrorCode::invalid,
                cat(what, ": no PEM block (-----BEGIN ", labels.front(), "----- to its END)"));
  }
  if (std::ranges::find(labels, block->label) == labels.end()) {
    return fail(ErrorCode::invalid, cat(what, ": the PEM block is a ", printable(block->label, 40),
                                        ", not a ", alternatives(labels)));
  }
  if (!is_blank(pem.substr(0, block->from)) || !is_blank(pem.substr(block->to))) {
    return fail(ErrorCode::invalid, cat(what, ": more than one PEM block stands there"));
  }
  return text_of(pem, *block);
}

std::vector<std::string> pem_blocks(std::string_view pem, std::string_view label) {
  std::vector<std::string> blocks;
  std::size_t at = 0;
  while (const auto block = next_block(pem, at)) {
    if (block->label == label) blocks.push_back(text_of(pem, *block));
    at = block->to;
  }
  return blocks;
}

}  // namespace genkan
