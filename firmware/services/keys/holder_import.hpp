#pragma once

#include <map>
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
  using Codes = std::map<domain::KeyGroupId, CodesInUse>;

  // What can be refused before the disk is asked.
  bool prepare(Work& work, Codes& codes, std::size_t& room) const;
  Result<> draw(ImportRow& row, Codes& codes) const;
  ports::Change change_of(const domain::Caller& caller, std::span<Work* const> works) const;
  // Whether going on makes sense.
  boost::asio::awaitable<bool> commit(domain::Caller caller, std::vector<Work*> works);

  KeyDesk& desk_;
};

}  // namespace genkan::services
