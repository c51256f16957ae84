#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "firmware/base/error.hpp"

namespace genkan {

// An id of one sort of thing; ids of different sorts do not mix. Made by people in site files, so:
// 1 to 48 characters, lower case letters, digits and '-', beginning with a letter or digit.
template <class Tag>
class Id {
 public:
  Id() = default;
  // For text already checked (the database, a literal); from outside use parse_id.
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using BusId = Id<struct BusTag>;
using DeviceId = Id<struct DeviceTag>;
using RoomId = Id<struct RoomTag>;
using BuildingId = Id<struct BuildingTag>;

// Says what is wrong with `text` as an id; empty if nothing is.
std::string id_fault(std::string_view text);

template <class IdType>
Result<IdType> parse_id(std::string_view text) {
  if (auto fault = id_fault(text); !fault.empty()) return fail(ErrorCode::invalid, fault);
  return IdType(std::string(text));
}

// The number of a journal record: begins at 1, only grows, has no holes.
enum class Seq : std::int64_t {};
constexpr std::int64_t number(Seq seq) { return static_cast<std::int64_t>(seq); }

}  // namespace genkan

template <class Tag>
struct std::hash<genkan::Id<Tag>> {
  std::size_t operator()(const genkan::Id<Tag>& id) const {
    return std::hash<std::string>{}(id.str());
  }
};
