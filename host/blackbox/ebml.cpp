#include "host/blackbox/ebml.h"

#include <bit>

namespace pf::blackbox {
namespace {

int bytes_of(std::uint64_t value) noexcept {
  int count = 1;
  while (count < 8 && (value >> (8 * count)) != 0) ++count;
  return count;
}

// RFC 8794 section 4: seven bits for each byte; all ones mean that the length is not known.
int bytes_of_length(std::uint64_t length) noexcept {
  int count = 1;
  while (count < 8 && length >= (std::uint64_t{1} << (7 * count)) - 1) ++count;
  return count;
}

}  // namespace

void Ebml::put(std::uint64_t value, int byte_count) {
  for (int i = byte_count - 1; i >= 0; --i)
    bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

void Ebml::put_id(std::uint32_t id) { put(id, bytes_of(id)); }

void Ebml::head(std::uint32_t id, std::uint64_t payload_bytes) {
  put_id(id);
  const int count = bytes_of_length(payload_bytes);
  put(payload_bytes | std::uint64_t{1} << (7 * count), count);
}

void Ebml::wide_head(std::uint32_t id, std::uint64_t payload_bytes) {
  put_id(id);
  const auto length = wide_length(payload_bytes);
  bytes_.insert(bytes_.end(), length.begin(), length.end());
}

void Ebml::number(std::uint32_t id, std::uint64_t value) {
  const int count = bytes_of(value);
  head(id, static_cast<std::uint64_t>(count));
  put(value, count);
}

std::size_t Ebml::wide_number(std::uint32_t id, std::uint64_t value) {
  head(id, 8);
  put(value, 8);
  return bytes_.size() - 8;
}

std::size_t Ebml::real(std::uint32_t id, double value) {
  return wide_number(id, std::bit_cast<std::uint64_t>(value));
}

void Ebml::text(std::uint32_t id, std::string_view value) { binary(id, as_bytes(value)); }

void Ebml::binary(std::uint32_t id, Bytes value) {
  head(id, value.size());
  bytes_.insert(bytes_.end(), value.begin(), value.end());
}

std::array<std::byte, 8> wide_value(std::uint64_t value) noexcept {
  std::array<std::byte, 8> bytes{};
  ByteWriter(bytes).big(value);
  return bytes;
}

std::array<std::byte, 8> wide_value(double value) noexcept {
  return wide_value(std::bit_cast<std::uint64_t>(value));
}

std::array<std::byte, 8> wide_length(std::uint64_t bytes) noexcept {
  return wide_value(bytes | std::uint64_t{1} << 56);
}

}  // namespace pf::blackbox
