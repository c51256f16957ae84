#include "tests/bench/record_mill.hpp"

#include <exception>
#include <stdexcept>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/base/api_client.hpp"
#include "firmware/base/text.hpp"

namespace genkan::bench {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t at_once = 8;

struct Work {
  ApiClient& client;
  std::string target;
  int left = 0;
  std::size_t workers = at_once;
  std::string fault{};
};

asio::awaitable<void> make_records(asio::io_context& loop, Work& work) {
  while (work.left > 0 && work.fault.empty()) {
    --work.left;
    ApiRequest request;
    request.method = "POST";
    request.target = work.target;
    request.body = R"({"command":"arm_away"})";
    const auto answer = co_await work.client.request(std::move(request), 20s);
    if (!answer) work.fault = answer.error().message();
    if (answer && answer->body.find("\"refused\"") == std::string::npos) work.fault = answer->body;
  }
  if (--work.workers == 0) loop.stop();  // idle connections stay open, and the loop with them
}

}  // namespace

void RecordMill::write(int count) const {
  asio::io_context loop(1);
  ApiClient client(loop.get_executor(), socket_, at_once);
  Work work{client, cat("/v1/devices/", device_, "/commands"), count};
  for (std::size_t i = 0; i < at_once; ++i) {
    asio::co_spawn(loop, make_records(loop, work), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  loop.run();
  if (!work.fault.empty()) throw std::runtime_error("a record was not made: " + work.fault);
}

void RecordMill::write_singly(int count, std::chrono::milliseconds apart) const {
  for (int i = 0; i < count; ++i) {
    write(1);
    std::this_thread::sleep_for(apart);
  }
}

}  // namespace genkan::bench
