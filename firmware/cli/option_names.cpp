#include "firmware/cli/option_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "firmware/base/text.hpp"

namespace genkan::cli {

namespace {

struct Name {
  std::string_view field;
  std::string_view option;
};
// As key_requests.cpp puts them into requests.
constexpr std::array names{
    Name{"start", "--from"},
    Name{"end", "--to"},
    Name{"span.start", "--from"},
    Name{"span.end", "--to"},
    Name{"once.start", "--from"},
    Name{"once.end", "--to"},
    Name{"once.uses", "--uses"},
    Name{"name", "--name"},
    Name{"kind", "--kind"},
    Name{"mail", "--mail"},
    Name{"code", "--code"},
    Name{"card", "--card"},
    Name{"card.number", "--card"},
    Name{"card.name", "--card-name"},
    Name{"id_number", "--id-number"},
    Name{"room", "--room"},
    Name{"at", "--at"},
    Name{"recurrence.first", "--first"},
    Name{"recurrence.last", "--last"},
    Name{"recurrence.from", "--window"},
    Name{"recurrence.to", "--window"},
    Name{"recurrence.weekdays", "--every"},
    Name{"recurrence.holidays", "--holidays"},
    Name{"recurrence.extra", "--extra"},
    Name{"recurrence.excluded", "--except"},
    Name{"weekly.from", "--window"},
    Name{"weekly.to", "--window"},
    Name{"weekly.weekdays", "--every"},
    Name{"daily.from", "--window"},
    Name{"daily.to", "--window"},
};

}  // namespace

std::string in_options(std::string complaint) {
  const std::string_view text = complaint;
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos) return complaint;
  auto field = text.substr(0, colon);
  std::string_view part;  // which of a list: "recurrence.extra[3]"
  if (const auto bracket = field.find('['); bracket != std::string_view::npos) {
    part = field.substr(bracket);
    field = field.substr(0, bracket);
  }
  const auto found = std::ranges::find(names, field, &Name::field);
  if (found == names.end()) return complaint;
  return cat(found->option, part, text.substr(colon));
}

}  // namespace genkan::cli
