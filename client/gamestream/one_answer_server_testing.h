// For tests: a server on loopback that takes connections one after the other, reads a request up to
// its empty line and says what the test wants, in the clear or over TLS.
#pragma once

#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/base/check.h"
#include "core/base/endpoint.h"
#include "core/crypto/identity.h"
#include "core/runtime/unique_fd.h"

namespace pf::gamestream_client {

class OneAnswerServer {
 public:
  // `identity`: over TLS, as this one. `hangs_up`: false leaves the connection open.
  explicit OneAnswerServer(std::string answer, const crypto::Identity* identity = nullptr,
                           bool hangs_up = true)
      : answer_(std::move(answer)), hangs_up_(hangs_up) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Endpoint any = Endpoint::loopback(0);
    PF_CHECK(::bind(listener_.get(), any.data(), any.size_bytes()) == 0);
    PF_CHECK(::listen(listener_.get(), 8) == 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    endpoint_ = Endpoint::loopback(ntohs(address.sin_port));
    if (identity != nullptr) make_context(*identity);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswerServer() {
    stopping_ = true;
    thread_.join();
    SSL_CTX_free(context_);
  }

  const Endpoint& endpoint() const { return endpoint_; }
  const std::string& request() const { return request_; }  // the last; after the answer has come

 private:
  void make_context(const crypto::Identity& identity) {
    context_ = SSL_CTX_new(TLS_server_method());
    const auto reader = [](std::string_view text) {
      return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    };
    BIO* const certificate_text = reader(identity.certificate_pem);
    BIO* const key_text = reader(identity.key_pem.reveal());
    X509* const certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
    PF_CHECK(SSL_CTX_use_certificate(context_, certificate) == 1);
    PF_CHECK(SSL_CTX_use_PrivateKey(context_, key) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(certificate_text);
    BIO_free(key_text);
  }
  void serve() {
    std::vector<UniqueFd> left_open;
    while (!stopping_) {
      pollfd one{listener_.get(), POLLIN, 0};
      if (::poll(&one, 1, 20) <= 0) continue;
      UniqueFd connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection) continue;
      context_ == nullptr ? talk(connection.get()) : talk_tls(connection.get());
      if (!hangs_up_) left_open.push_back(std::move(connection));
    }
  }
  void talk(int socket) {
    char piece[4096];
    std::string request;
    while (request.find("\r\n\r\n") == request.npos) {
      const ssize_t count = ::recv(socket, piece, sizeof piece, 0);
      if (count <= 0) return;
      request.append(piece, static_cast<std::size_t>(count));
    }
    request_ = request;
    ::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL);
  }
  void talk_tls(int socket) {
    SSL* const tls = SSL_new(context_);
    SSL_set_fd(tls, socket);
    char piece[4096];
    if (SSL_accept(tls) == 1 && SSL_read(tls, piece, sizeof piece) > 0) {
      SSL_write(tls, answer_.data(), static_cast<int>(answer_.size()));
      SSL_shutdown(tls);
    }
    SSL_free(tls);
  }

  const std::string answer_;
  const bool hangs_up_;
  UniqueFd listener_;
  Endpoint endpoint_;
  SSL_CTX* context_ = nullptr;
  std::string request_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pf::gamestream_client
