#include "firmware/services/transfer/transfer_box.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::services;

namespace {

constexpr AgreementKey here{1, 2, 3};
constexpr AgreementKey elsewhere{4, 5, 6};

domain::Code code(std::string_view digits) { return domain::Code::parse(digits).value(); }

}  // namespace

TEST_CASE("KEY-24: a receiver as one line; what is mistyped is no other gateway's") {
  const auto key = public_key_of(here);
  const std::string line = receiver_text(key);
  CHECK(line.starts_with("GENKANR1."));
  CHECK(line.size() == 57);
  CHECK(receiver_from(line).value() == key);
  for (std::size_t i = 0; i < line.size(); ++i) {
    CAPTURE(i);
    std::string wrong = line;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(receiver_from(wrong));
    CHECK_FALSE(receiver_from(line.substr(0, i)));
  }
  CHECK(receiver_from("gw-2").error().message() ==
        "'gw-2' is no receiver; it is the line that the receiving gateway says for 'genkan site "
        "receiver', which begins with GENKANR1.");
  std::string mistyped = line;
  mistyped[20] = mistyped[20] == 'A' ? 'B' : 'A';
  CHECK(receiver_from(mistyped).error().message() ==
        "the receiver was mistyped: its checksum is wrong; copy the whole line");
}

TEST_CASE("KEY-24: what is sealed opens at its receiver, for its owner, and nowhere else") {
  const auto sender = TransferBox::make_for(public_key_of(here));
  REQUIRE(sender.has_value());
  const domain::KeyRef anna{domain::KeyOwner::reservation, "r-1", false};
  const domain::KeyRef ben{domain::KeyOwner::reservation, "r-2", false};
  const std::string sealed = sender->seal(anna, code("482913"));
  CHECK(sealed != sender->seal(anna, code("482913")));
  CHECK(sealed.size() == sender->seal(anna, code("1234")).size());

  const auto receiver = TransferBox::open(here, sender->header());
  REQUIRE(receiver.has_value());
  CHECK(receiver->open_code(anna, sealed).value() == code("482913"));
  CHECK_FALSE(receiver->open_code(ben, sealed));
  CHECK_FALSE(receiver->open_code({domain::KeyOwner::holder, "r-1", false}, sealed));
  CHECK_FALSE(receiver->open_card({domain::KeyOwner::reservation, "r-1", true}, sealed));
  CHECK_FALSE(receiver->open_code(anna, ""));
  CHECK(receiver->is_signature(sender->signature("text"), "text"));
  CHECK_FALSE(receiver->is_signature(sender->signature("text"), "text "));
  CHECK_FALSE(receiver->is_signature("", "text"));

  const auto other = TransferBox::open(elsewhere, sender->header());
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code() == ErrorCode::corrupt);
  std::string header = sender->header();
  for (std::size_t i = 0; i < header.size(); i += 7) {
    std::string changed = header;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(TransferBox::open(here, changed));
  }
  CHECK_FALSE(TransferBox::open(here, ""));
}
