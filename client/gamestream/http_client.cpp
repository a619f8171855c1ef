#include "client/gamestream/http_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "client/gamestream/tcp_stream.h"
#include "core/crypto/openssl_handles.h"

namespace pf::gamestream_client {
namespace {

using crypto::openssl::Certificate;
using crypto::openssl::FreeWith;
using crypto::openssl::Key;
using crypto::openssl::reader_of;
using TlsContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using TlsState = std::unique_ptr<SSL, FreeWith<SSL_free>>;

Failure tls_failure(const char* what) {
  const unsigned long code = ERR_peek_last_error();
  std::array<char, 160> reason{};
  ERR_error_string_n(code, reason.data(), reason.size());
  ERR_clear_error();
  return fail(ErrorKind::lost, "{}: {}", what, code == 0 ? "connection closed" : reason.data());
}

Result<TlsContext> make_context(const crypto::Identity& identity) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  const Certificate certificate(
      PEM_read_bio_X509(reader_of(identity.certificate_pem).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(reader_of(identity.key_pem.reveal()).get(), nullptr,
                                        nullptr, nullptr));
  if (!context || !certificate || !key ||
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
    return tls_failure("our own certificate cannot be used");
  // The chain is nobody's: what counts is that the leaf is the one that was paired with.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

// TLS on top of a stream that does not block.
class TlsStream {
 public:
  static Result<TlsStream> connect(TcpStream& below, const TlsSide& side, LocalTime deadline) {
    PF_TRY(TlsContext context, make_context(side.identity));
    TlsStream stream(below, TlsState(SSL_new(context.get())));
    if (!stream.tls_ || SSL_set_fd(stream.tls_.get(), below.handle()) != 1)
      return tls_failure("cannot begin TLS");
    for (;;) {
      const int done = SSL_connect(stream.tls_.get());
      if (done == 1) break;
      PF_TRY_VOID(stream.wait(done, deadline, "the TLS handshake failed"));
    }
    PF_TRY_VOID(stream.check_peer(side.host_certificate_der));
    return stream;
  }

  Result<void> write(Bytes bytes, LocalTime deadline) {
    while (!bytes.empty()) {
      const int sent = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (sent > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      } else {
        PF_TRY_VOID(wait(sent, deadline, "the host has hung up"));
      }
    }
    return {};
  }

  Result<std::size_t> read(MutableBytes into, LocalTime deadline) {
    for (;;) {
      const int count = SSL_read(tls_.get(), into.data(), static_cast<int>(into.size()));
      if (count > 0) return static_cast<std::size_t>(count);
      const int why = SSL_get_error(tls_.get(), count);
      if (why == SSL_ERROR_ZERO_RETURN) return 0;
      PF_TRY_VOID(wait(count, deadline, "the host has hung up"));
    }
  }

 private:
  TlsStream(TcpStream& below, TlsState tls) : below_(&below), tls_(std::move(tls)) {}

  Result<void> wait(int outcome, LocalTime deadline, const char* trouble) {
    switch (SSL_get_error(tls_.get(), outcome)) {
      case SSL_ERROR_WANT_READ:
        return below_->wait(TcpStream::Until::readable, deadline);
      case SSL_ERROR_WANT_WRITE:
        return below_->wait(TcpStream::Until::writable, deadline);
      default:
        return tls_failure(trouble);
    }
  }

  Result<void> check_peer(Bytes expected) {
    const Certificate peer(SSL_get1_peer_certificate(tls_.get()));
    unsigned char* der = nullptr;
    const int der_bytes = peer ? i2d_X509(peer.get(), &der) : 0;
    const Bytes shown(reinterpret_cast<const std::byte*>(der),
                      static_cast<std::size_t>(std::max(der_bytes, 0)));
    const bool same = std::equal(shown.begin(), shown.end(), expected.begin(), expected.end());
    OPENSSL_free(der);
    if (same) return {};
    return fail(ErrorKind::refused,
                "the host shows another certificate than the one it paired with: pair again if "
                "that is as it should be");
  }

  TcpStream* below_;
  TlsState tls_;
};

// "Content-Length: 12" in any case.
std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  };
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        !std::equal(name.begin(), name.end(), line.begin(), same))
      continue;
    const std::string_view value = line.substr(name.size() + 1);
    return value.substr(std::min(value.find_first_not_of(' '), value.size()));
  }
  return std::nullopt;
}

Failure no_http() { return fail(ErrorKind::malformed, "what listens there does not speak HTTP"); }

// As far as it has come; empty: more is needed. `closed`: nothing more will come.
Result<std::optional<HttpAnswer>> parse_answer(std::string_view received, bool closed) {
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    if (closed) return no_http();
    return std::nullopt;
  }
  const std::string_view head = received.substr(0, head_end);
  const std::string_view body = received.substr(head_end + 4);
  HttpAnswer answer;
  const auto parsed = std::from_chars(head.data() + std::min<std::size_t>(9, head.size()),
                                      head.data() + head.size(), answer.status);
  if (head.substr(0, 7) != "HTTP/1." || parsed.ec != std::errc()) return no_http();
  std::size_t expected = body.size();
  const auto length = header(head, "Content-Length");
  if (length) {
    const auto read = std::from_chars(length->data(), length->data() + length->size(), expected);
    if (read.ec != std::errc()) return no_http();
    if (body.size() < expected) {
      if (closed) return fail(ErrorKind::lost, "the host hung up in mid-answer");
      return std::nullopt;
    }
  } else if (!closed) {
    return std::nullopt;
  }
  answer.content_type = std::string(header(head, "Content-Type").value_or(""));
  answer.body = std::string(body.substr(0, expected));
  return answer;
}

template <class Stream>
Result<HttpAnswer> exchange(Stream& stream, const std::string& request, LocalTime deadline) {
  PF_TRY_VOID(stream.write(as_bytes(request), deadline));
  std::string received;
  std::array<std::byte, 16 << 10> piece;
  for (;;) {
    PF_TRY(const std::size_t count, stream.read(piece, deadline));
    received += as_text(Bytes(piece).first(count));
    if (received.size() > kMaxHttpBytes)
      return fail(ErrorKind::exhausted, "the host answers with more than {} bytes", kMaxHttpBytes);
    PF_TRY(auto answer, parse_answer(received, count == 0));
    if (answer) return *std::move(answer);
  }
}

}  // namespace

Result<HttpAnswer> http_get(const Endpoint& host, const std::string& target, const TlsSide* tls,
                            const Clock& clock, Nanos patience) {
  const LocalTime deadline = clock.now() + patience;
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", target, host.to_string());
  PF_TRY(TcpStream stream, TcpStream::connect(host, clock, deadline));
  if (tls == nullptr) return exchange(stream, request, deadline);
  PF_TRY(TlsStream secure, TlsStream::connect(stream, *tls, deadline));
  return exchange(secure, request, deadline);
}

}  // namespace pf::gamestream_client
