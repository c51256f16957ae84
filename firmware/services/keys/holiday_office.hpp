#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/base/charset.hpp"
#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// The public holidays that all times of the site follow (RES-21), and the government's table where
// somebody imported it. Errors as the reservation office's. Loop thread.
class HolidayOffice {
 public:
  // `in_use`: those that everybody asks; until now of the law and the product's data file.
  HolidayOffice(KeyDesk& desk, domain::Holidays& in_use)
      : desk_(desk), in_use_(in_use), without_table_(in_use) {}

  // What is on disk counts from now on. An error if it cannot be read: then none does.
  Result<> take(std::string table);
  // As it is on disk: UTF-8; empty: none.
  const std::string& table() const { return table_; }

  // {"holidays":[{"day","name"}],"table_until":year|null}: of that year, or of the present one in
  // the product's usual zone.
  json::object year(std::optional<std::int64_t> year) const;
  // Makes the table count for the years that it covers whole, in place of the one before; the rest
  // is as without one. {"table_until"}; the same table once more changes nothing.
  boost::asio::awaitable<Result<json::object>> import(domain::Caller caller, std::string bytes,
                                                      Charset charset);
  // Back to what counts without a table.
  boost::asio::awaitable<Result<json::object>> reset(domain::Caller caller);

  // What would count with the table (as above); the error names the line.
  Result<domain::Holidays> with_table(std::string_view table) const;

 private:
  boost::asio::awaitable<Result<json::object>> save(domain::Caller caller, std::string table,
                                                    std::optional<int> until);
  json::object answer() const;

  KeyDesk& desk_;
  domain::Holidays& in_use_;
  const domain::Holidays without_table_;
  std::string table_;
};

}  // namespace genkan::services
