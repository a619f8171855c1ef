#include "core/base/endpoint.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace pf {

Endpoint::Endpoint() noexcept {
  std::memset(&address_, 0, sizeof(address_));
  address_.any.sa_family = AF_UNSPEC;
}

Endpoint Endpoint::ipv4(std::array<std::uint8_t, 4> octets, std::uint16_t port) noexcept {
  Endpoint result;
  result.address_.v4.sin_family = AF_INET;
  result.address_.v4.sin_port = htons(port);
  std::memcpy(&result.address_.v4.sin_addr, octets.data(), octets.size());
  return result;
}

Endpoint Endpoint::ipv6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port,
                        std::uint32_t scope_id) noexcept {
  Endpoint result;
  result.address_.v6.sin6_family = AF_INET6;
  result.address_.v6.sin6_port = htons(port);
  result.address_.v6.sin6_scope_id = scope_id;
  std::memcpy(&result.address_.v6.sin6_addr, octets.data(), octets.size());
  return result;
}

Endpoint Endpoint::loopback(std::uint16_t port) noexcept { return ipv4({127, 0, 0, 1}, port); }

Endpoint Endpoint::any(std::uint16_t port) noexcept { return ipv4({0, 0, 0, 0}, port); }

std::optional<Endpoint> Endpoint::from_sockaddr(const sockaddr* address,
                                                std::size_t bytes) noexcept {
  if (address == nullptr || bytes < sizeof(sa_family_t)) return std::nullopt;
  sa_family_t family = AF_UNSPEC;
  std::memcpy(&family, reinterpret_cast<const std::byte*>(address) + offsetof(sockaddr, sa_family),
              sizeof(family));
  Endpoint result;
  if (family == AF_INET && bytes >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    result.address_.v4.sin_family = AF_INET;  // field by field: the padding stays zero
    result.address_.v4.sin_port = v4.sin_port;
    result.address_.v4.sin_addr = v4.sin_addr;
    return result;
  }
  if (family == AF_INET6 && bytes >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    result.address_.v6.sin6_family = AF_INET6;
    result.address_.v6.sin6_port = v6.sin6_port;
    result.address_.v6.sin6_addr = v6.sin6_addr;
    result.address_.v6.sin6_scope_id = v6.sin6_scope_id;
    return result;
  }
  return std::nullopt;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;

  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET6, host.c_str(), octets.data()) != 1) return std::nullopt;
    return ipv6(octets, port);
  }
  std::array<std::uint8_t, 4> octets{};
  if (inet_pton(AF_INET, host.c_str(), octets.data()) != 1) return std::nullopt;
  return ipv4(octets, port);
}

std::uint16_t Endpoint::port() const noexcept {
  if (is_ipv4()) return ntohs(address_.v4.sin_port);
  return is_ipv6() ? ntohs(address_.v6.sin6_port) : 0;
}

Endpoint Endpoint::with_port(std::uint16_t port) const noexcept {
  Endpoint result = *this;
  if (is_ipv4()) result.address_.v4.sin_port = htons(port);
  if (is_ipv6()) result.address_.v6.sin6_port = htons(port);
  return result;
}

bool Endpoint::same_address(const Endpoint& other) const noexcept {
  return !empty() && !other.empty() && octets() == other.octets();
}

socklen_t Endpoint::size_bytes() const noexcept {
  if (is_ipv4()) return sizeof(sockaddr_in);
  return is_ipv6() ? sizeof(sockaddr_in6) : 0;
}

std::string Endpoint::to_string() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_ipv4()) {
    inet_ntop(AF_INET, &address_.v4.sin_addr, text, sizeof(text));
    return std::string(text) + ":" + std::to_string(port());
  }
  if (is_ipv6()) {
    inet_ntop(AF_INET6, &address_.v6.sin6_addr, text, sizeof(text));
    return "[" + std::string(text) + "]:" + std::to_string(port());
  }
  return "none";
}

bool Endpoint::operator==(const Endpoint& other) const noexcept {
  if (family() != other.family() || port() != other.port()) return false;
  if (is_ipv6() && address_.v6.sin6_scope_id != other.address_.v6.sin6_scope_id) return false;
  return empty() || octets() == other.octets();
}

std::size_t Endpoint::hash() const noexcept {
  if (empty()) return 0;
  const auto bytes = octets();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::hash<std::string_view>{}(text) ^ (std::size_t{port()} << 1);
}

std::array<std::uint8_t, 16> Endpoint::octets() const noexcept {
  std::array<std::uint8_t, 16> result{};
  if (is_ipv6()) {
    std::memcpy(result.data(), &address_.v6.sin6_addr, 16);
  } else if (is_ipv4()) {
    result[10] = result[11] = 0xFF;
    std::memcpy(result.data() + 12, &address_.v4.sin_addr, 4);
  }
  return result;
}

}  // namespace pf
