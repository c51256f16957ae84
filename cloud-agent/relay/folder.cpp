#include "cloud-agent/relay/folder.hpp"

#include "firmware/base/text.hpp"

namespace genkan::relay {

std::filesystem::path Folder::command_key(std::string_view kid) const {
  return command_keys() / cat(kid, ".key");
}

}  // namespace genkan::relay
