// For tests: an HTTP client on blocking sockets that can also behave badly. Nothing waits longer
// than kTestPatienceMs.
#pragma once

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/base/endpoint.h"
#include "core/crypto/identity.h"
#include "core/runtime/unique_fd.h"
#include "host/http/message.h"

namespace pf::http {

inline constexpr int kTestPatienceMs = 20'000;

struct TestingTls {
  std::optional<crypto::Identity> identity;
  int version = 0;  // TLS1_2_VERSION, …; 0: the newest both have
};

class TestingClient {
 public:
  // Connected, and through the handshake when `tls` is given. Check connected().
  explicit TestingClient(const Endpoint& to, std::optional<TestingTls> tls = {}) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    fd_ = UniqueFd(::socket(to.is_ipv6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{kTestPatienceMs / 1000, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_.get(), to.data(), to.size_bytes()) == 0;
    if (connected_ && tls) connected_ = shake_hands(*tls);
  }
  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  // False: the other end does not take it all.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int count =
          tls_ ? ::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
               : static_cast<int>(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // At least one byte more into rest(); false: the end, or nothing came.
  bool receive() {
    char buffer[16 * 1024];
    const auto count = tls_ ? ::SSL_read(tls_.get(), buffer, sizeof buffer)
                            : static_cast<int>(::recv(fd_.get(), buffer, sizeof buffer, 0));
    if (count <= 0) return false;
    rest_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }
  // Until `text` has come; all up to its end, which leaves rest(). Empty: it never came.
  std::string receive_until(std::string_view text) {
    for (;;) {
      if (const std::size_t at = rest_.find(text); at != std::string::npos)
        return take(at + text.size());
      if (!receive()) return {};
    }
  }
  // The other end hangs up, sooner or later.
  bool ended() {
    errno = 0;
    while (receive()) {
    }
    return errno != EAGAIN;
  }
  const std::string& rest() const { return rest_; }

  // Status 0: no answer came. Chunked bodies are joined.
  Response answer(bool to_head = false) {
    Response response{.status = 0};
    const std::string head = receive_until("\r\n\r\n");
    if (head.size() < 12) return response;
    response.status = std::stoi(head.substr(9, 3));
    for (std::size_t line = head.find("\r\n") + 2; line + 2 < head.size();) {
      const std::size_t end = head.find("\r\n", line), colon = head.find(": ", line);
      response.headers.push_back(
          {head.substr(line, colon - line), head.substr(colon + 2, end - colon - 2)});
      line = end + 2;
    }
    if (to_head) return response;
    if (const auto length = find_header(response.headers, "Content-Length")) {
      const std::size_t size = std::stoul(std::string(*length));
      while (rest_.size() < size && receive()) {
      }
      response.body = take(size);
    } else if (find_header(response.headers, "Transfer-Encoding")) {
      while (const std::size_t size = chunk_size()) {
        while (rest_.size() < size + 2 && receive()) {
        }
        response.body += take(size + 2).substr(0, size);
      }
      receive_until("\r\n");
    }
    return response;
  }

  Response ask(std::string_view method, std::string_view target,
               const std::vector<Header>& headers = {}, std::string_view body = {}) {
    std::string text = std::string(method).append(" ").append(target) + " HTTP/1.1\r\n";
    if (!find_header(headers, "Host")) text += "Host: localhost\r\n";
    for (const Header& header : headers) text += header.name + ": " + header.value + "\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text.append("\r\n").append(body);
    if (!send(text)) return {.status = 0};
    return answer(method == "HEAD");
  }
  Response get(std::string_view target) { return ask("GET", target); }

 private:
  template <auto kFree>
  struct FreeWith {
    template <class T>
    void operator()(T* object) const noexcept {
      kFree(object);
    }
  };

  bool shake_hands(const TestingTls& tls) {
    context_.reset(::SSL_CTX_new(::TLS_client_method()));
    if (tls.version != 0) {
      ::SSL_CTX_set_min_proto_version(context_.get(), tls.version);
      ::SSL_CTX_set_max_proto_version(context_.get(), tls.version);
    }
    ::SSL_CTX_set_security_level(context_.get(), 0);
    if (tls.identity) show(*tls.identity);
    tls_.reset(::SSL_new(context_.get()));
    ::SSL_set_fd(tls_.get(), fd_.get());
    return ::SSL_connect(tls_.get()) == 1;
  }
  void show(const crypto::Identity& identity) {
    const auto bio = [](std::string_view text) {
      return std::unique_ptr<BIO, FreeWith<::BIO_free_all>>(
          ::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    };
    const std::unique_ptr<X509, FreeWith<::X509_free>> certificate(
        ::PEM_read_bio_X509(bio(identity.certificate_pem).get(), nullptr, nullptr, nullptr));
    const std::unique_ptr<EVP_PKEY, FreeWith<::EVP_PKEY_free>> key(
        ::PEM_read_bio_PrivateKey(bio(identity.key_pem.reveal()).get(), nullptr, nullptr, nullptr));
    PF_CHECK(::SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    PF_CHECK(::SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
  }
  std::string take(std::size_t size) {
    std::string taken = rest_.substr(0, size);
    rest_.erase(0, size);
    return taken;
  }
  std::size_t chunk_size() {
    const std::string line = receive_until("\r\n");
    return line.empty() ? 0 : std::stoul(line, nullptr, 16);
  }

  UniqueFd fd_;
  std::unique_ptr<SSL_CTX, FreeWith<::SSL_CTX_free>> context_;
  std::unique_ptr<SSL, FreeWith<::SSL_free>> tls_;
  bool connected_ = false;
  std::string rest_;
};

}  // namespace pf::http
