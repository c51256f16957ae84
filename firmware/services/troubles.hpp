#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/trouble.hpp"
#include "firmware/domain/troubles.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/live.hpp"

namespace genkan::services {

// T: {"kind","device"?,"bus"?,"since","detail","sentence"}.
json::object to_json(const domain::Trouble& trouble);

// The troubles that stand (TRB-1): each once, with its time, kept over restarts. Loop thread.
class Troubles {
 public:
  Troubles(const Clock& clock, const Directory& directory, LiveHub& live)
      : clock_(clock), directory_(directory), live_(live) {}

  // What stood when the gateway went down; those of things that are gone are left out and cleared.
  void restore(const std::vector<domain::Trouble>& troubles, ports::Change& change);

  // Takes a ruling over: what appears or clears is added to `change` with its record and told to
  // the live stream. A new detail of a standing trouble is stored, without a record.
  void rule(const domain::TroubleKey& key, domain::Standing standing, const std::string& detail,
            ports::Change& change);
  // Clears everything of a device or bus that the site no longer has.
  void forget_missing(ports::Change& change);

  bool stands(const domain::TroubleKey& key) const { return standing_.contains(key); }
  std::vector<domain::Trouble> all() const;
  std::vector<domain::Trouble> of(const DeviceId& device) const;
  std::size_t count() const { return standing_.size(); }

 private:
  enum class Way { appears, clears };
  bool has_place(const domain::TroubleKey& key) const;
  domain::RecordDraft record(const domain::Trouble& trouble, Way way) const;
  void publish(const domain::Trouble& trouble, Way way);

  const Clock& clock_;
  const Directory& directory_;
  LiveHub& live_;
  std::map<domain::TroubleKey, domain::Trouble> standing_;
};

}  // namespace genkan::services
