// The client's end of a StockStream.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/video_packets.h"

namespace pf::sim {

class StockClient {
 public:
  struct KeyframeRequest {};
  using Complaint =
      std::variant<gamestream::FecStatus, gamestream::InvalidateReferences, KeyframeRequest>;

  StockClient(bool invalidates, bool reports) : invalidates_(invalidates), reports_(reports) {}

  // `kind` is what the frame's header says, which the client reads once it has the frame.
  void on_packet(Bytes datagram, gamestream::FrameKind kind);
  std::optional<Complaint> poll();

  std::uint32_t intact() const noexcept { return intact_; }
  std::uint32_t shown() const noexcept { return shown_; }

 private:
  struct Block {
    std::uint32_t data_count = 0, parity_count = 0;
    std::vector<bool> came;
    std::uint32_t data = 0, parity = 0;
    bool whole() const noexcept { return data + parity >= data_count; }
  };

  void begin(std::uint32_t frame);
  void give_up_frame();
  void finish_frame(gamestream::FrameKind kind);
  void report(std::uint32_t index, const Block& block);
  void complain_of(std::uint32_t last_lost);

  const bool invalidates_, reports_;
  std::uint32_t frame_ = 0;  // under way, or the last that was whole
  bool whole_ = true;
  std::map<std::uint32_t, Block> blocks_;
  std::uint32_t block_count_ = 1;
  std::optional<std::uint32_t> first_lost_;  // since it was healed last
  bool keyframe_asked_ = false;
  std::uint32_t intact_ = 0, shown_ = 0;
  std::deque<Complaint> complaints_;
};

}  // namespace pf::sim
