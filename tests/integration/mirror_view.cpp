#include "tests/integration/mirror_view.hpp"

#include <stdexcept>
#include <utility>

#include "firmware/base/text.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::test {

namespace {

template <class Value>
Value taken(Result<Value> result) {
  if (!result) throw std::runtime_error("cloud.db: " + result.error().message());
  return *std::move(result);
}

}  // namespace

struct MirrorView::Impl {
  store::Connection database;
};

MirrorView::MirrorView(const Cloud& cloud)
    : impl_(std::make_unique<Impl>(
          taken(store::Connection::open(cloud.path("cloud.db"), store::Access::read_only)))) {}

MirrorView::~MirrorView() = default;

std::int64_t MirrorView::whole(const std::string& gateway) {
  auto find = taken(
      impl_->database.prepare("SELECT whole FROM journals WHERE gateway = ?1 AND current = 1"));
  return taken(find.bind(1, gateway).step()) ? find.integer(0) : 0;
}

MirrorView::Totals MirrorView::totals() {
  return {number("SELECT sum(online) FROM presence"),
          number("SELECT sum(whole) FROM journals WHERE current = 1"),
          number("SELECT sum(highest) FROM journals WHERE current = 1")};
}

std::int64_t MirrorView::number(const std::string& sql) {
  return taken(impl_->database.integer(sql));
}

}  // namespace genkan::test
