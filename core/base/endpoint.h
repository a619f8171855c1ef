// An IPv4 or IPv6 address and a port, as a value: comparable, hashable, printable. It holds the
// bytes of a sockaddr, so the system's calls and the QUIC library take it without a conversion.
// Only the struct definitions are used here; sockets live in core/net.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pf {

class Endpoint {
 public:
  Endpoint() noexcept;  // no address: neither IPv4 nor IPv6, port 0

  static Endpoint ipv4(std::array<std::uint8_t, 4> octets, std::uint16_t port) noexcept;
  static Endpoint ipv6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port,
                       std::uint32_t scope_id = 0) noexcept;
  static Endpoint loopback(std::uint16_t port) noexcept;  // 127.0.0.1
  static Endpoint any(std::uint16_t port) noexcept;       // 0.0.0.0

  // nullopt: another family than the two, or too short for its family.
  static std::optional<Endpoint> from_sockaddr(const sockaddr* address, std::size_t bytes) noexcept;

  // Numeric only: "10.0.0.1:9777" or "[::1]:9777". Names are for a resolver.
  static std::optional<Endpoint> parse(std::string_view text);

  bool is_ipv4() const noexcept { return family() == AF_INET; }
  bool is_ipv6() const noexcept { return family() == AF_INET6; }
  bool empty() const noexcept { return family() == AF_UNSPEC; }
  std::uint16_t port() const noexcept;
  Endpoint with_port(std::uint16_t port) const noexcept;

  // The same machine whatever the port. An IPv4-mapped IPv6 address equals its IPv4 form here.
  bool same_address(const Endpoint& other) const noexcept;

  const sockaddr* data() const noexcept { return &address_.any; }
  socklen_t size_bytes() const noexcept;  // 0 without an address

  std::string to_string() const;  // what parse() takes; "none" without an address

  bool operator==(const Endpoint& other) const noexcept;
  std::size_t hash() const noexcept;

 private:
  int family() const noexcept { return address_.any.sa_family; }
  // The address alone as 16 bytes, IPv4 in its mapped form, so that both families compare alike.
  std::array<std::uint8_t, 16> octets() const noexcept;

  union Address {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address_;
};

}  // namespace pf

template <>
struct std::hash<pf::Endpoint> {
  std::size_t operator()(const pf::Endpoint& endpoint) const noexcept { return endpoint.hash(); }
};
