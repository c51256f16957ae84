#include "cloud-agent/mqtt/tls_probe.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::mqtt {

namespace {

constexpr timeval step_time{3, 0};
// How long the broker may take to refuse our certificate: with TLS 1.3 it does so after the
// handshake. One round trip and its own thinking.
constexpr timeval refusal_time{1, 0};

struct ContextEnd {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextEnd>;
struct ConnectionEnd {
  void operator()(SSL* connection) const { SSL_free(connection); }
};
using Connection = std::unique_ptr<SSL, ConnectionEnd>;

// OpenSSL writes to a socket that the peer may have closed: that is an error here, not a signal.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec none{0, 0};
    if (sigismember(&before_, SIGPIPE) == 0) ::sigtimedwait(&pipe_, nullptr, &none);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }
  void wait_at_most(timeval time) const {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  }

 private:
  int descriptor_;
};

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

std::string date_now() {
  std::tm parts{};
  const std::time_t now = std::time(nullptr);
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

std::string system_words(int error) {
  std::array<char, 128> text{};
  return ::strerror_r(error, text.data(), text.size());
}

// The first thing that the verification found.
struct Finding {
  int error = X509_V_OK;
  int depth = 0;
  std::string from;
  std::string to;
};

int note_finding(int fine, X509_STORE_CTX* store) {
  if (fine == 1) return 1;
  auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* finding = static_cast<Finding*>(SSL_get_app_data(connection));
  if (finding->error != X509_V_OK) return 0;
  finding->error = X509_STORE_CTX_get_error(store);
  finding->depth = X509_STORE_CTX_get_error_depth(store);
  if (const X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
    finding->from = date_of(X509_get0_notBefore(certificate));
    finding->to = date_of(X509_get0_notAfter(certificate));
  }
  return 0;
}

Away words_for(const Finding& finding, const Place& place) {
  const std::string whose = finding.depth == 0
                                ? cat("the certificate of the broker ", place.host)
                                : cat("the authority behind the broker ", place.host);
  switch (finding.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {cat(whose, " ended on ", finding.to, "; it is ", date_now(), " here"), true};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {cat(whose, " is not valid before ", finding.from, "; it is ", date_now(), " here"),
              true};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return {cat(whose, " does not have this name in it")};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return {cat(whose, " is not signed by the authority in ", place.tls->ca)};
    default:
      return {cat(whose, " is not accepted: ", X509_verify_cert_error_string(finding.error))};
  }
}

// TLS alerts (RFC 8446, 6) that a broker sends about us.
struct Alert {
  int number;
  std::string_view words;
};
constexpr std::array alerts{
    Alert{40, "it has no way of TLS in common with us, or wants a certificate that we do not have"},
    Alert{42, "it says that our certificate is bad"},
    Alert{44, "it says that our certificate was revoked"},
    Alert{45, "it says that our certificate has ended"},
    Alert{46, "it does not take our certificate"},
    Alert{48, "it does not know who signed our certificate"},
    Alert{49, "it does not let our certificate in"},
    Alert{51, "it says that our certificate does not belong to our key"},
    Alert{70, "it has no TLS of version 1.2 or newer"},
    Alert{116, "it wants a certificate of ours, and we have none"},
};

std::string own_dates(SSL* connection) {
  const X509* own = SSL_get_certificate(connection);
  if (own == nullptr) return {};
  return cat(" (ours is valid from ", date_of(X509_get0_notBefore(own)), " to ",
             date_of(X509_get0_notAfter(own)), ")");
}

// What the broker sent, or what OpenSSL says itself.
std::optional<Away> refusal_of(SSL* connection, const Place& place) {
  const unsigned long error = ERR_peek_last_error();
  if (error == 0) return std::nullopt;
  const int reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason <= SSL_AD_REASON_OFFSET) {
    const char* words = ERR_reason_error_string(error);
    return Away{cat("no TLS with the broker ", place.host, ": ", words == nullptr ? "?" : words)};
  }
  const int number = reason - SSL_AD_REASON_OFFSET;
  for (const Alert& alert : alerts) {
    if (alert.number != number) continue;
    return Away{cat("the broker ", place.host, " refuses us: ", alert.words, own_dates(connection)),
                number == 45};
  }
  return Away{cat("the broker ", place.host, " refuses us with TLS alert ", number)};
}

