#include "firmware/store/seal.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/domain/canonical_text.hpp"

namespace genkan::store {

namespace {

// parse_json takes no more.
constexpr int most_body_depth = 16;

Result<> write_bounded(const json::object& body, std::string& text) {
  text.clear();
  domain::append_text(text, body);
  if (text.size() <= most_body_bytes) return {};
  return fail(ErrorCode::invalid, cat("the record's body has ", text.size(),
                                      " bytes as text; at most ", most_body_bytes, " are kept"));
}

// What there is in a value that does not simply come back from its text.
struct Oddities {
  bool fraction = false;  // a number that parsing may change in its last digit
  bool not_utf8 = false;
  int depth = 0;
};

void look_for_oddities(const json::value& value, int depth, Oddities& found) {
  found.depth = std::max(found.depth, depth);
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      found.not_utf8 = found.not_utf8 || !is_utf8(key);
      look_for_oddities(member, depth + 1, found);
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) look_for_oddities(element, depth + 1, found);
  } else if (const auto* string = value.if_string()) {
    found.not_utf8 = found.not_utf8 || !is_utf8(*string);
  } else {
    found.fraction = found.fraction || value.is_double();
  }
}

}  // namespace

Result<> Sealer::settle(domain::RecordDraft& draft) {
  json::object& body = draft.body;
  if (auto written = write_bounded(body, body_); !written) return written;
  Oddities odd;
  for (const auto& [key, member] : body) {
    odd.not_utf8 = odd.not_utf8 || !is_utf8(key);
    look_for_oddities(member, 2, odd);
  }
  if (odd.not_utf8) return fail(ErrorCode::invalid, "the record's body is not UTF-8");
  if (odd.depth <= most_body_depth && !odd.fraction) return {};
  for (int round = 0; round < 3; ++round) {
    auto parsed = parse_json(body_, most_body_bytes);
    if (!parsed) return fail(parsed.error().in("the record's body"));
    body = std::move(parsed->get_object());
    const std::string before = body_;
    auto again = write_bounded(body, body_);
    if (!again || body_ == before) return again;
  }
  return fail(ErrorCode::invalid, "the record's body has a number that cannot be kept exactly");
}

Digest Sealer::seal(const ChainLink& before, const domain::RecordDraft& draft) {
  bytes_.assign(reinterpret_cast<const char*>(before.hash.data()), before.hash.size());
  domain::append_head(bytes_, Seq{number(before.seq) + 1}, boot_, draft);
  bytes_ += body_;
  bytes_ += '}';
  return sha256(bytes_);
}

std::vector<Foreseen> Foresight::foresee(std::vector<domain::RecordDraft>& drafts) {
  std::vector<Foreseen> foreseen;
  if (drafts.size() > most_records) lose();
  if (!place_) return foreseen;
  foreseen.reserve(drafts.size());
  for (auto& draft : drafts) {
    // The writer will refuse the change, and nothing of it be in the chain.
    if (!sealer_.settle(draft)) return {};
    const ChainLink before =
        foreseen.empty()
            ? *place_
            : ChainLink{Seq{number(foreseen.back().before.seq) + 1}, foreseen.back().hash};
    foreseen.push_back({before, sealer_.seal(before, draft)});
  }
  if (!foreseen.empty()) {
    place_ = ChainLink{Seq{number(foreseen.back().before.seq) + 1}, foreseen.back().hash};
  }
  return foreseen;
}

}  // namespace genkan::store
