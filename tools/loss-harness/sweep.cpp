#include "tools/loss-harness/sweep.h"

#include <algorithm>
#include <deque>

#include "core/base/check.h"
#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"
#include "tools/loss-harness/loss_channel.h"
#include "tools/loss-harness/survival.h"

namespace pf::loss_harness {
namespace {

// Longer than a reassembler's patience, so that a frame that lacks packets is given up before the
// next one begins.
constexpr Nanos kFrameTime = seconds(1);

// Reassemblers plan their memory by the largest frame, and no client plans with less than this.
constexpr std::uint32_t kLeastMaxFrameBytes = 64 << 10;

std::unique_ptr<fec::FecCodec> make_gf16(std::uint32_t data_count, std::uint32_t parity_count) {
  return std::make_unique<fec::Gf16Codec>(fec::Gf16Codec::Limits{data_count, parity_count});
}

std::unique_ptr<fec::FecCodec> make_gf8(std::uint32_t, std::uint32_t) {
  return std::make_unique<fec::Gf8Codec>();
}

constexpr Field kFields[] = {
    {"gf16", 1, 65535, make_gf16},
    {"gf8", 0, 255, make_gf8},
};

// As a host would choose the size of blocks: the most that leaves the field room for the parity.
std::uint16_t max_data_count(const Field& field, std::uint8_t percent) noexcept {
  std::uint16_t count = video::BlockRules{}.max_data_count;
  while (count + video::parity_for(count, percent) > field.max_shard_count) --count;
  return count;
}

// What both ends of the sessions of one pair of curves agree on.
struct Session {
  const Field& field;
  std::uint16_t shard_bytes;
  std::uint8_t percent;
  std::uint32_t frame_bytes;
  video::BlockRules rules{.max_data_count = max_data_count(field, percent),
                          .agreed_percent = percent,
                          .max_shard_count = field.max_shard_count};

  const message::PacketFormat& format() const { return wire::v1::bare_packets(field.fec_scheme); }
  std::unique_ptr<fec::FecCodec> codec() const {
    const std::uint32_t parity_count = video::parity_for(rules.max_data_count, percent);
    return field.make(rules.max_data_count, std::max(parity_count, 1u));
  }
  video::FrameGeometry geometry() const { return {frame_bytes, shard_bytes, rules, percent}; }
};

struct SentFrame {  // the sender's memory, until the next one
  PacketRun packets;
  WireTime pts;
  Bytes access_unit;
};

class Sender {
 public:
  Sender(const Session& session, std::uint64_t seed)
      : session_(session), rng_(seed), access_unit_(session.frame_bytes), arena_(kArenaBytes) {}

  SentFrame send(std::uint64_t index) {
    rng_.fill(access_unit_);
    const WireTime pts(kFrameTime * static_cast<std::int64_t>(index));
    PF_CHECK(packetiser_.begin(
        {.id = FrameId{index}, .pts = pts, .flags = message::frame_flags::kPicture},
        session_.percent));
    PF_CHECK(packetiser_.add(access_unit_));
    const SentFrame frame{.packets = video::all_packets(packets_, packetiser_.finish(), memory_),
                          .pts = pts,
                          .access_unit = access_unit_};
    arena_.release_oldest();
    return frame;
  }

 private:
  // Holds the largest frame that options allow with the most parity.
  static constexpr std::size_t kArenaBytes = std::size_t{32} << 20;
  const Session& session_;
  SeededRng rng_;
  std::vector<std::byte> access_unit_;
  std::unique_ptr<fec::FecCodec> codec_ = session_.codec();
  video::PacketArena arena_;
  video::Packetiser packetiser_{{.shard_bytes = session_.shard_bytes,
                                 .max_frame_bytes = session_.frame_bytes,
                                 .rules = session_.rules},
                                arena_};
  video::FrameSealer packets_{
      session_.format(),
      nullptr,
      *codec_,
      {.shard_bytes = session_.shard_bytes, .data_count = session_.rules.max_data_count}};
  std::vector<std::byte> memory_;
};

// A channel and whoever listens at its end.
class Receiver {
 public:
  Receiver(const Session& session, const LossModel& model, double loss_percent, std::uint64_t seed,
           fec::FecCodec& codec)
      : channel_(model, seed),
        reassembler_(session.format(), limits(session), codec),
        geometry_(session.geometry()) {
    point_.loss_percent = loss_percent;
    point_.bound = frame_survival(model, session.geometry());
  }

