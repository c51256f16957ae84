#include "firmware/base/text.hpp"
#include "firmware/cli/commands.hpp"
#include "firmware/cli/files.hpp"

namespace genkan::cli {

namespace {

// The mistakes under the name of the file that was typed.
void print_problems(const Console& console, const std::string& file, const ApiResponse& response) {
  const auto value = parse_json(response.body, response.body.size());
  if (!value || !value->is_object()) return;
  for (const auto& entry : array_at(value->get_object(), "problems")) {
    const auto* problem = entry.if_object();
    if (problem == nullptr) continue;
    const auto line = number_at(*problem, "line");
    const auto place = line > 0 ? cat(file, ":", line) : file;
    console.print(cat(place, ": ", printable(text_at(*problem, "message"), 500), "\n"));
  }
}

}  // namespace

Exit put_site(Daemon& daemon, const Console& console, const std::string& file, bool check_only) {
  auto text = content_of(file);
  if (!text) return console.failed(text.error());
  ApiRequest request;
  request.method = "PUT";
  request.target = check_only ? "/v1/site?check=1" : "/v1/site";
  request.content_type = "application/toml";
  request.body = std::move(*text);
  const auto answer = daemon.ask(std::move(request));
  if (!answer) return console.failed(answer.error());
  if (console.json) {
    console.say(answer->body);
  } else if (answer->status != 200) {
    print_problems(console, file, *answer);
  }
  const auto counts = object_of(*answer);
  if (!counts) {
    const bool mistakes = counts.error().code() == ErrorCode::invalid;
    const auto end = console.failed(counts.error());
    return mistakes ? Exit::failed : end;
  }
  if (console.json) return Exit::done;
  const auto what = cat(number_at(*counts, "buses"), " buses, ", number_at(*counts, "rooms"),
                        " rooms, ", number_at(*counts, "devices"), " devices");
  console.say(console.paint(Tone::good,
                            check_only ? cat(file, " is sound: ", what, ". Nothing was changed.")
                                       : cat(file, " is the site now: ", what, ".")));
  return Exit::done;
}

Exit export_site(Daemon& daemon, const Console& console, const std::string& file) {
  ApiRequest request;
  request.target = "/v1/site";
  const auto answer = daemon.ask(std::move(request));
  if (!answer) return console.failed(answer.error());
  if (answer->status != 200) return console.failed(error_of(*answer));
  if (file == "-") {
    console.print(answer->body);
    return Exit::done;
  }
  const auto written = write_file(file, answer->body);
  if (!written) return console.failed(written.error());
  console.say(cat("The site is in ", file, "."));
  return Exit::done;
}

}  // namespace genkan::cli
