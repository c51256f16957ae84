#include "firmware/services/cloud/cloud.hpp"

namespace genkan::services {

Cloud::Cloud(Needs needs)
    : book_(needs.store, needs.clock, std::move(needs.gateway)),
      receiver_(P256Key::derived(needs.receiving, "genkan P-256 1")),
      link_(book_, needs.troubles),
      desk_({std::move(needs.loop), book_, needs.store, needs.fleet, needs.directory, receiver_,
             needs.requests_a_minute}) {}

void Cloud::start(const ports::CloudMemory& memory) {
  journal_id_ = memory.journal_id;
  book_.open(memory);
  desk_.start(memory);
}

void Cloud::tick(ports::Change& change) {
  desk_.tick();
  link_.look(change);
}

}  // namespace genkan::services
