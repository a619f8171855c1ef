// For tests: a host and clients in one process, on a simulated network in simulated time.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/quic/client.h"
#include "core/quic/server.h"

namespace pf::quic::testing {

enum class KeyKind { ecdsa_p256, rsa_2048 };

// A fresh self-signed certificate. `key_usage`: GNUTLS_KEY_… bits; 0: the extension is missing.
inline TlsIdentity make_identity(KeyKind kind = KeyKind::ecdsa_p256, unsigned key_usage = 0) {
  gnutls_x509_privkey_t key = nullptr;
  gnutls_x509_crt_t certificate = nullptr;
  PF_CHECK(gnutls_x509_privkey_init(&key) == 0);
  PF_CHECK(gnutls_x509_crt_init(&certificate) == 0);
  const int made =
      kind == KeyKind::ecdsa_p256
          ? gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                         GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)
          : gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0);
  PF_CHECK(made == 0);
  gnutls_x509_crt_set_version(certificate, 3);
  gnutls_x509_crt_set_key(certificate, key);
  const unsigned char serial = 1;
  gnutls_x509_crt_set_serial(certificate, &serial, 1);
  gnutls_x509_crt_set_activation_time(certificate, 1577836800);  // 2020-01-01
  gnutls_x509_crt_set_expiration_time(certificate, 2208988800);  // 2040-01-01
  gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, "test", 4);
  if (key_usage != 0) PF_CHECK(gnutls_x509_crt_set_key_usage(certificate, key_usage) == 0);
  PF_CHECK(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0) == 0);
  gnutls_datum_t certificate_pem{}, key_pem{};
  PF_CHECK(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &certificate_pem) == 0);
  PF_CHECK(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem) == 0);
  auto identity =
      TlsIdentity::from_pem({reinterpret_cast<char*>(certificate_pem.data), certificate_pem.size},
                            {reinterpret_cast<char*>(key_pem.data), key_pem.size});
  gnutls_free(certificate_pem.data);
  gnutls_free(key_pem.data);
  gnutls_x509_crt_deinit(certificate);
  gnutls_x509_privkey_deinit(key);
  PF_CHECK(identity.has_value());
  return *std::move(identity);
}

// What one end has seen of a connection.
struct Seen {
  std::optional<Connected> connected;
  std::vector<std::byte> stream;
  bool stream_ended = false;
  std::vector<std::vector<std::byte>> datagrams;
  std::vector<std::uint64_t> acknowledged, lost;  // numbers of datagrams
  std::optional<Closed> closed;

  void take(Event event) {
    if (auto* connect = std::get_if<Connected>(&event)) connected = std::move(*connect);
    if (auto* bytes = std::get_if<StreamBytes>(&event)) {
      stream.insert(stream.end(), bytes->bytes.begin(), bytes->bytes.end());
    }
    if (std::holds_alternative<StreamEnded>(event)) stream_ended = true;
    if (auto* datagram = std::get_if<DatagramArrived>(&event)) {
      datagrams.push_back(std::move(datagram->bytes));
    }
    if (auto* arrived = std::get_if<DatagramAcknowledged>(&event))
      acknowledged.push_back(arrived->number);
    if (auto* gone = std::get_if<DatagramLost>(&event)) lost.push_back(gone->number);
    if (auto* close = std::get_if<Closed>(&event)) closed = std::move(*close);
  }
};

class World {
 public:
  static constexpr std::uint16_t kPort = 9777;

  struct Client {
    QuicClient quic;
    Endpoint local;
    Seen seen;
  };

  explicit World(const TransportConfig& config = {}, std::uint64_t seed = 1)
      : rng(seed), server_identity(make_identity()), server(config, server_identity, rng, now) {}

  Client& dial(QuicClient::Params params, const TlsIdentity& identity, std::uint8_t host = 2) {
    params.remote = server_address;
    params.local = Endpoint::ipv4({10, 0, 0, host}, next_port_++);
    auto quic = QuicClient::dial(params, identity, rng, now);
    PF_CHECK(quic.has_value());
    clients.push_back(std::make_unique<Client>(
        Client{.quic = *std::move(quic), .local = params.local, .seen = {}}));
    flush();
    return *clients.back();
  }

