#include "core/endpoint/host_media.h"

#include <utility>

#include "core/base/check.h"
#include "core/net/udp_port.h"
#include "core/wire/v1/input_event.h"

namespace pf::endpoint {
namespace {

constexpr int kMaxUnreadable = 4096;  // authentic packets in a row that are no input event

video::FrameSealer::Limits sealer_limits(const MediaConfig& config) noexcept {
  const std::uint16_t wire_bytes = packet_format(config).wire_bytes(config.shard_bytes);
  return {.batch_packets = net::UdpPort::batch_packets(wire_bytes),
          .shard_bytes = config.shard_bytes,
          .data_count = video::Packetiser::largest_block(packetiser_params(config))};
}

}  // namespace

Result<std::unique_ptr<HostMedia>> HostMedia::open(const MediaConfig& config,
                                                   std::unique_ptr<MediaLink> link) {
  PF_TRY_VOID(check(config));
  return std::unique_ptr<HostMedia>(new HostMedia(config, std::move(link)));
}

HostMedia::HostMedia(const MediaConfig& config, std::unique_ptr<MediaLink> link)
    : params_(packetiser_params(config)),
      fec_percent_(config.fec.percent),
      door_(config, crypto::Direction::host_to_client, std::move(link)),
      codec_(make_codec(config)),
      arena_(video::PacketArena::run_bytes(1, config.shard_bytes)),
      packetiser_(params_, arena_),
      batches_(packet_format(config), door_.sealer(), *codec_, sealer_limits(config)) {}

Submitted HostMedia::submit(Bytes access_unit, WireTime pts, std::uint32_t flags) noexcept {
  if (access_unit.size() > params_.max_frame_bytes) return Submitted::too_large;
  if (!protectable(access_unit.size())) return Submitted::unprotectable;
  // One frame is under way at a time, and it fits.
  FrameId& id = (flags & message::frame_flags::kProbe) != 0 ? next_probe_ : next_video_;
  const auto frame =
      packetiser_.borrow({.id = id, .pts = pts, .flags = flags}, fec_percent_, access_unit);
  PF_CHECK(frame.has_value());
  id = next(id);
  batches_.begin(*frame);
  bool reachable = true;
  for (PacketRun batch = batches_.next(); batch.count > 0; batch = batches_.next()) {
    if (!door_.send_sealed(batch)) reachable = false;
  }
  arena_.release_oldest();
  add(door_.counters().frames_submitted, 1);
  return reachable ? Submitted::sent : Submitted::unreachable;
}

// All blocks but the last have one shape.
bool HostMedia::protectable(std::size_t frame_bytes) const noexcept {
  const video::FrameGeometry geometry(static_cast<std::uint32_t>(frame_bytes), params_.shard_bytes,
                                      params_.rules, fec_percent_);
  for (const auto index :
       {std::uint16_t{0}, static_cast<std::uint16_t>(geometry.block_count() - 1)}) {
    const video::BlockShape shape = geometry.block(index);
    if (shape.parity_count > 0 && !codec_->supports({.stride = params_.shard_bytes,
                                                     .shard_bytes = params_.shard_bytes,
                                                     .data_count = shape.data_count,
                                                     .parity_count = shape.parity_count})) {
      return false;
    }
  }
  return true;
}

std::optional<message::InputEvent> HostMedia::poll_input() noexcept {
  for (int unreadable = 0; unreadable < kMaxUnreadable; ++unreadable) {
    const auto content = door_.receive();
    if (!content) return std::nullopt;
    if (const auto event = wire::v1::parse_input_event(*content)) return event;
    add(door_.counters().packets_dropped, 1);
  }
  return std::nullopt;
}

}  // namespace pf::endpoint
