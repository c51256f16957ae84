#include "tests/integration/fake_genkand.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

struct Request {
  std::string method;
  std::string path;
  std::string query;
  std::string subject;
  std::string content_type;
  std::string body;
};

struct Record {
  std::int64_t seq;
  std::string lane;
  std::string text;
};

std::string parameter(const std::string& query, const std::string& name) {
  const std::string text = "&" + query + "&";
  const auto at = text.find("&" + name + "=");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('&', begin) - begin);
}

std::string header(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

bool write_all(int socket, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::send(socket, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

// One request from the socket; `rest` keeps what came behind it.
std::optional<Request> read_request(int socket, std::string& rest) {
  const auto more = [socket, &rest] {
    char bytes[4096];
    const auto count = ::recv(socket, bytes, sizeof bytes, 0);
    if (count > 0) rest.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  };
  while (rest.find("\r\n\r\n") == std::string::npos) {
    if (!more()) return std::nullopt;
  }
  const auto head_end = rest.find("\r\n\r\n") + 4;
  const std::string head = rest.substr(0, head_end);
  rest.erase(0, head_end);
  Request request;
  request.method = head.substr(0, head.find(' '));
  const auto target_begin = head.find(' ') + 1;
  const auto target = head.substr(target_begin, head.find(' ', target_begin) - target_begin);
  request.path = target.substr(0, target.find('?'));
  if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
  request.subject = header(head, "Genkan-Subject");
  request.content_type = header(head, "Content-Type");
  const auto length = header(head, "Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (rest.size() < size) {
    if (!more()) return std::nullopt;
  }
  request.body = rest.substr(0, size);
  rest.erase(0, size);
  return request;
}

}  // namespace

struct FakeGenkand::State {
  explicit State(std::string path) : socket_path(std::move(path)) {}

  void serve(int socket);
  std::string answer(const Request& request, int& status);
  std::string journal(const Request& request);
  void stream(int socket, bool with_records);
  std::string device(const std::string& id) const;

  std::string socket_path;
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool running = false;
  int run = 0;
  int listener = -1;
  std::vector<int> sockets;
  std::vector<std::thread> threads;
  std::vector<Record> records;
  std::map<std::string, std::string> devices;
  std::vector<std::pair<std::uint64_t, std::string>> device_events;  // what streams have to tell
  std::uint64_t last_event = 0;
  std::map<std::string, std::int64_t> cursors;
  std::vector<Command> commands;
  std::map<std::string, std::pair<int, std::string>> answers;
  std::vector<Put> puts;
  int command_time_ms = 0;
};

std::string FakeGenkand::State::device(const std::string& id) const {
  return "{\"id\":\"" + id + "\",\"name\":\"" + id +
         "\",\"kind\":\"lock\",\"state\":" + devices.at(id) +
         ",\"link\":\"fresh\",\"read_at\":\"2026-11-20T09:00:00.000Z\",\"age_ms\":5,"
         "\"held\":false,\"troubles\":[]}";
}

std::string FakeGenkand::State::journal(const Request& request) {
  std::unique_lock lock(mutex);
  const auto after = std::stoll("0" + parameter(request.query, "after"));
  const auto limit = std::stoul("0" + parameter(request.query, "limit"));
  const auto lane = parameter(request.query, "lane");
  const auto wait = std::stoi("0" + parameter(request.query, "wait"));
  const int this_run = run;
  const auto matches = [&](const Record& record) {
    return record.seq > after && (lane.empty() || record.lane == lane);
  };
  changed.wait_for(lock, std::chrono::seconds(wait), [&] {
    return !running || run != this_run || std::any_of(records.begin(), records.end(), matches);
  });
  std::string text;
  std::size_t count = 0;
  for (const Record& record : records) {
    if (!matches(record) || count == limit) continue;
    text += (count++ > 0 ? "," : "") + record.text;
  }
  return "{\"records\":[" + text + "],\"head\":" + std::to_string(records.size()) +
         ",\"oldest\":" + (records.empty() ? "0" : "1") + "}";
}

std::string FakeGenkand::State::answer(const Request& request, int& status) {
  if (request.path == "/v1/journal") return journal(request);
  std::unique_lock lock(mutex);
  if (const auto set = answers.find(request.path); set != answers.end()) {
    if (request.method != "GET") puts.push_back({request.path, request.body, request.content_type});
    status = set->second.first;
    return set->second.second;
  }
  if (request.path == "/v1/status") {
    return "{\"gateway\":\"gw-1\",\"contract\":\"SPID-0001\",\"version\":\"0.1.0\",\"boot\":"
           "\"run-" +
           std::to_string(run) +
           "\",\"clock\":\"trusted\",\"journal\":{\"id\":\"j-0a1b2c3d\",\"head\":" +
           std::to_string(records.size()) + ",\"oldest\":1}}";
  }
  if (request.path == "/v1/devices") {
    std::string list;
    for (const auto& [id, state] : devices) list += (list.empty() ? "" : ",") + device(id);
    return "{\"devices\":[" + list + "]}";
  }
  constexpr std::string_view readers = "/v1/readers/";
  if (request.path.starts_with(readers)) {
    auto& cursor = cursors[request.path.substr(readers.size())];
    if (request.method == "PUT")
      cursor = std::stoll(request.body.substr(request.body.find(':') + 1));
    return "{\"seq\":" + std::to_string(cursor) + "}";
  }
  if (request.path.ends_with("/commands")) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    commands.push_back({request.path, request.body, request.subject,
                        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()});
    const auto pause = std::chrono::milliseconds(command_time_ms);
    lock.unlock();
    std::this_thread::sleep_for(pause);
    return R"({"device":"lock-101","command":"lock","verdict":"done","reason":"","message":"locked",)"
           R"("state":{"bolt":"locked"},"took_ms":5,"seq":null})";
  }
  status = 404;
  return R"({"error":{"code":"unknown","message":"there is no such thing"}})";
}

void FakeGenkand::State::stream(int socket, bool with_records) {
  std::unique_lock lock(mutex);
  const int this_run = run;
  std::size_t next = records.size();
  std::uint64_t told = last_event;
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
  text += "event: hello\ndata: {\"boot\":\"run-" + std::to_string(run) +
          "\",\"head\":" + std::to_string(records.size()) + "}\n\n";
  for (const auto& [id, state] : devices) text += "event: device\ndata: " + device(id) + "\n\n";
  while (running && run == this_run) {
    for (const auto& [number, event] : device_events) {
      if (number > told) text += "event: device\ndata: " + event + "\n\n";
    }
    told = last_event;
    for (; with_records && next < records.size(); ++next) {
      text += "id: " + std::to_string(records[next].seq) +
              "\nevent: record\ndata: " + records[next].text + "\n\n";
    }
    if (text.empty()) text = ":\n\n";
    lock.unlock();
    const bool written = write_all(socket, std::exchange(text, {}));
    lock.lock();
    if (!written) return;
    const bool news = changed.wait_for(lock, 2s, [&] {
      return !running || run != this_run || last_event != told || next < records.size();
    });
    static_cast<void>(news);
  }
}

void FakeGenkand::State::serve(int socket) {
  std::string rest;
  while (auto request = read_request(socket, rest)) {
    if (request->path == "/v1/stream") {
      stream(socket, true);
      break;
    }
    int status = 200;
    const std::string body = answer(*request, status);
    const std::string head =
        "HTTP/1.1 " + std::to_string(status) +
        " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n";
    if (!write_all(socket, head + body)) break;
  }
  ::shutdown(socket, SHUT_RDWR);
}

FakeGenkand::FakeGenkand(std::string socket_path)
    : state_(std::make_shared<State>(std::move(socket_path))) {
  start();
}

FakeGenkand::~FakeGenkand() { stop(); }

void FakeGenkand::start() {
  State& state = *state_;
  const std::scoped_lock lock(state.mutex);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  state.socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  ::unlink(state.socket_path.c_str());
  state.listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(state.listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(state.listener, 64) != 0) {
    throw std::runtime_error("the fake genkand cannot listen on " + state.socket_path);
  }
  state.running = true;
  ++state.run;
  state.threads.emplace_back([&state, listener = state.listener] {
    for (;;) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::scoped_lock taken(state.mutex);
      state.sockets.push_back(socket);
      state.threads.emplace_back([&state, socket] { state.serve(socket); });
    }
  });
}

