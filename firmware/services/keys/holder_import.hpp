#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/holder_rows.hpp"

namespace genkan::services {

// Holders from a CSV file (RES-52). Errors as the reservation office's; invalid also for files that
// cannot be read at all. Loop thread.
class HolderImport {
 public:
  // Rows that share a commit.
  static constexpr std::size_t batch = 500;

  explicit HolderImport(KeyDesk& desk) : desk_(desk) {}

  // {"rows":[{"row","action","name","outside_id","faults":[{"column","message"}]}…],"columns"}.
  // Nothing is changed.
  Result<json::object> preview(const domain::Caller& caller, std::string_view bytes,
                               Charset charset) const;
  // Does the chosen rows, each for itself, as a preview would tell now: each with "done" and
  // "message" too; rows that were not chosen are left out. Once the disk fails the rest is not
  // tried.
  boost::asio::awaitable<Result<json::object>> run(domain::Caller caller, std::string bytes,
                                                   Charset charset, RowChoice rows);
  // A file to begin with: UTF-8 with a byte order mark, for spreadsheets.
  static std::string sample();

 private:
  struct Outcome {
    bool done = false;
    std::string message;
  };
  struct Work {
    ImportRow* row;
    Outcome outcome;
  };
  // What the rows of one run share.
  struct Shared {
    std::map<domain::KeyGroupId, CodesInUse> codes;  // of groups for which codes are drawn
    std::set<domain::HolderId> ids;                  // given by this run
    std::size_t room = 0;                            // how many may be added still
  };

  // What can be refused before the disk is asked.
  bool prepare(Work& work, Shared& shared) const;
  Result<> draw(ImportRow& row, Shared& shared) const;
  ports::Change change_of(const domain::Caller& caller, std::span<Work* const> works) const;
  // Whether going on makes sense.
  boost::asio::awaitable<bool> commit(domain::Caller caller, std::vector<Work*> works);

  KeyDesk& desk_;
};

}  // namespace genkan::services
