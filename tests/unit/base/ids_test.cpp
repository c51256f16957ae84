#include "firmware/base/ids.hpp"

#include <doctest/doctest.h>

#include "firmware/base/digest.hpp"
#include "firmware/base/error.hpp"

using namespace genkan;

TEST_CASE("ids: what an id may be") {
  CHECK(parse_id<DeviceId>("lock-101"));
  CHECK(parse_id<DeviceId>("7"));
  for (const auto* wrong : {"", "-a", "Lock", "a b", "ä", "a/b", "a+"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_id<DeviceId>(wrong));
  }
  CHECK_FALSE(parse_id<DeviceId>(std::string(49, 'a')));
  CHECK(parse_id<BusId>("Line").error().message() ==
        "'Line' is no id: character 1 must be a lower case letter or a digit");
}

TEST_CASE("error: context stands in front") {
  const Error error = Error(ErrorCode::io, "no such port").in("bus line-a").in("start");
  CHECK(error.message() == "start: bus line-a: no such port");
  CHECK(error.code() == ErrorCode::io);
}

TEST_CASE("digest: SHA-256 of FIPS 180-4's example") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
