#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"

namespace genkan::services {

// Checks signatures and opens what is sealed, on a thread of its own: each takes some milliseconds
// on a small board, and the loop, which runs the doors, must not wait for it. Called from the
// loop's thread.
class SignatureChecks {
 public:
  static constexpr std::size_t most_waiting = 32;

  explicit SignatureChecks(boost::asio::any_io_executor loop);
  // What waits is not checked any more; whoever waits for it is not woken.
  ~SignatureChecks();
  SignatureChecks(const SignatureChecks&) = delete;
  SignatureChecks& operator=(const SignatureChecks&) = delete;

  // How many wait or are being checked.
  std::size_t waiting() const;
  // Whether the signature is the key's. ErrorCode::busy at once when most_waiting wait; timeout
  // after 10 s.
  boost::asio::awaitable<Result<bool>> check(Jws jws, P256Public key);
  // What jwe_open() says; busy and timeout as check(). `receiver` must outlive this.
  boost::asio::awaitable<Result<std::string>> open(const P256Key& receiver, std::string jwe);

 private:
  struct Thread;
  template <class Value>
  boost::asio::awaitable<Result<Value>> run(std::function<Value()> work);

  std::unique_ptr<Thread> thread_;
};

}  // namespace genkan::services
