// NEON of AArch64 as vector_passes.h wants it: a product with a byte is two look-ups in tables of
// 16 entries (tbl), one for each half of the byte. Every AArch64 CPU has it.
//
// Included inside an anonymous namespace, after <arm_neon.h>.

#define PF_KERNEL_TARGET
#define PF_VECTOR __attribute__((always_inline)) inline

using Vec = uint8x16_t;
constexpr std::size_t kVecBytes = 16;
constexpr unsigned kPassLayers = 3;
constexpr unsigned kGeneralPassLayers = 2;
constexpr unsigned kProductTargets = 4;  // 32 registers
constexpr unsigned kProductBlocks = 1;

PF_VECTOR Vec load_vec(const std::byte* from) {
  return vld1q_u8(reinterpret_cast<const std::uint8_t*>(from));
}
PF_VECTOR void store_vec(std::byte* to, Vec vec) {
  vst1q_u8(reinterpret_cast<std::uint8_t*>(to), vec);
}
PF_VECTOR Vec zero_vec() { return vdupq_n_u8(0); }
PF_VECTOR Vec add_vecs(Vec a, Vec b) { return veorq_u8(a, b); }

using StoredMap = NibbleTables;
inline StoredMap stored_map(const ByteMap& map) noexcept { return nibble_tables(map); }
struct Map {
  Vec low;
  Vec high;
};
PF_VECTOR Map spread_map(const StoredMap& map) {
  return {vld1q_u8(map.low.data()), vld1q_u8(map.high.data())};
}

struct Prepared {
  Vec low;
  Vec high;
};
PF_VECTOR Prepared prepare(Vec vec) {
  return {vandq_u8(vec, vdupq_n_u8(0x0F)), vshrq_n_u8(vec, 4)};
}
PF_VECTOR Vec apply_map(const Map& map, const Prepared& bytes) {
  return add_vecs(vqtbl1q_u8(map.low, bytes.low), vqtbl1q_u8(map.high, bytes.high));
}

#include "core/fec/vector_blocks.h"

inline bool runs_here() noexcept { return true; }
