#pragma once

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "tests/unit/devices/world.hpp"

namespace genkan::devices::test {

// co_spawn wants values that can be made from nothing.
template <class T>
boost::asio::awaitable<std::optional<T>> boxed(boost::asio::awaitable<T> call) {
  T value = co_await std::move(call);
  co_return std::optional<T>(std::move(value));
}

template <class T>
std::shared_ptr<Pending<T>> spawn_boxed(World& world, boost::asio::awaitable<T> call) {
  auto pending = std::make_shared<Pending<T>>();
  pending->began = world.time.steady();
  boost::asio::co_spawn(world.io, boxed(std::move(call)),
                        [&world, pending](std::exception_ptr failure, std::optional<T> value) {
                          if (failure) std::rethrow_exception(failure);
                          pending->value = std::move(value);
                          pending->ended = world.time.steady();
                        });
  return pending;
}

}  // namespace genkan::devices::test
