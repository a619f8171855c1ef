// Lays access units out as shards, end to end, and says which blocks can leave.
//
// Parts of a frame are taken as the encoder gives them, and copied; a whole access unit can be
// borrowed instead. A streamed frame
// (docs/protocol/punktfunk1.md section 11.6) leaves in pieces while the encoder still works: blocks
// of the most data shards as they fill, and, where the client reads slices, what a slice has
// filled. Video thread only; no allocation and no exception after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/packet_run.h"
#include "core/base/time.h"
#include "core/video/frame_geometry.h"
#include "core/video/frame_piece.h"
#include "core/video/packet_arena.h"

namespace pf::video {

// How a client takes frames.
enum class Streaming : std::uint8_t {
  none,    // whole
  blocks,  // full blocks may come before the rest exists
  slices,  // so may the whole shards of a slice
};

class Packetiser {
 public:
  struct Params {
    std::uint16_t shard_bytes = 1408;   // even
    std::uint32_t max_frame_bytes = 0;  // the worst frame of the plan
    BlockRules rules;
    Streaming streaming = Streaming::none;
  };
  struct FrameInfo {
    FrameId id{};  // probe frames count apart
    WireTime pts;
    std::uint32_t flags = 0;  // message::frame_flags, of which kSliceStream is ours to decide
    std::uint8_t epoch = 0;
  };
  // Fewer shards of a slice than this wait for the next one: a block has a parity packet at least.
  static constexpr std::uint32_t kLeastSliceShards = 16;

  // `arena` outlives the packetiser. It must hold one worst frame (see worst_frame_bytes()), and
  // two for one to be laid out while another is being sent.
  Packetiser(const Params& params, PacketArena& arena) noexcept;

  // What the worst frame takes of the arena.
  static std::size_t worst_frame_bytes(const Params& params) noexcept;
  // Data shards of the largest block that can be.
  static std::uint16_t largest_block(const Params& params) noexcept;

  // Whether begin() would say yes. Ask before a frame is captured.
  bool has_room() const noexcept;

  // Starts a frame with this much parity. False: the arena has no room for the worst frame.
  [[nodiscard]] bool begin(const FrameInfo& info, std::uint8_t fec_percent) noexcept;

  // The next bytes of the access unit, copied before it returns. False: the frame would be larger
  // than the plan allows; nothing was taken, and the frame must be abandoned.
  [[nodiscard]] bool add(Bytes part) noexcept;

  // Of a streamed frame: what can leave now, after a part that ends a slice. Ask until there is
  // nothing, or leave it for later. What is left is never nothing, so that finish() has a block to
  // tell the totals in.
  std::optional<FramePiece> next_piece() noexcept;

  // Ends the frame: pads it; the rest of it. Once that was sent the run goes back with
  // PacketArena::release_oldest().
  FramePiece finish() noexcept;

  // A whole frame at once, neither begun nor finished otherwise, of an access unit that nobody
  // changes until it was sent: only its last shard is copied. Released like any other. nullopt: the
  // arena is full, or the frame larger than the plan allows.
  std::optional<FramePiece> borrow(const FrameInfo& info, std::uint8_t fec_percent,
                                   Bytes access_unit) noexcept;

  // Gives up a frame that was begun. True: pieces of it are out, and its run has to be released as
  // that of any other frame.
  bool abandon() noexcept;

  // From the next frame on (path MTU changed).
  void set_shard_bytes(std::uint16_t shard_bytes) noexcept;

 private:
  void note_frame(const FrameInfo& info, std::uint8_t fec_percent) noexcept;
  std::uint32_t shards_due() const noexcept;
  FramePiece take_piece(std::uint32_t bytes) noexcept;
  FramePiece take_last_piece() noexcept;
  void pad_last_shard() noexcept;

  Params params_;
  PacketArena& arena_;
  PacketRun run_;  // the shards of the frame begun; none: no frame
  FrameInfo info_;
  std::uint8_t fec_percent_ = 0;
  std::uint32_t frame_bytes_ = 0;  // taken so far
  std::uint32_t piece_shard_ = 0;  // the first that is in no piece yet
  std::uint16_t piece_block_ = 0;  // likewise
};

}  // namespace pf::video
