#pragma once

#include <cstddef>
#include <memory>

namespace genkan::test {

// A line between clients and a server on 127.0.0.1 that can be cut, hang and be refused. It passes
// bytes on with a thread of its own, at most 64 KiB waiting each way of a connection. The calls
// return when they have taken effect.
class TcpCut {
 public:
  // Takes connections on a free port; throws std::runtime_error if it cannot.
  explicit TcpCut(int server_port);
  ~TcpCut();
  TcpCut(const TcpCut&) = delete;
  TcpCut& operator=(const TcpCut&) = delete;

  int port() const;
  // As at first.
  void pass();
  // Every connection is reset once so many more bytes have passed on it, wherever in a message that
  // is; after a second at the latest. Connections made later are as good as any.
  void cut(std::size_t after_bytes);
  // Nothing passes any more, and nobody is told; connections are taken and get no answer.
  void hang();
  // Every connection is reset, new ones are refused.
  void refuse();

 private:
  class Line;
  std::unique_ptr<Line> line_;
};

}  // namespace genkan::test
