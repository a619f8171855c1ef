// The boxes that Matroska is made of: an identifier, a length, a payload (RFC 8794).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

namespace pf::blackbox {

// Appends elements to bytes of its own. Identifiers are written as the tables of RFC 9559 have
// them, with their length marker.
class Ebml {
 public:
  void number(std::uint32_t id, std::uint64_t value);  // in as few bytes as it takes
  // Of eight bytes whatever its value; where they begin, to be written over later.
  std::size_t wide_number(std::uint32_t id, std::uint64_t value);
  std::size_t real(std::uint32_t id, double value);  // likewise
  void text(std::uint32_t id, std::string_view value);
  void binary(std::uint32_t id, Bytes value);
  void master(std::uint32_t id, const Ebml& children) { binary(id, children.bytes()); }
  // Identifier and length alone; the payload follows by other ways.
  void head(std::uint32_t id, std::uint64_t payload_bytes);
  // The same with a length of eight bytes, to be written over later.
  void wide_head(std::uint32_t id, std::uint64_t payload_bytes);

  Bytes bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  void clear() noexcept { bytes_.clear(); }

 private:
  void put(std::uint64_t value, int byte_count);
  void put_id(std::uint32_t id);

  std::vector<std::byte> bytes_;
};

// As it follows an identifier when eight bytes were left for it.
std::array<std::byte, 8> wide_length(std::uint64_t bytes) noexcept;
std::array<std::byte, 8> wide_value(std::uint64_t value) noexcept;
std::array<std::byte, 8> wide_value(double value) noexcept;

}  // namespace pf::blackbox
