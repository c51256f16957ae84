#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

CLI::Option* text(CLI::App* sub, const std::string& name, std::optional<std::string>& into,
                  const std::string& help) {
  return sub->add_option_function<std::string>(
      name, [&into](const std::string& typed) { into = typed; }, help);
}

CLI::Option* list(CLI::App* sub, const std::string& name, std::vector<std::string>& into,
                  const std::string& help) {
  return sub->add_option(name, into, help)->allow_extra_args(false);
}

CLI::Option* comma_list(CLI::App* sub, const std::string& name, std::vector<std::string>& into,
                        const std::string& help) {
  return list(sub, name, into, help)->delimiter(',');
}

void add_window(CLI::App* sub, WindowChoice& choice) {
  comma_list(sub, "--every", choice.every, "weekdays: mon,tue,wed,thu,fri,sat,sun, or day");
  text(sub, "--window", choice.window, "from when to when on each of them: 9:00-17:30");
}

void add_secrets(CLI::App* sub, SecretChoice& choice, Removable removable) {
  auto* code = text(sub, "--code", choice.code,
                    "4 to 8 digits; * is a random one (**12**); '' is six random ones; - reads it "
                    "from standard input");
  auto* card = text(sub, "--card", choice.card,
                    "a card's number in hexadecimal; - reads it from standard input");
  auto* name = text(sub, "--card-name", choice.card_name, "what the card is called");
  if (removable == Removable::no) return;
  sub->add_flag("--no-card", choice.no_card, "take the card away")->excludes(card)->excludes(name);
  sub->add_flag("--no-code", choice.no_code, "take the code away")->excludes(code);
}

void add_pages(CLI::App* sub, PageChoice& choice) {
  sub->add_option("--search", choice.text, "only those with this text");
  sub->add_option("--page", choice.page, "which page")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  sub->add_option("-n", choice.count, "how many a page")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  sub->add_flag("--codes", choice.codes, "with codes and card numbers, if your role may see them");
}

}  // namespace genkan::cli
