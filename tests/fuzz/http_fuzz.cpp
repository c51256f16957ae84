// Bytes of an HTTP connection, driven through the session in memory down to the gateway's services
// over fakes. The first byte says how large the pieces are in which they arrive, and who asks.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "tests/unit/api/support.hpp"

using genkan::api::testing::TestBuilding;
using genkan::domain::Role;

namespace {

enum class After { ended, waits };

// Sends the bytes on a connection and goes away. `waits`: a reader waits on although we went.
After drive(TestBuilding& building, const std::string& bytes, std::size_t piece, Role role) {
  const auto stream = building.connect(role);
  for (std::size_t at = 0; at < bytes.size(); at += piece) stream->send(bytes.substr(at, piece));
  stream->end();
  building.run();
  const auto after = stream->closed() ? After::ended : After::waits;
  stream->close();
  building.run();
  const bool spoke_http = stream->received().empty() || stream->received().starts_with("HTTP/1.1 ");
  if (!spoke_http) std::abort();
  return after;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One building for a thousand inputs: what earlier ones left behind is part of the game.
  static std::unique_ptr<TestBuilding> building;
  static std::size_t inputs = 0;
  if (!building || ++inputs % 1000 == 0) building = std::make_unique<TestBuilding>();
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{1} << (data[0] & 0x0FU);
  const auto role = (data[0] & 0x10U) != 0 ? Role::viewer : Role::administrator;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (drive(*building, bytes, piece, role) == After::waits) building.reset();
  return 0;
}
