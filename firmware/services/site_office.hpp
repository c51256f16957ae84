#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/domain/caller.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/holds.hpp"
#include "firmware/services/watch.hpp"

namespace genkan::services {

// Takes a site file over: all of it on disk first, then the running building; or nothing of it.
// What people reserved goes with the devices and rooms that it has no more (SITE-6). Loop thread.
class SiteOffice {
 public:
  struct Needs {
    ports::Fleet& fleet;
    ports::Store& store;
    const Clock& clock;
    Directory& directory;
    Troubles& troubles;
    Holds& holds;
    Watch& watch;
    LiveHub& live;
    Keys& keys;
  };
  explicit SiteOffice(const Needs& needs) : needs_(needs) {}

  // While another is being written: conflict. A file that says what is there already changes
  // nothing. Warnings come with a check too: they are what to ask somebody about before the import.
  boost::asio::awaitable<Result<SiteAnswer>> import(domain::Caller caller, std::string text,
                                                    bool check_only);
  // Commits the change together with the site, and takes that over. For a site that passed
  // parse_site; within the turn of keys.
  boost::asio::awaitable<Result<>> replace(domain::Inventory site, ports::Change change);
  // Sets up what the store remembers, at start.
  void open(domain::Inventory inventory);
  // The models are others now: devices of those that changed begin anew, the others go on.
  void models_changed();
  // Troubles of devices whose profile is missing.
  void judge_models(ports::Change& change);

 private:
  void take_over(domain::Inventory site);
  std::set<DeviceId> device_set() const;

  Needs needs_;
  bool importing_ = false;  // on its way to the disk
};

}  // namespace genkan::services
