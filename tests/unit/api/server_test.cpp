#include "firmware/api/server.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio/local/stream_protocol.hpp>
#include <doctest/doctest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/api_client.hpp"
#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

ApiOptions options_at(const std::string& socket) {
  ApiOptions options;
  options.socket = socket;
  return options;
}

// Runs the loop until the work is over; at most ten seconds.
template <class T>
T finish(asio::io_context& loop, asio::awaitable<T> work) {
  std::optional<T> result;
  asio::co_spawn(loop, std::move(work), [&result](const std::exception_ptr& thrown, T value) {
    REQUIRE(!thrown);
    result = std::move(value);
  });
  const auto limit = std::chrono::steady_clock::now() + 10s;
  loop.restart();
  while (!result && std::chrono::steady_clock::now() < limit) loop.run_one_for(100ms);
  REQUIRE(result);
  return std::move(*result);
}

ApiRequest get(std::string target) {
  ApiRequest request;
  request.target = std::move(target);
  return request;
}

// A socket that takes connections and never says anything.
struct Mute {
  explicit Mute(asio::io_context& loop, const std::string& path)
      : acceptor(loop, asio::local::stream_protocol::endpoint(path)) {}
  asio::local::stream_protocol::acceptor acceptor;
};

}  // namespace

TEST_CASE("API: the socket has its mode, and goes away with the server") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  {
    Server server(building.loop.get_executor(), building.gateway, options_at(path));
    REQUIRE(server.start());
    struct stat found{};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK(S_ISSOCK(found.st_mode));
    CHECK((found.st_mode & 0777U) == 0660U);
    server.stop();
  }
  CHECK(!std::filesystem::exists(path));
  building.run();
}

TEST_CASE("API: the socket of a dead daemon is replaced, that of a living one is not") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::close(dead);
  Server server(building.loop.get_executor(), building.gateway, options_at(path));
  REQUIRE(server.start());
  Server second(building.loop.get_executor(), building.gateway, options_at(path));
  const auto refused = second.start();
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::conflict);
  CHECK(refused.error().message().contains("a daemon serves"));
  second.stop();
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("API: what cannot become a socket is told in a sentence") {
  test::TempDir folder;
  TestBuilding building;
  const auto file = folder.file("file");
  std::ofstream(file) << "not a socket";
  struct Case {
    ApiOptions options;
    std::string_view sentence;
  };
  std::vector<Case> cases{
      {options_at(file), "is no socket"},
      {options_at(folder.file(std::string(120, 'x'))), "must have 1 to"},
      {options_at(folder.file("missing/api.sock")), "No such file"},
      {options_at(folder.file("a.sock")), "no group 'no-such-group'"},
      {options_at(folder.file("b.sock")),
       "this system has no user 'no-such-user', group 'nor-this'"},
  };
  cases[3].options.socket_group = "no-such-group";
  cases[4].options.roles = {{RoleRule::Who::user, "no-such-user", domain::Role::viewer},
                            {RoleRule::Who::group, "nor-this", domain::Role::viewer}};
  for (const auto& one : cases) {
    Server server(building.loop.get_executor(), building.gateway, one.options);
    const auto started = server.start();
    REQUIRE(!started);
    CHECK_MESSAGE(started.error().message().contains(one.sentence), started.error().message());
  }
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("API: rules for users count before those for groups, those before everybody") {
  using Who = RoleRule::Who;
  using domain::Role;
  const auto table = RoleTable::make({{Who::everybody, "*", Role::viewer},
                                      {Who::group, "daemon", Role::operator_},
                                      {Who::user, "bin", Role::installer}});
  REQUIRE(table);
  const auto daemon = *group_named("daemon");
  CHECK(table->role({2, {daemon}}) == Role::installer);  // bin is 2 on every Linux
  CHECK(table->role({4242, {4242, daemon}}) == Role::operator_);
  CHECK(table->role({4242, {4242}}) == Role::viewer);
  CHECK(table->role({0, {0}}) == Role::administrator);
  const auto none = RoleTable::make({});
  REQUIRE(none);
  CHECK(!none->role({4242, {4242}}));
  CHECK(none->role({::geteuid(), {}}) == Role::administrator);
  const auto root = RoleTable::make({{Who::user, "root", Role::viewer}});
  REQUIRE(root);
  CHECK(root->role({0, {}}) == Role::viewer);
}

TEST_CASE("API: only the cloud speaks for others; whoever has no role hears how to get one") {
  const auto table = RoleTable::make({{RoleRule::Who::user, "bin", domain::Role::cloud}});
  REQUIRE(table);
  const PeerCaller cloud(*table, {2, {}});
  const auto itself = cloud.caller("");
  REQUIRE(itself);
  CHECK(itself->name == "cloud");
  const auto other = cloud.caller("resident-203");
  REQUIRE(other);
  CHECK(other->name == "cloud:resident-203");
  CHECK(!cloud.caller("two\nlines"));
  CHECK(!cloud.caller(std::string(129, 'x')));
  const PeerCaller root(*table, {0, {}});
  CHECK(root.caller("")->name == "user:root");
  const auto pretends = root.caller("resident-203");
  REQUIRE(!pretends);
  CHECK(pretends.error().code() == ErrorCode::forbidden);
  const PeerCaller nobody(*table, {4242, {4242}});
  const auto refused = nobody.caller("");
  REQUIRE(!refused);
  CHECK(refused.error().message().contains("uid:4242 has no role here"));
}

TEST_CASE("API client: requests share a connection, and the answer is whole") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  Server server(building.loop.get_executor(), building.gateway, options_at(path));
  REQUIRE(server.start());
  ApiClient client(building.loop.get_executor(), path);
  for (int i = 0; i < 20; ++i) {
    const auto answer = finish(building.loop, client.request(get("/v1/openapi.json"), 5s));
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->content_type == "application/json");
    CHECK(answer->body.size() > 30'000);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("API client: a daemon that started anew is found again without an error") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  ApiClient client(building.loop.get_executor(), path);
  for (int i = 0; i < 3; ++i) {
    Server server(building.loop.get_executor(), building.gateway, options_at(path));
    REQUIRE(server.start());
    const auto answer = finish(building.loop, client.request(get("/v1/status"), 5s));
    REQUIRE(answer);
    CHECK(answer->status == 200);
    ApiRequest command;
    command.method = "POST";
    command.target = "/v1/devices/lock-101/commands";
    command.body = R"({"command":"lock"})";
    const auto done = finish(building.loop, client.request(command, 5s));
    REQUIRE(done);
    CHECK(done->status == 200);
  }
  const auto gone = finish(building.loop, client.request(get("/v1/status"), 5s));
  REQUIRE(!gone);
  CHECK(gone.error().code() == ErrorCode::unreachable);
  CHECK(gone.error().message().contains(path));
}

TEST_CASE("API client: a large body that is refused early still brings its answer") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  Server server(building.loop.get_executor(), building.gateway, options_at(path));
  REQUIRE(server.start());
  ApiClient client(building.loop.get_executor(), path);
  ApiRequest request;
  request.method = "PUT";
  request.target = "/v1/site";
  request.content_type = "application/toml";
  request.body.assign(4'000'000, 'x');
  const auto answer = finish(building.loop, client.request(request, 5s));
  REQUIRE_MESSAGE(answer, answer.error().message());
  CHECK(answer->status == 413);
}

