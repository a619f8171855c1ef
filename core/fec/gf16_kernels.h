// The inner loops of the GF(2^16) codec: one table of functions per instruction set, chosen once at
// start.
//
// They work on *rows*: pieces of shards, a whole number of 64-byte blocks long, end to end in
// scratch memory. A kernel may keep the elements of a row in any representation it likes, as long
// as addition stays XOR: rows are made by load and read by store, and nobody else looks inside.
#pragma once

#include <cstddef>
#include <span>

#include "core/fec/gf16.h"

namespace pf::fec {

// 32 elements: their 32 low bytes, then their 32 high bytes.
inline constexpr std::size_t kGf16BlockBytes = 64;

struct Gf16Kernels {
  const char* name;
  bool (*runs_here)() noexcept;  // the CPU at hand has the instructions

  // Shard bytes (an even count) to a row and back. A last piece of t < 64 bytes is t/2 low bytes,
  // then t/2 high ones; load fills the rest of its block with zeros.
  void (*load)(std::byte* row, const std::byte* shard, std::size_t shard_bytes) noexcept;
  void (*store)(std::byte* shard, const std::byte* row, std::size_t shard_bytes) noexcept;

  // target += source, rows or plain shards alike.
  void (*add)(std::byte* target, const std::byte* source, std::size_t bytes) noexcept;

  // Rows times a factor, in place.
  void (*scale)(std::byte* rows, std::size_t bytes, Gf16 factor) noexcept;

  // One layer of a transform over two equal halves u, v. Inverse: v += u, u += twiddle * v. Forward
  // undoes it.
  void (*inverse2)(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept;
  void (*forward2)(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept;

  // Two layers at once over four equal quarters. The lower layer has the twiddles `twiddle` and
  // `twiddle ^ 2`, the upper one `twiddle >> 1`.
  void (*inverse4)(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept;
  void (*forward4)(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept;
};

// Plain C++, readable next to the paper. Every other kernel answers to it.
extern const Gf16Kernels gf16_reference_kernels;

// All that were compiled in, the slowest first; ask runs_here() before use.
std::span<const Gf16Kernels* const> all_gf16_kernels() noexcept;

// The fastest that runs here.
const Gf16Kernels& best_gf16_kernels() noexcept;

}  // namespace pf::fec
