#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "firmware/domain/record.hpp"

// The canonical JSON text of a record, byte for byte json::serialize(to_json(record)), without
// building the tree: every record is hashed over it. All append to `out`. Any thread.
namespace genkan::domain {

// json::serialize of the object.
void append_text(std::string& out, const json::object& object);
// format_time of the time.
void append_time(std::string& out, WallTime time);

// The whole text of the record but its body: up to `"body":`, and `}` is left to follow the body.
void append_head(std::string& out, Seq seq, std::string_view boot, const RecordDraft& draft);
// The whole text.
void append_canonical(std::string& out, Seq seq, std::string_view boot, const RecordDraft& draft);

}  // namespace genkan::domain