  void receive(const SentFrame& frame) {
    const std::uint32_t packet_count = frame.packets.count;
    lost_.assign(packet_count, false);
    channel_.begin_frame();
    bool delivered = false;
    for (std::uint32_t index = 0; index < packet_count; ++index) {
      lost_[index] = channel_.loses_next_packet();
      if (lost_[index]) continue;
      auto whole =
          reassembler_.push(frame.packets.packet(index), LocalTime(frame.pts.since_epoch()));
      if (!whole) continue;
      delivered = true;
      if (!std::equal(whole->bytes.begin(), whole->bytes.end(), frame.access_unit.begin(),
                      frame.access_unit.end()))
        ++point_.frames_damaged;
      reassembler_.release(*whole);
    }
    point_.packets_sent += packet_count;
    point_.packets_lost += count_lost(0, packet_count);
    point_.frames_survivable += survivable(geometry_) ? 1 : 0;
    point_.frames_delivered += delivered ? 1 : 0;
  }
  const Point& point() const { return point_; }

 private:
  static message::PacketLimits limits(const Session& session) {
    return {.max_data_count = session.rules.max_data_count,
            .max_shard_count = wire::v1::max_shards_per_block(session.rules.max_data_count,
                                                              session.field.fec_scheme),
            .min_shard_bytes = session.shard_bytes,
            .max_frame_bytes = std::max(session.frame_bytes, kLeastMaxFrameBytes)};
  }
  std::uint32_t count_lost(std::uint32_t first, std::uint32_t count) const {
    const auto begin = lost_.begin() + first;
    return static_cast<std::uint32_t>(std::count(begin, begin + count, true));
  }
  bool survivable(const video::FrameGeometry& geometry) const {
    for (std::uint16_t index = 0; index < geometry.block_count(); ++index) {
      const video::BlockShape block = geometry.block(index);
      const std::uint32_t lost =
          count_lost(block.base_shard, block.data_count) +
          count_lost(geometry.data_count() + block.first_parity, block.parity_count);
      if (lost > block.parity_count) return false;
    }
    return true;
  }

  LossChannel channel_;
  video::Reassembler reassembler_;
  const video::FrameGeometry geometry_;
  std::vector<bool> lost_;  // of the frame under way, by packet
  Point point_;
};

Curve empty_curve(const Session& session, const char* pattern, std::uint32_t frames) {
  const video::FrameGeometry geometry = session.geometry();
  return {.field = session.field.name,
          .pattern = pattern,
          .fec_percent = session.percent,
          .frame_bytes = session.frame_bytes,
          .data_count = geometry.data_count(),
          .parity_count = geometry.parity_count(),
          .block_count = geometry.block_count(),
          .frames = frames};
}

// Every frame is laid out once and then meets every channel.
template <class AfterFrame>
void run_session(const SweepPlan& plan, const Session& session, Rng& seeds,
                 std::vector<Curve>& curves, AfterFrame after_frame) {
  Sender sender(session, seeds.next());
  const auto codec = session.codec();
  std::deque<Receiver> receivers;
  const auto add_receivers = [&](auto model_for) {
    for (const double percent : plan.loss_percents)
      receivers.emplace_back(session, model_for(percent / 100), percent, seeds.next(), *codec);
  };
  add_receivers([](double loss) { return LossModel::random(loss); });
  add_receivers([&](double loss) { return LossModel::bursts(loss, plan.mean_burst_packets); });

  for (std::uint32_t index = 0; index < plan.frames; ++index) {
    const SentFrame frame = sender.send(index);
    for (Receiver& receiver : receivers) receiver.receive(frame);
    after_frame();
  }
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    if (i % plan.loss_percents.size() == 0)
      curves.push_back(empty_curve(session, i == 0 ? "random" : "bursts", plan.frames));
    curves.back().points.push_back(receivers[i].point());
  }
}

}  // namespace

std::span<const Field> all_fields() noexcept { return kFields; }

std::vector<Curve> run_sweep(const SweepPlan& plan, const std::function<void(double)>& progress) {
  double total_bytes = 0;
  for (const std::uint32_t bytes : plan.frame_bytes) total_bytes += bytes;
  total_bytes *= static_cast<double>(plan.fields.size() * plan.fec_percents.size()) * plan.frames;

  SeededRng seeds(plan.seed);
  std::vector<Curve> curves;
  double done_bytes = 0;
  for (const Field* field : plan.fields) {
    const auto first_of_field = static_cast<std::ptrdiff_t>(curves.size());
    for (const std::uint32_t frame_bytes : plan.frame_bytes) {
      for (const std::uint32_t percent : plan.fec_percents) {
        const Session session{.field = *field,
                              .shard_bytes = plan.shard_bytes,
                              .percent = static_cast<std::uint8_t>(percent),
                              .frame_bytes = frame_bytes};
        run_session(plan, session, seeds, curves,
                    [&] { progress((done_bytes += frame_bytes) / total_bytes); });
      }
    }
    std::stable_partition(curves.begin() + first_of_field, curves.end(),
                          [](const Curve& curve) { return curve.pattern == "random"; });
  }
  return curves;
}

bool faithful(const Curve& curve) noexcept {
  return std::all_of(curve.points.begin(), curve.points.end(), [](const Point& point) {
    return point.frames_delivered == point.frames_survivable && point.frames_damaged == 0;
  });
}

}  // namespace pf::loss_harness