std::string library_words() {
  const char* words = ERR_reason_error_string(ERR_peek_error());
  return words == nullptr ? "it cannot be read" : words;
}

Context new_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (context) SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  return context;
}

std::optional<Away> load(SSL_CTX* context, const TlsFiles& files) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_locations(context, files.ca.c_str(), nullptr) != 1) {
    return Away{
        cat("the broker cannot be verified with the CA file ", files.ca, ": ", library_words())};
  }
  if (files.certificate.empty()) return std::nullopt;
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return Away{cat("our certificate ", files.certificate, " cannot be used: ", library_words())};
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Away{cat("the key ", files.key, " cannot be used for our certificate ",
                    files.certificate, ": ", library_words())};
  }
  return std::nullopt;
}

int connected_to(const addrinfo& address) {
  const int descriptor =
      ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
  if (descriptor < 0) return -1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &step_time, sizeof step_time);
  if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return descriptor;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

// A connected descriptor, or why there is none.
Result<int> connect_to(const Place& place) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = cat(place.port);
  const int failed = ::getaddrinfo(place.host.c_str(), port.c_str(), &wanted, &found);
  if (failed != 0) {
    return fail(ErrorCode::unreachable,
                cat("the name ", place.host, " cannot be resolved: ", ::gai_strerror(failed)));
  }
  int descriptor = -1;
  for (const addrinfo* each = found; each != nullptr && descriptor < 0; each = each->ai_next) {
    descriptor = connected_to(*each);
  }
  const int error = errno;
  ::freeaddrinfo(found);
  if (descriptor >= 0) return descriptor;
  return fail(ErrorCode::unreachable,
              cat("the broker ", place.host, ":", place.port, " cannot be reached: ",
                  error == EINPROGRESS ? std::string("no answer in time") : system_words(error)));
}

void expect_name(SSL* connection, const std::string& host) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(connection);
  // An address is looked for among the addresses, a name among the names.
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    SSL_set_tlsext_host_name(connection, host.c_str());
  }
}

}  // namespace

std::optional<Away> tls_files_fault(const TlsFiles& files) {
  const Context context = new_context();
  if (!context) return Away{"OpenSSL has no room for a context"};
  return load(context.get(), files);
}

std::optional<Away> tls_fault(const Place& place) {
  const NoPipeSignal no_signal;
  const auto descriptor = connect_to(place);
  if (!descriptor) return Away{descriptor.error().message()};
  const Socket socket(*descriptor);
  socket.wait_at_most(step_time);
  const Context context = new_context();
  if (!context) return std::nullopt;
  if (auto fault = load(context.get(), *place.tls)) return fault;
  const Connection connection(SSL_new(context.get()));
  if (!connection) return std::nullopt;
  Finding finding;
  SSL_set_app_data(connection.get(), &finding);
  SSL_set_verify(connection.get(), SSL_VERIFY_PEER, note_finding);
  expect_name(connection.get(), place.host);
  SSL_set_fd(connection.get(), socket.get());
  ERR_clear_error();
  if (SSL_connect(connection.get()) != 1) {
    if (finding.error != X509_V_OK) return words_for(finding, place);
    auto refusal = refusal_of(connection.get(), place);
    return refusal ? refusal
                   : Away{cat("the broker ", place.host,
                              " ended the connection in the middle of the TLS handshake")};
  }
  socket.wait_at_most(refusal_time);
  char byte = 0;
  ERR_clear_error();
  if (SSL_read(connection.get(), &byte, 1) > 0) return std::nullopt;
  return refusal_of(connection.get(), place);
}

}  // namespace genkan::mqtt
