#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/relay/folder.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::relay {

// A gateway that was enrolled here.
struct Enrolled {
  std::string gateway;
  std::string contract;  // empty once it is released
  std::string former;    // the contract that it was released from
  std::string consent;   // JWS of that release
  P256Public key;        // of its identity
  WallTime ends{};       // its certificate
  WallTime enrolled{};
  // For what is sealed for it; nothing: it told none when it was enrolled.
  std::optional<P256Public> receiver{};
};

struct CommandKey {
  std::int64_t number = 0;  // the highest signs
  std::string kid;
  WallTime made{};
  bool retired = false;
  std::int64_t held_by = 0;  // gateways under contract
};

// What was agreed with gateways: contracts, certificates, command keys. In cloud.db, so that
// several processes may ask and change it at once. A change outlives a power cut once it is
// answered. One thread.
class Registry {
 public:
  static Result<Registry> open(const Folder& folder);

  Result<std::optional<Enrolled>> find(std::string_view gateway) const;
  // The gateway under this contract; empty if there is none.
  Result<std::string> gateway_of(std::string_view contract) const;
  // New, or changed under the same id. Its command keys are `kids` from now on. ErrorCode::conflict
  // if another gateway has the contract.
  Result<> put(const Enrolled& enrolled, const std::vector<std::string>& kids);
  Result<> set_certificate_end(std::string_view gateway, WallTime ends);
  // Under contract, with a certificate that ends before `time`; the soonest first.
  Result<std::vector<std::string>> ending_before(WallTime time, std::int64_t most) const;

  Result<std::vector<CommandKey>> keys() const;  // the newest first, retired ones last
  Result<> add_key(std::string_view kid, WallTime now);
  Result<> retire_key(std::string_view kid, WallTime now);
  Result<std::int64_t> next_key_number() const;

  // Which of our keys the gateway trusts, as we believe; the newest first.
  Result<std::vector<std::string>> held_by(std::string_view gateway) const;
  Result<> set_held(std::string_view gateway, std::string_view kid, bool held);
  // Gateways under contract without `kid`; and those with `kid` and another than that, which could
  // be taken away.
  Result<std::vector<std::string>> without(std::string_view kid, std::int64_t most) const;
  struct Holding {
    std::string gateway;
    std::string kid;
  };
  Result<std::vector<Holding>> beside(std::string_view kid, std::int64_t most) const;

  const store::Connection& connection() const { return connection_; }

 private:
  explicit Registry(store::Connection connection) : connection_(std::move(connection)) {}
  Result<> run(std::string_view sql, std::initializer_list<std::string_view> texts) const;
  Result<std::vector<std::string>> list(store::Statement statement) const;

  store::Connection connection_;
};

}  // namespace genkan::relay