void FakeGenkand::stop() {
  State& state = *state_;
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(state.mutex);
    if (!state.running) return;
    state.running = false;
    ::unlink(state.socket_path.c_str());
    ::shutdown(state.listener, SHUT_RDWR);
    for (const int socket : state.sockets) ::shutdown(socket, SHUT_RDWR);
    state.changed.notify_all();
    threads.swap(state.threads);
  }
  for (auto& thread : threads) thread.join();
  const std::scoped_lock lock(state.mutex);
  ::close(state.listener);
  for (const int socket : state.sockets) ::close(socket);
  state.sockets.clear();
  for (auto& thread : state.threads) thread.join();
  state.threads.clear();
}

void FakeGenkand::set_device(const std::string& id, const std::string& device_state) {
  const std::scoped_lock lock(state_->mutex);
  state_->devices[id] = device_state;
  state_->device_events.emplace_back(++state_->last_event, state_->device(id));
  state_->changed.notify_all();
}

void FakeGenkand::remove_device(const std::string& id) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->devices.erase(id);
  }
  commit("activity", "site_changed");
}

std::int64_t FakeGenkand::commit(const std::string& lane, const std::string& kind) {
  const std::scoped_lock lock(state_->mutex);
  const auto seq = static_cast<std::int64_t>(state_->records.size()) + 1;
  state_->records.push_back(
      {seq, lane,
       "{\"seq\":" + std::to_string(seq) + ",\"boot\":\"run-" + std::to_string(state_->run) +
           "\",\"time\":\"2026-11-20T09:00:00.000Z\",\"clock\":\"trusted\",\"kind\":\"" + kind +
           "\",\"lane\":\"" + lane + "\",\"body\":{}}"});
  state_->changed.notify_all();
  return seq;
}

void FakeGenkand::lose_journal() {
  const std::scoped_lock lock(state_->mutex);
  state_->records.clear();
  state_->cursors.clear();
}

void FakeGenkand::set_answer(const std::string& path, int status, const std::string& body) {
  const std::scoped_lock lock(state_->mutex);
  state_->answers.erase(path);
  if (status != 0) state_->answers.emplace(path, std::pair(status, body));
}

std::vector<FakeGenkand::Put> FakeGenkand::puts() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->puts;
}

std::int64_t FakeGenkand::cursor(const std::string& reader) const {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->cursors.find(reader);
  return found == state_->cursors.end() ? 0 : found->second;
}

std::vector<FakeGenkand::Command> FakeGenkand::commands() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->commands;
}

void FakeGenkand::set_command_time(int milliseconds) {
  const std::scoped_lock lock(state_->mutex);
  state_->command_time_ms = milliseconds;
}

}  // namespace genkan::test
