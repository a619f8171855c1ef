// The inner loops of both codecs: one table of functions per field and instruction set, chosen once
// at start.
//
// Transforms work on *rows*: pieces of shards in scratch memory, whole 64-byte blocks long. A
// kernel may keep the elements of a row in any representation it likes, as long as addition stays
// XOR: rows are made from shards by a pass that reads shards and read by one that writes them, and
// nobody else looks inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pf::fec {

inline constexpr std::size_t kFecBlockBytes = 64;

// A pass of a transform takes at most this many layers at once, 2^4 rows in registers.
inline constexpr unsigned kMaxPassLayers = 4;
inline constexpr unsigned kMaxPassRows = 1u << kMaxPassLayers;

// Where a pass puts its rows.
enum class PassStore : std::uint8_t {
  replace,
  add,         // target += row; GF(2^16) only
  add_scaled,  // target += scale * row; GF(2^8) only
};

// Consecutive layers of an additive FFT over 2^layers rows. Layer d joins rows 2^d apart; the
// butterflies of one block of 2^(d+1) rows that begins at point P share the twiddle
// s_d(P) / s_d(2^d), which in GF(2^16) is P >> d.
//
//   inverse  v += u, u += twiddle * v     from the lowest layer up
//   forward  u += twiddle * v, v += u     from the highest layer down
//
// A "row" here may also be many rows of a transform end to end, since rows that are treated alike
// lie side by side.
struct TransformPass {
  const std::byte* const* sources = nullptr;  // 2^layers pointers
  std::byte* const* targets = nullptr;        // as many; each may be its source
  std::size_t bytes = 0;                      // of every row; whole blocks unless they are shards
  unsigned layers = 1;                        // 1 … kMaxPassLayers
  unsigned empty_layers = 0;   // inverse only: all but the first 2^(layers - empty_layers)
                               // sources are zero, whatever they hold
  unsigned first_layer = 0;    // the lowest of them
  std::uint32_t point = 0;     // of the first row
  bool shards = false;         // inverse: the sources are shards; forward: the targets are
  std::size_t next_bytes = 0;  // from each source to the shard that the next pass reads, or 0
  PassStore store = PassStore::replace;  // inverse only, forward replaces
  std::uint8_t scale = 1;
};

// targets = factors * sources, all of them shards. Reads every source once for a few targets at a
// time.
struct MatrixProduct {
  const std::byte* const* sources = nullptr;
  std::uint32_t source_count = 0;
  std::uint32_t subfield_count = 0;  // the factors of the first so many sources are below 256
  std::byte* const* targets = nullptr;
  std::uint32_t target_count = 0;
  const std::uint16_t* factors = nullptr;  // of a source for all targets, then of the next source
  std::size_t bytes = 0;                   // of every shard
};

struct FecKernels {
  const char* name;
  bool (*runs_here)() noexcept;  // the CPU at hand has the instructions
  unsigned pass_layers;          // how many layers one pass takes at most,
  unsigned general_pass_layers;  // and with twiddles of 256 and more

  void (*inverse)(const TransformPass& pass) noexcept;
  void (*forward)(const TransformPass& pass) noexcept;
  void (*product)(const MatrixProduct& product) noexcept;

  // target = the sum of all sources.
  void (*sum)(std::byte* target, const std::byte* const* sources, std::uint32_t source_count,
              std::size_t bytes) noexcept;

  // row = factor * (row + shard), and shard = factor * row. GF(2^16) only.
  void (*weigh)(std::byte* row, const std::byte* shard, std::size_t bytes,
                std::uint16_t factor) noexcept;
  void (*finish)(std::byte* shard, const std::byte* row, std::size_t bytes,
                 std::uint16_t factor) noexcept;

  // target += factor * row. GF(2^8) only.
  void (*add_scaled)(std::byte* target, const std::byte* row, std::size_t bytes,
                     std::uint8_t factor) noexcept;
};

// Plain C++, readable next to the paper. Every other kernel answers to these.
extern const FecKernels gf16_reference_kernels;
extern const FecKernels gf8_reference_kernels;

// All that were compiled in, the slowest first; ask runs_here() before use.
std::span<const FecKernels* const> all_gf16_kernels() noexcept;
std::span<const FecKernels* const> all_gf8_kernels() noexcept;

// The fastest that runs here.
const FecKernels& best_gf16_kernels() noexcept;
const FecKernels& best_gf8_kernels() noexcept;

}  // namespace pf::fec