  void send(const Endpoint& from, const Endpoint& to, std::vector<std::byte> bytes) {
    ++sent_packets;
    if (tap) tap(from, bytes);
    if (rng.unit() < loss) return;
    const auto jitter =
        Nanos(static_cast<std::int64_t>(rng.unit() * static_cast<double>(jitter_ns)));
    in_flight_.emplace(now + delay + jitter, Packet{from, to, std::move(bytes)});
  }

  // Takes everything the machines have to say at this moment.
  void flush() {
    while (auto output = server.poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        send(server_address, transmit->remote, std::move(transmit->bytes));
      } else {
        auto& event = std::get<ServerEvent>(*output);
        last_handle = event.connection;
        host_seen[event.connection].take(std::move(event.event));
      }
    }
    for (auto& client : clients) {
      while (auto output = client->quic.poll()) {
        if (auto* transmit = std::get_if<Transmit>(&*output)) {
          send(client->local, transmit->remote, std::move(transmit->bytes));
        } else {
          client->seen.take(std::get<Event>(std::move(*output)));
        }
      }
    }
  }

  // Until `done`, or nothing is left to happen, or `patience` of simulated time has passed.
  bool run(
      Nanos patience, const std::function<bool()>& done = [] { return false; }) {
    const LocalTime limit = now + patience;
    flush();
    while (!done()) {
      LocalTime next = limit;
      if (!in_flight_.empty()) next = std::min(next, in_flight_.begin()->first);
      if (const auto due = server.next_timeout()) next = std::min(next, *due);
      for (const auto& client : clients) {
        if (const auto due = client->quic.next_timeout()) next = std::min(next, *due);
      }
      if (next >= limit) {
        now = limit;
        return done();
      }
      now = std::max(now, next);
      step();
    }
    return true;
  }

  bool connect(Client& client) {
    return run(seconds(20), [&] { return client.seen.connected.has_value(); }) &&
           run(seconds(20), [&] { return !host_seen.empty(); });
  }

  // The host's view of the only, or newest, connection.
  Seen& host() { return host_seen[last_handle]; }

  LocalTime now;
  SeededRng rng;
  TlsIdentity server_identity;
  Endpoint server_address = Endpoint::ipv4({10, 0, 0, 1}, kPort);
  QuicServer server;
  std::vector<std::unique_ptr<Client>> clients;
  std::map<ConnectionHandle, Seen> host_seen;
  ConnectionHandle last_handle{};
  double loss = 0;
  Nanos delay = milliseconds(2);
  std::int64_t jitter_ns = 0;
  std::uint64_t sent_packets = 0;
  bool server_deaf = false;
  std::function<void(const Endpoint& from, const std::vector<std::byte>& bytes)> tap;

 private:
  struct Packet {
    Endpoint from, to;
    std::vector<std::byte> bytes;
  };

  void step() {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
      const Packet packet = std::move(in_flight_.begin()->second);
      in_flight_.erase(in_flight_.begin());
      deliver(packet);
    }
    if (const auto due = server.next_timeout(); due && *due <= now) server.handle_timeout(now);
    for (auto& client : clients) {
      if (const auto due = client->quic.next_timeout(); due && *due <= now) {
        client->quic.handle_timeout(now);
      }
    }
    flush();
  }

  void deliver(const Packet& packet) {
    const ReceivedDatagram datagram{packet.from, packet.to, packet.bytes};
    if (packet.to == server_address) {
      if (!server_deaf) server.handle(datagram, now);
      return;
    }
    for (auto& client : clients) {
      if (client->local == packet.to) client->quic.handle(datagram, now);
    }
  }

  std::multimap<LocalTime, Packet> in_flight_;
  std::uint16_t next_port_ = 40'000;
};

}  // namespace pf::quic::testing
