#include "core/endpoint/client_media.h"

#include <algorithm>
#include <utility>

#include "core/wire/v1/input_event.h"

namespace pf::endpoint {

Result<std::unique_ptr<ClientMedia>> ClientMedia::open(const MediaConfig& config,
                                                       std::unique_ptr<MediaLink> link,
                                                       const Clock& clock) {
  PF_TRY_VOID(check(config));
  return std::unique_ptr<ClientMedia>(new ClientMedia(config, std::move(link), clock));
}

ClientMedia::ClientMedia(const MediaConfig& config, std::unique_ptr<MediaLink> link,
                         const Clock& clock)
    : format_(packet_format(config)),
      clock_(clock),
      door_(config, crypto::Direction::client_to_host, std::move(link)),
      codec_(make_codec(config)),
      reassembler_(format_, packet_limits(config), *codec_) {}

const video::ReassembledFrame* ClientMedia::poll_frame() noexcept {
  if (held_) reassembler_.release(*held_);
  held_.reset();
  const LocalTime now = clock_.now();  // what waits in the link came before
  for (int packets = 0; packets < kMaxPackets && !held_; ++packets) {
    const auto content = door_.receive();
    if (!content) break;
    held_ = reassembler_.push(*content, now);
  }
  if (held_) held_->last_received_at = clock_.now();
  publish();
  return held_ ? &*held_ : nullptr;
}

bool ClientMedia::send_input(const message::InputEvent& event) noexcept {
  const auto body = wire::v1::write_input_event(event);
  static_assert(sizeof body + 24 <= kMaxInputPacketBytes);
  const std::size_t bytes = format_.clear_bytes + body.size() + format_.tag_bytes;
  std::copy(body.begin(), body.end(), input_packet_.begin() + format_.clear_bytes);
  return door_.send(
      {.base = input_packet_.data(), .count = 1, .stride = static_cast<std::uint16_t>(bytes)});
}

void ClientMedia::publish() noexcept {
  const video::ReceptionCounters& video = reassembler_.counters();
  const video::ReceptionCounters& probe = reassembler_.probe_counters();
  std::uint64_t rejected = 0;
  for (const auto count : video.rejected) rejected += count;
  for (const auto count : probe.rejected) rejected += count;
  MediaCounters& counters = door_.counters();
  add(counters.packets_dropped, rejected - std::exchange(rejected_, rejected));
  counters.frames_completed.store(video.frames_delivered + probe.frames_delivered,
                                  std::memory_order_relaxed);
  counters.frames_dropped.store(video.frames_dropped + probe.frames_dropped,
                                std::memory_order_relaxed);
  counters.recovered_shards.store(video.recovered + probe.recovered, std::memory_order_relaxed);
}

}  // namespace pf::endpoint