TEST_CASE("API client: nothing can be smuggled into a request") {
  asio::io_context loop;
  ApiClient client(loop.get_executor(), "/nowhere");
  std::vector<ApiRequest> requests(4);
  requests[0].target = "/v1/status HTTP/1.1\r\nGenkan-Subject: x";
  requests[1].target = "v1/status";
  requests[2].target = "/v1/status";
  requests[2].headers = {{"Genkan-Subject", "a\r\nX: y"}};
  requests[3].target = "/v1/status";
  requests[3].method = "GET /x";
  for (const auto& request : requests) {
    const auto answer = finish(loop, client.request(request, 1s));
    REQUIRE(!answer);
    CHECK(answer.error().code() == ErrorCode::invalid);
  }
}

TEST_CASE("API client: a mute daemon costs the deadline and no more; the queue has its bound") {
  test::TempDir folder;
  asio::io_context loop;
  const auto path = folder.file("api.sock");
  const Mute mute(loop, path);
  ApiClient client(loop.get_executor(), path, 1);
  const auto began = std::chrono::steady_clock::now();
  const auto answer = finish(loop, client.request(get("/v1/status"), 50ms));
  const auto took = std::chrono::steady_clock::now() - began;
  REQUIRE(!answer);
  CHECK(answer.error().code() == ErrorCode::timeout);
  CHECK(took >= 50ms);
  CHECK(took < 5s);

  std::size_t busy = 0;
  std::size_t late = 0;
  for (int i = 0; i < 1 + 256 + 5; ++i) {
    asio::co_spawn(loop, client.request(get("/v1/status"), 100ms),
                   [&busy, &late](const std::exception_ptr&, const Result<ApiResponse>& got) {
                     busy += !got && got.error().code() == ErrorCode::busy ? 1 : 0;
                     late += !got && got.error().code() == ErrorCode::timeout ? 1 : 0;
                   });
  }
  loop.restart();
  loop.run_for(5s);
  CHECK(busy == 5);
  CHECK(late == 257);
}

