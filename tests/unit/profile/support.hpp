#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/profile/profile.hpp"

// What the tests of profiles share.
namespace genkan::profile::test {

// "3: message" for each problem of the text, a line each.
std::string mistakes(std::string_view text);

// The profile; the test fails and ends if the text has mistakes.
Profile parsed(std::string_view text);

// The folder of the shipped profiles, and one of them.
std::string shipped_folder();
const Profile& shipped(std::string_view model);

// "lane table address+count @interval" of each read.
std::vector<std::string> texts(const std::vector<ReadRange>& reads);

}  // namespace genkan::profile::test
