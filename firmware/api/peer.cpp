#include "firmware/api/peer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::api {

namespace {

constexpr std::size_t name_buffer = 16 * 1024;  // glibc's own suggestion is 1 KiB; groups are long
constexpr std::size_t most_groups = 65'536;     // NGROUPS_MAX of Linux
constexpr std::size_t most_subject_bytes = 128;

std::optional<uid_t> user_named(const std::string& name) {
  std::vector<char> buffer(name_buffer);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::nullopt : std::optional(found->pw_uid);
}

std::string name_of_user(uid_t user) {
  std::vector<char> buffer(name_buffer);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? cat("uid:", user) : cat("user:", found->pw_name);
}

}  // namespace

std::optional<gid_t> group_named(const std::string& name) {
  std::vector<char> buffer(name_buffer);
  group entry{};
  group* found = nullptr;
  ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
}

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return fail(ErrorCode::io, cat("cannot tell who connected: ", std::strerror(errno)));
  }
  Peer peer;
  peer.user = credentials.uid;
  peer.groups.push_back(credentials.gid);
  std::vector<gid_t> groups(64);
  for (;;) {
    auto bytes = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes) == 0) {
      groups.resize(bytes / sizeof(gid_t));
      break;
    }
    if (errno != ERANGE || bytes / sizeof(gid_t) > most_groups) {
      groups.clear();
      break;
    }
    groups.resize(bytes / sizeof(gid_t));
  }
  peer.groups.insert(peer.groups.end(), groups.begin(), groups.end());
  return peer;
}

Result<RoleTable> RoleTable::make(const std::vector<RoleRule>& rules) {
  RoleTable table;
  std::string missing;
  for (const auto& rule : rules) {
    std::optional<id_t> id = 0;
    if (rule.who == RoleRule::Who::user) id = user_named(rule.name);
    if (rule.who == RoleRule::Who::group) id = group_named(rule.name);
    if (id) {
      table.rows_.push_back({rule.who, *id, rule.role});
      continue;
    }
    missing +=
        cat(missing.empty() ? "" : ", ", rule.who == RoleRule::Who::user ? "user '" : "group '",
            printable(rule.name), "'");
  }
  if (!missing.empty()) {
    return fail(ErrorCode::invalid, cat("api.role: this system has no ", missing));
  }
  return table;
}

std::optional<domain::Role> RoleTable::role(const Peer& peer) const {
  const auto names = [&peer](const Row& row) {
    switch (row.who) {
      case RoleRule::Who::user: return row.id == peer.user;
      case RoleRule::Who::group: return std::ranges::find(peer.groups, row.id) != peer.groups.end();
      case RoleRule::Who::everybody: return peer.user != 0 && peer.user != ::geteuid();
    }
    return false;
  };
  for (const auto who : {RoleRule::Who::user, RoleRule::Who::group, RoleRule::Who::everybody}) {
    for (const auto& row : rows_) {
      if (row.who == who && names(row)) return row.role;
    }
  }
  if (peer.user == 0 || peer.user == ::geteuid()) return domain::Role::administrator;
  return std::nullopt;
}

PeerCaller::PeerCaller(const RoleTable& roles, const Peer& peer)
    : role_(roles.role(peer)), name_(name_of_user(peer.user)) {
  if (role_ == domain::Role::cloud) name_ = "cloud";
}

bool PeerCaller::yields() const { return !role_ || role_ == domain::Role::cloud; }

Result<domain::Caller> PeerCaller::caller(std::string_view subject) const {
  if (!role_) {
    return fail(
        ErrorCode::forbidden,
        cat(name_, " has no role here; an [[api.role]] in the gateway's settings gives one"));
  }
  domain::Caller caller{*role_, name_};
  if (subject.empty()) return caller;
  if (*role_ != domain::Role::cloud) {
    return fail(ErrorCode::forbidden, cat("the header Genkan-Subject is for the role cloud; ",
                                          name_, " is ", domain::name_of(*role_)));
  }
  if (subject.size() > most_subject_bytes || printable(subject, most_subject_bytes) != subject) {
    return fail(ErrorCode::invalid, cat("the header Genkan-Subject must be plain text of at most ",
                                        most_subject_bytes, " bytes"));
  }
  caller.name = cat("cloud:", subject);
  return caller;
}

}  // namespace genkan::api