TEST_CASE("API client: what is under way ends when the client goes") {
  test::TempDir folder;
  asio::io_context loop;
  const auto path = folder.file("api.sock");
  const Mute mute(loop, path);
  std::size_t cancelled = 0;
  {
    ApiClient client(loop.get_executor(), path, 1);
    for (int i = 0; i < 3; ++i) {
      asio::co_spawn(loop, client.request(get("/v1/status"), 60s),
                     [&cancelled](const std::exception_ptr&, const Result<ApiResponse>& got) {
                       cancelled += !got && got.error().code() == ErrorCode::cancelled ? 1 : 0;
                     });
    }
    loop.run_for(50ms);
  }
  loop.restart();
  loop.run_for(2s);
  CHECK(cancelled == 3);
}

TEST_CASE("API client: a stream brings its events until nobody wants them") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  Server server(building.loop.get_executor(), building.gateway, options_at(path));
  REQUIRE(server.start());
  ApiClient client(building.loop.get_executor(), path);
  std::vector<std::string> names;
  const auto devices = fakes::small_site().devices.size();
  const auto take = [&names, devices](const ApiEvent& event) {
    names.push_back(event.name);
    return names.size() <= devices;
  };
  const auto ended = finish(building.loop, client.stream("/v1/stream", take, 5s));
  CHECK(ended);
  REQUIRE(names.size() == devices + 1);
  CHECK(names[0] == "hello");
  CHECK(names[1] == "device");

  const auto all = [](const ApiEvent&) { return true; };
  const auto silent = finish(building.loop, client.stream("/v1/stream?kinds=bus", all, 60ms));
  REQUIRE(!silent);
  CHECK(silent.error().code() == ErrorCode::timeout);
  const auto wrong = finish(building.loop, client.stream("/v1/stream?kinds=x", all, 5s));
  REQUIRE(!wrong);
  CHECK(wrong.error().code() == ErrorCode::invalid);
  CHECK(wrong.error().message().contains("'kinds' has 'x'"));
  const auto later = finish(building.loop, client.request(get("/v1/status"), 5s));
  CHECK(later);
}

TEST_CASE("API: the agent, and who has no role, leave places to the users of the building") {
  const RoleTable table = *RoleTable::make({{RoleRule::Who::user, "bin", domain::Role::cloud},
                                            {RoleRule::Who::user, "daemon", domain::Role::viewer}});
  CHECK(PeerCaller(table, {2, {}}).yields());
  CHECK_FALSE(PeerCaller(table, {1, {}}).yields());  // daemon is 1 on every Linux
  CHECK(PeerCaller(table, {4242, {}}).yields());

  const auto served = [](domain::Role role) {
    test::TempDir folder;
    TestBuilding building;
    auto options = options_at(folder.file("api.sock"));
    options.most_connections = 4;
    options.roles = {{RoleRule::Who::user, ::getpwuid(::geteuid())->pw_name, role}};
    Server server(building.loop.get_executor(), building.gateway, options);
    REQUIRE(server.start());
    std::vector<std::unique_ptr<ApiClient>> clients;
    int count = 0;
    for (int i = 0; i < 4; ++i) {
      clients.push_back(std::make_unique<ApiClient>(building.loop.get_executor(), options.socket));
      const auto reply = finish(building.loop, clients.back()->request(get("/v1/status"), 5s));
      REQUIRE(reply);
      CHECK((reply->status == 200 || reply->status == 503));
      count += reply->status == 200 ? 1 : 0;
    }
    // A place that is left is taken again.
    clients.erase(clients.begin());
    building.run_for(50ms);
    ApiClient next(building.loop.get_executor(), options.socket);
    CHECK(finish(building.loop, next.request(get("/v1/status"), 5s))->status == 200);
    return count;
  };
  CHECK(served(domain::Role::cloud) == 3);
  CHECK(served(domain::Role::viewer) == 4);
}

TEST_CASE("API: further connections than the bound get 503") {
  test::TempDir folder;
  TestBuilding building;
  const auto path = folder.file("api.sock");
  auto options = options_at(path);
  options.most_connections = 2;
  Server server(building.loop.get_executor(), building.gateway, options);
  REQUIRE(server.start());
  ApiClient first(building.loop.get_executor(), path);
  ApiClient second(building.loop.get_executor(), path);
  ApiClient third(building.loop.get_executor(), path);
  CHECK(finish(building.loop, first.request(get("/v1/status"), 5s))->status == 200);
  CHECK(finish(building.loop, second.request(get("/v1/status"), 5s))->status == 200);
  const auto refused = finish(building.loop, third.request(get("/v1/status"), 5s));
  REQUIRE_MESSAGE(refused, refused.error().message());
  CHECK(refused->status == 503);
  CHECK(refused->body.contains("too many connections"));
  CHECK(finish(building.loop, first.request(get("/v1/status"), 5s))->status == 200);
}

}  // namespace genkan::api::testing
