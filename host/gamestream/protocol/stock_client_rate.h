// Bit rate and parity for a client that says nothing of either: stock Moonlight clients name a rate
// at the start, and after that they only complain.
//
// What tells of the way: the round trips of the control connection, whose packets wait in the same
// queue as the video's; reports of blocks that missed packets; requests for what was lost; and our
// own socket's backlog. Two causes are told apart, because they need opposite answers:
//
//   a queue that stands   the way carries less than we send: its capacity is what we sent, less
//   what
//                         was lost and what the queue grew by. Send less than that until the queue
//                         is gone, then close to it, and try for more now and then.
//   losses without one    a radio. Send more parity, and as much less video; not less in sum,
//   unless
//                         so much is lost that a short queue may be what drops it.
//
// The rate begins below what was asked for and doubles every few round trips until the way objects,
// or it is there: a third of a second on any network that carries it. Pure. The control thread
// calls update() some twenty times a second; every call is cheap. Source:
// docs/protocol/gamestream.md sections 8.3, 8.4, 9.4; what is measured is the same as in
// core/control/rate_controller.h, seen from the other end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "host/gamestream/protocol/block_losses.h"
#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/path_round_trips.h"

namespace pf::gamestream {

// Of one session, since its beginning.
struct SentTotals {
  std::uint64_t frames = 0;
  std::uint64_t packets = 0;            // parity included
  std::uint64_t access_unit_bytes = 0;  // as the encoder made them
  std::uint64_t wire_bytes = 0;         // of all packets, headers of UDP and IP included
};

class StockClientRate {
 public:
  struct Params {
    std::uint32_t asked_kbps = 20'000;  // of the encoder (StreamRequest::bitrate_kbps)
    std::uint32_t fec_percent = 20;     // that this rate was computed with (Offer)
    std::uint32_t min_parity = 2;       // packets of a block (StreamRequest::min_parity)
  };
  // Below it nothing stands: other clients' packets, a radio's jitter.
  static constexpr Nanos kStanding = milliseconds(15);
  static constexpr Nanos kClear = milliseconds(7);
  // More than a radio loses for half a second: a queue too short to be seen.
  static constexpr double kHeavyLoss = 0.14;
  static constexpr Nanos kHeavySpan = milliseconds(500);
  // If sending less changes nothing it is no queue after all, and is left alone for so long.
  static constexpr Nanos kUselessCut = seconds(5);
  // Of the capacity, once the queue is gone.
  static constexpr double kShare = 0.85;
  static constexpr Nanos kRiseSpacing = milliseconds(150);
  static constexpr double kQuickRise = 1.5;  // while nothing is known against it
  // Around what the way carried last, and well beyond it. Not while more is lost than kQuiet.
  static constexpr double kSlowRise = 1.02, kBolderRise = 1.08;
  static constexpr Nanos kSlowSpacing = milliseconds(500);
  static constexpr double kQuiet = 0.03;
  static constexpr std::uint32_t kFloorKbps = 800;  // pictures cannot be read below

  explicit StockClientRate(const Params& params) noexcept;

  void on_round_trip(Nanos time, LocalTime now) noexcept;
  void on_fec_status(const FecStatus& status) noexcept;
  // What clients that send no FEC status say instead.
  void on_frames_lost(std::uint32_t first, std::uint32_t last) noexcept;
  void on_keyframe_wanted() noexcept { ++complaints_; }
  // `backlog`: how long what was handed to the socket has yet to wait for it.
  void update(const SentTotals& sent, Nanos backlog, LocalTime now) noexcept;

  std::uint32_t bitrate_kbps() const noexcept;  // for the encoder
  std::uint32_t fec_percent() const noexcept { return fec_percent_; }
  std::uint32_t min_parity() const noexcept { return min_parity_; }

  // For the log: why it is what it is.
  Nanos standing_queue() const noexcept { return queue_; }
  double packet_loss() const noexcept { return losses_.packet_loss(); }

 private:
  // What had been when.
  struct Mark {
    LocalTime at;
    SentTotals sent;
    std::uint64_t missing_packets = 0;
    Nanos queue{0};
  };
  static constexpr std::size_t kMarks = 32;
  static constexpr Nanos kMarkSpacing = milliseconds(40);

  const Mark& mark_before(Nanos span) const noexcept;
  double sent_kbps() const noexcept;
  double loss_over(Nanos span) const noexcept;
  double capacity_kbps() const noexcept;
  void learn_ratio(const SentTotals& before, const SentTotals& now) noexcept;
  void cut_for_queue(LocalTime now) noexcept;
  void cut_for_loss(double loss, LocalTime now) noexcept;
  void cut_to(double kbps, double carried, LocalTime now) noexcept;
  void forget_losses() noexcept;
  void rise(LocalTime now) noexcept;
  void choose_parity(Nanos passed) noexcept;

  const Params params_;
  const double asked_wire_kbps_;
  PathRoundTrips trips_;
  BlockLosses losses_;
  double wire_kbps_;                    // that may leave
  double wire_ratio_;                   // bytes on the wire for one of the encoder's
  std::optional<double> ceiling_kbps_;  // what the way carried when a queue stood last
  std::uint32_t fec_percent_;
  std::uint32_t min_parity_;
  double held_percent_ = 0;  // of parity, that a lost block asked for; fades
  double held_parity_ = 0;   // packets, likewise
  Nanos queue_{0};
  Nanos queue_at_cut_{0};
  double loss_at_cut_ = 0;
  LocalTime next_loss_cut_;
  std::uint64_t missing_packets_ = 0;
  std::uint32_t complaints_ = 0;  // since the last update
  std::array<Mark, kMarks> marks_{};
  std::size_t mark_count_ = 0;
  LocalTime next_change_, next_rise_;
  std::optional<LocalTime> began_at_;
};

}  // namespace pf::gamestream
