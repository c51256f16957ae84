#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "firmware/services/keys/key_sync.hpp"
#include "firmware/services/live.hpp"
#include "firmware/services/troubles.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/models.hpp"
#include "tests/fakes/store.hpp"
#include "tests/model/oracle.hpp"
#include "tests/model/sim_memory.hpp"

namespace genkan::model {

// What outlives a restart of the product: its surroundings.
struct Surroundings {
  boost::asio::io_context& loop;
  const fakes::FakeClock& clock;
  SimMemory& memory;
  const domain::ModelCatalog& models;
  const domain::Holidays& holidays;
  const domain::KeyHasher& hasher;
};

// The product's side of keys between two restarts: the reconciler with what it needs, on what the
// disk had. Records are changed as its offices do it: on disk first, then in the book.
class Product {
 public:
  Product(const Surroundings& around, ports::Memory disk, int boot);

  services::KeySync& sync() { return *sync_; }
  // What a new one would be told after the power went now. Ends the services.
  ports::Memory end();

  // Runs the loop until it is on disk and in the book.
  void change(ports::Change change);
  void change_site(const domain::Inventory& site, ports::Change change);

 private:
  const Surroundings around_;
  fakes::FakeStore store_;
  services::Directory directory_;
  domain::KeyBook book_;
  services::KeyFacts facts_;
  services::LiveHub live_;
  services::Troubles troubles_;
  services::KeyNews news_;
  std::unique_ptr<services::KeySync> sync_;
};

// The same record for the product.
domain::Reservation reservation_of(const Booking& booking, std::uint32_t revision);
domain::Timing timing_of(const When& when);
WallTime wall_time(Millis when);
Millis millis(WallTime when);

}  // namespace genkan::model
