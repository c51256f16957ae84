#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"

// Small files that must be whole: keys, certificates. Any thread; errors begin with the path.
namespace genkan {

enum class Readers { everybody, owner };  // 0644, 0600

// The whole file. ErrorCode::unknown: there is none; invalid: more than `most` bytes; io: the
// system refuses.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);
// The same of a plain file that nobody but its owner may read or change; ErrorCode::forbidden
// otherwise, with what would be right.
Result<std::string> read_private_file(const std::filesystem::path& path, std::size_t most);

// Whole or not at all, also if the power fails: written beside it ("PATH.new"), synced, moved to
// its place, the folder synced.
Result<> write_file(const std::filesystem::path& path, std::string_view text, Readers readers);
// The same, but what is there already stays as it is: ErrorCode::conflict.
Result<> write_new_file(const std::filesystem::path& path, std::string_view text, Readers readers);
// After a file was made, renamed or removed: on disk is that it was.
Result<> sync_folder_of(const std::filesystem::path& path);
// Gone, and the folder synced; well, too, if it was not there.
Result<> remove_file(const std::filesystem::path& path);

}  // namespace genkan
