#include "tests/building/lock_spec.hpp"

namespace building {

namespace {
constexpr std::size_t io_80_masters = 9;

LockSpec pk(std::string model) {
  return {std::move(model), {{9, true, false}, {90, false, true}}, false};
}
}  // namespace

LockSpec el_100() { return {"el-100", {{230, true, true}}, false}; }

LockSpec io_80() {
  LockSpec spec{"io-80", {{80, true, true}}, true};
  spec.areas.resize(1 + io_80_masters, {90, false, true, true});
  return spec;
}

LockSpec pk_9() { return pk("pk-9"); }
LockSpec pk_9s() { return pk("pk-9s"); }

}  // namespace building
