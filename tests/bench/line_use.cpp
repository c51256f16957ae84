#include "tests/bench/line_use.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::bench {

namespace {

std::set<std::uint32_t> sockets_of(pid_t process) {
  std::set<std::uint32_t> inodes;
  std::error_code fault;
  for (const auto& entry :
       std::filesystem::directory_iterator(cat("/proc/", process, "/fd"), fault)) {
    std::error_code gone;  // closed meanwhile
    std::string name = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!name.starts_with("socket:[") || !name.ends_with("]")) continue;
    name = name.substr(8, name.size() - 9);
    if (const auto inode = parse_integer<std::uint32_t>(name, 1, UINT32_MAX)) {
      inodes.insert(*inode);
    }
  }
  if (fault) throw std::runtime_error("the process's sockets cannot be read: " + fault.message());
  return inodes;
}

class Netlink {
 public:
  Netlink() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
    if (socket_ < 0) throw std::runtime_error("no socket diagnostics on this system");
  }
  ~Netlink() { ::close(socket_); }
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;

  void ask(std::uint8_t family) const {
    struct {
      nlmsghdr header;
      inet_diag_req_v2 request;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.request.sdiag_family = family;
    message.request.sdiag_protocol = IPPROTO_TCP;
    message.request.idiag_ext = 1U << (INET_DIAG_INFO - 1);
    message.request.idiag_states = ~0U;
    if (::send(socket_, &message, sizeof message, 0) < 0) {
      throw std::runtime_error("socket diagnostics take no question");
    }
  }

  // Calls `each` for every socket of the answer.
  template <class Each>
  void read(Each each) {
    while (true) {
      const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (got <= 0) throw std::runtime_error("socket diagnostics do not answer");
      auto left = static_cast<unsigned>(got);
      for (const auto* at = reinterpret_cast<const nlmsghdr*>(buffer_.data()); NLMSG_OK(at, left);
           at = NLMSG_NEXT(at, left)) {
        if (at->nlmsg_type == NLMSG_DONE) return;
        if (at->nlmsg_type == NLMSG_ERROR) throw std::runtime_error("socket diagnostics refuse");
        each(*at);
      }
    }
  }

 private:
  int socket_;
  alignas(nlmsghdr) std::array<char, 65536> buffer_{};
};

void add(LineUse& sum, const nlmsghdr& message) {
  const auto* found = static_cast<const inet_diag_msg*>(NLMSG_DATA(&message));
  auto left = static_cast<int>(message.nlmsg_len - NLMSG_LENGTH(sizeof *found));
  for (const auto* at = reinterpret_cast<const rtattr*>(found + 1); RTA_OK(at, left);
       at = RTA_NEXT(at, left)) {
    if (at->rta_type != INET_DIAG_INFO) continue;
    tcp_info info{};
    std::memcpy(&info, RTA_DATA(at), std::min<std::size_t>(RTA_PAYLOAD(at), sizeof info));
    sum.bytes += info.tcpi_bytes_sent + info.tcpi_bytes_received;
    sum.packets += info.tcpi_segs_out + info.tcpi_segs_in;
  }
}

}  // namespace

LineUse line_use(pid_t process, int port) {
  const auto ours = sockets_of(process);
  LineUse sum;
  std::size_t connections = 0;
  for (const int family : {AF_INET, AF_INET6}) {
    Netlink netlink;
    netlink.ask(static_cast<std::uint8_t>(family));
    netlink.read([&](const nlmsghdr& message) {
      const auto* found = static_cast<const inet_diag_msg*>(NLMSG_DATA(&message));
      if (!ours.contains(found->idiag_inode) || ntohs(found->id.idiag_dport) != port) return;
      add(sum, message);
      ++connections;
    });
  }
  if (connections == 0) throw std::runtime_error(cat("no connection to port ", port));
  return sum;
}

}  // namespace genkan::bench
