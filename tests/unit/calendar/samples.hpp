#pragma once

#include <map>
#include <string>
#include <string_view>

#include "firmware/domain/calendar/holidays.hpp"

// What several tests of the calendar read.
std::string file_text(std::string_view path_in_repository);

// jp-holidays.csv beside the tests: day and name.
std::map<genkan::domain::LocalDay, std::string> published_table();

// The law and the product's data file.
genkan::domain::Holidays product_holidays();
