#pragma once

#include <memory>
#include <vector>

#include "firmware/store/backlog.hpp"
#include "firmware/store/database.hpp"

namespace genkan::store {

// What one transaction brought, for the loop.
struct Delivery {
  struct Done {
    std::shared_ptr<Waiting> caller;
    Waiting::Answer answer;
  };
  struct GivenUp {
    Error reason;
    std::size_t records;
  };
  std::vector<domain::Record> records;  // committed, in order of number
  std::vector<Done> done;
  std::vector<GivenUp> given_up;  // submitted changes that the database refused
  Seq head{};
  Seq oldest{};
};

std::size_t records_of(const std::vector<Job>& jobs);

// Writes the jobs in one transaction, each whole or not at all: what the database refuses of one
// (given_up, done) does not take its neighbours with it. After an error, which is of the disk,
// nothing was written and the jobs are as they were. The connection's thread.
Result<> commit_group(Database& database, std::vector<Job>& jobs, Delivery& delivery);

}  // namespace genkan::store
