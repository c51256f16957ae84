#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "firmware/base/error.hpp"
#include "firmware/domain/caller.hpp"

// Who is at the other end of a connection, and what that means.
namespace genkan::api {

// A process at the other end of a Unix socket, as the kernel knows it.
struct Peer {
  uid_t user = 0;
  std::vector<gid_t> groups;  // the first one is the primary one
};
// From SO_PEERCRED and SO_PEERGROUPS: what the process was when it connected.
Result<Peer> peer_of(int socket);

// Tells whom a request comes from. On the Unix socket that is the process at the other end;
// accounts of people (a token, a session of the screens) will be another source behind the same
// interface.
class CallerSource {
 public:
  virtual ~CallerSource() = default;
  // `subject`: the header Genkan-Subject, on whose behalf the caller speaks; empty: its own.
  virtual Result<domain::Caller> caller(std::string_view subject) const = 0;
  // Whether it leaves the last connections to others: what floods from afar must not keep the users
  // of the building out.
  virtual bool yields() const { return false; }
};

// One line of the settings: who has which role. "*" is everybody.
struct RoleRule {
  enum class Who { user, group, everybody };
  Who who = Who::user;
  std::string name;
  domain::Role role = domain::Role::viewer;
};

// The role of each user. Rules that name a user count before those that name a group, those before
// the rule for everybody; within each, the first. Without a rule root and the daemon's own user are
// administrators. Nobody else gets in. Reads the system's users and groups when made and when a
// user is seen for the first time.
class RoleTable {
 public:
  // Unknown users and groups are an error that names them all.
  static Result<RoleTable> make(const std::vector<RoleRule>& rules);

  std::optional<domain::Role> role(const Peer& peer) const;

 private:
  struct Row {
    RoleRule::Who who;
    id_t id;
    domain::Role role;
  };
  std::vector<Row> rows_;
};

// The caller at the other end of a Unix socket: named once, when it connects.
class PeerCaller final : public CallerSource {
 public:
  PeerCaller(const RoleTable& roles, const Peer& peer);
  Result<domain::Caller> caller(std::string_view subject) const override;
  // The agent, and who has no role.
  bool yields() const override;

 private:
  std::optional<domain::Role> role_;
  std::string name_;
};

std::optional<gid_t> group_named(const std::string& name);

}  // namespace genkan::api
