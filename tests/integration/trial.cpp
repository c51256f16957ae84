#include "tests/integration/trial.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 30s;

std::int64_t head(Gateway& gateway) {
  const json::object status = gateway.api("GET", "/v1/status").json();
  return status.at("journal").at("head").to_number<std::int64_t>();
}

std::size_t place_of(std::string_view text, std::string_view what) {
  const auto at = text.find(what);
  if (at == std::string_view::npos) throw std::runtime_error(cat("no '", what, "' in the text"));
  return at;
}

// At its start the gateway lets go of the contact of a lock that is turned by pulses: nobody can
// read whether a pulse was cut off. And it reads the locks' memories, whose mailbox is registers.
// Both move nothing.
std::size_t count_moves(Building& building) {
  const auto moves = building.moves();
  const auto counts = [](const json::object& move) {
    if (text_at(move, "what") == "holding" && text_at(move, "device").starts_with("lock-")) {
      return false;
    }
    return text_at(move, "device") != "bike-room-lock" || text_at(move, "what") != "coil" ||
           move.at("value") != 0;
  };
  return static_cast<std::size_t>(std::ranges::count_if(moves, counts));
}

std::string first_difference(const std::string& before, const std::string& now) {
  std::istringstream old_lines(before);
  std::istringstream new_lines(now);
  std::string was;
  std::string is;
  for (;;) {
    const bool more = !std::getline(old_lines, was).fail();
    if (std::getline(new_lines, is).fail() == more || (more && was != is)) {
      return cat("'", was, "' has become '", is, "'");
    }
    if (!more) return "";
  }
}

// All that comes until the other side closes, or nothing comes for 10 s.
std::string read_all(int socket) {
  std::string text;
  char piece[4096];
  for (;;) {
    const ssize_t got = ::recv(socket, piece, sizeof piece, 0);
    if (got <= 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
}

}  // namespace

Present present(Gateway& gateway, Building& building) {
  Present present;
  present.site = gateway.api("GET", "/v1/site").body;
  const json::object answer = gateway.api("GET", "/v1/devices").json();
  for (const auto& device : answer.at("devices").as_array()) {
    present.states += cat(device.at("id").as_string(), " ", json::serialize(device.at("state")),
                          device.at("held").as_bool() ? " held\n" : "\n");
  }
  present.moves = count_moves(building);
  return present;
}

std::string changes(const Present& before, Gateway& gateway, Building& building) {
  const Present now = present(gateway, building);
  if (now.moves != before.moves) {
    return cat(before.moves, " moves have become ", now.moves,
               "; the last: ", json::serialize(building.moves().back()));
  }
  const auto site = first_difference(before.site, now.site);
  return site.empty() ? first_difference(before.states, now.states) : site;
}

House::House(const Edit& edit, std::filesystem::path database, Building::Scene scene)
    : building(folder.path() / "building", scene),
      gateway(folder.path() / "gateway", {.database = std::move(database)}) {
  if (edit != nullptr) write_file(settings_file(), edit(read_file(settings_file())));
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(patience);
  quiet_head(gateway);
}

void House::restart_with(const std::string& settings) {
  if (gateway.stop() != 0) throw std::runtime_error("genkand did not end: " + gateway.log());
  write_file(settings_file(), settings);
  gateway.start();
}

std::string me() {
  const passwd* entry = ::getpwuid(::geteuid());
  if (entry == nullptr) throw std::runtime_error("who runs this test has no name");
  return entry->pw_name;
}

std::string as(const std::string& settings, const std::string& user, const std::string& role) {
  return cat(settings, "\n[[api.role]]\nuser = \"", user, "\"\nrole = \"", role, "\"\n");
}

std::int64_t quiet_head(Gateway& gateway) {
  std::int64_t last = head(gateway);
  const bool quiet = wait_until(
      [&] {
        std::this_thread::sleep_for(250ms);
        return std::exchange(last, head(gateway)) == last;
      },
      patience);
  if (!quiet) throw std::runtime_error("the journal does not come to rest");
  return last;
}

ApiAnswer raw_http(const std::string& socket, const std::string& bytes) {
  constexpr timeval within{10, 0};
  const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &within, sizeof within);
  ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &within, sizeof within);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, sizeof address.sun_path - 1);
  std::string text;
  if (::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const ssize_t sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;  // refused in the middle: the answer tells
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    text = read_all(client);
  }
  ::close(client);
  const auto body = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || body == std::string::npos) return {0, text};
  return {std::stoi(text.substr(9, 3)), text.substr(body + 4)};
}

bool obeys(Gateway& gateway, const std::string& device, const std::string& command) {
  const ApiAnswer answer = gateway.api("POST", cat("/v1/devices/", device, "/commands"),
                                       cat(R"({"command":")", command, R"("})"));
  return answer.status == 200 && text_at(answer.json(), "verdict") == "done";
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::string sentence_of(const ApiAnswer& answer) {
  if (answer.body.empty()) return "";
  const json::object object = answer.json();
  const json::value* error = object.if_contains("error");
  return text_at(error == nullptr ? object : error->as_object(), "message");
}

json::object trouble(Gateway& gateway, const std::string& kind, const std::string& bus) {
  const json::object answer = gateway.api("GET", "/v1/troubles").json();
  for (const auto& entry : answer.at("troubles").as_array()) {
    const json::object& one = entry.as_object();
    if (text_at(one, "kind") == kind && text_at(one, "bus") == bus) return one;
  }
  return {};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  return text.replace(place_of(text, what), what.size(), by);
}

std::size_t times(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

std::size_t line_of(std::string_view text, std::string_view what) {
  const auto before = text.substr(0, place_of(text, what));
  return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

}  // namespace genkan::test
