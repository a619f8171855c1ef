// The two fields as the passes see them: tables of maps, and how shards end.
// Part of vector_passes.h, and included by it alone.

struct Gf16Maps {
  Gf16Maps() noexcept {
    const ByteMap change = basis_change();
    basis = stored_map(change);
    for (unsigned byte = 0; byte < 256; ++byte) {
      by[byte] = stored_map(multiplication_by(static_cast<std::uint8_t>(byte)));
      basis_of[byte] = apply(change, static_cast<std::uint8_t>(byte));
    }
  }
  std::array<StoredMap, 256> by;  // products with the subfield
  StoredMap basis;                // B
  std::array<std::uint8_t, 256> basis_of;
};

struct Gf8Maps {
  Gf8Maps() noexcept {
    const Gf8Tables& tables = gf8_tables();
    for (unsigned byte = 0; byte < 256; ++byte) {
      ByteMap map{};
      for (unsigned bit = 0; bit < 8; ++bit) {
        map[bit] = multiply_gf8(static_cast<Gf8>(byte), static_cast<Gf8>(1u << bit));
      }
      by[byte] = stored_map(map);
    }
    for (unsigned layer = 0; layer < 8; ++layer) {
      for (unsigned x = 0; x < 256; ++x) twiddles[layer][x] = by[tables.twiddle[layer][x]];
    }
  }
  std::array<StoredMap, 256> by;
  std::array<std::array<StoredMap, 256>, 8> twiddles;
};

struct Field16 {
  static constexpr bool kChangesBasis = true;
  static const Gf16Maps& maps() noexcept {
    static const Gf16Maps built;
    return built;
  }
  static const StoredMap* twiddles(unsigned, std::uint32_t twiddle) noexcept {
    return &maps().by[twiddle];
  }
};

struct Field8 {
  static constexpr bool kChangesBasis = false;
  static const Gf8Maps& maps() noexcept {
    static const Gf8Maps built;
    return built;
  }
  static const StoredMap* twiddles(unsigned layer, std::uint32_t twiddle) noexcept {
    return &maps().twiddles[layer][twiddle];
  }
};

// A last piece of a shard, spread to a whole block and back: in GF(2^16) half of it are low bytes,
// half high bytes.
template <class Field>
PF_PASS_INLINE void spread_tail(std::byte* block, const std::byte* tail, std::size_t tail_bytes) {
  const std::size_t low_bytes = Field::kChangesBasis ? tail_bytes / 2 : tail_bytes;
  std::memset(block, 0, kFecBlockBytes);
  std::memcpy(block, tail, low_bytes);
  if constexpr (Field::kChangesBasis)
    std::memcpy(block + kFecBlockBytes / 2, tail + low_bytes, tail_bytes - low_bytes);
}

template <class Field>
PF_PASS_INLINE void gather_tail(std::byte* tail, const std::byte* block, std::size_t tail_bytes) {
  const std::size_t low_bytes = Field::kChangesBasis ? tail_bytes / 2 : tail_bytes;
  std::memcpy(tail, block, low_bytes);
  if constexpr (Field::kChangesBasis)
    std::memcpy(tail + low_bytes, block + kFecBlockBytes / 2, tail_bytes - low_bytes);
}
