#pragma once

#include <map>
#include <string>
#include <vector>

#include "firmware/domain/calendar/holidays.hpp"

// The Act on National Holidays (国民の祝日に関する法律, 1948 law 178) in its two halves: which days
// it names, and which others follow from them.
namespace genkan::domain {

// By day, with the name.
using NamedDays = std::map<LocalDay, std::string>;

// Article 2 as it stood in that year, 1970 to 2099.
NamedDays named_days(int year);

// Article 3: the named days, those in place of a Sunday, and those between two of them. In order.
std::vector<Holiday> with_days_that_follow(const NamedDays& named);

}  // namespace genkan::domain
