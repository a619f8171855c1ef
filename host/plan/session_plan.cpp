#include "host/plan/session_plan.h"

#include <algorithm>

#include "host/plan/sound_plan.h"

namespace pf::plan {
namespace {

std::uint16_t largest_shard(const HostOffer& offer, const ClientPath& path) {
  if (offer.mtu_bytes == 0) return message::default_shard_bytes(path.family);
  return message::shard_bytes_from_udp(message::udp_bytes_of_mtu(offer.mtu_bytes, path.family),
                                       path.family, path.packet_overhead_bytes);
}

Result<void> check_mode(const DisplayMode& mode) {
  const auto hz = message::whole_hz(mode.refresh);
  const SizePx size = mode.size_px;
  if (size.width < kSmallestMode.width || size.height < kSmallestMode.height ||
      size.width > kLargestMode.width || size.height > kLargestMode.height) {
    return fail(ErrorKind::refused, "this host cannot show {}x{}: ask for {}x{} up to {}x{}",
                size.width, size.height, kSmallestMode.width, kSmallestMode.height,
                kLargestMode.width, kLargestMode.height);
  }
  if (!hz || *hz == 0 || *hz > kHighestRefreshHz) {
    return fail(ErrorKind::refused,
                "this host cannot refresh at {:.6g} Hz: ask for 1 to {} whole Hz",
                mode.refresh.denominator == 0 ? 0.0 : mode.refresh.hz(), kHighestRefreshHz);
  }
  return {};
}

// Clients ask for ChaCha20 when their processor has no instructions for AES; ours is quick at both.
message::Cipher cipher_for(const message::Hello& hello) {
  return hello.capabilities.has(message::Capability::accepts_chacha20)
             ? message::Cipher::chacha20_poly1305
             : message::Cipher::aes128_gcm;
}

}  // namespace

std::uint32_t largest_frame_bytes(std::uint32_t bitrate_kbps, std::uint32_t refresh_hz) noexcept {
  constexpr std::uint64_t kLeast = 1 << 20;
  constexpr std::uint64_t kMost = 16 << 20;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(4ull * bitrate_kbps * 125 / refresh_hz, kLeast, kMost));
}

Result<SessionPlan> plan_session(const HostOffer& offer, const message::Hello& hello,
                                 const ClientPath& path) {
  PF_TRY_VOID(check_mode(hello.mode));
  const auto codec = message::choose_codec(hello.codecs, offer.codecs, hello.preferred_codecs);
  if (!codec) {
    return fail(
        ErrorKind::refused,
        "host and client share no video codec: this host encodes H.264, enable it in the client");
  }
  SessionPlan plan{
      .mode = hello.mode,
      .codec = *codec,
      .bitrate_kbps =
          std::clamp(hello.bitrate_kbps == 0 ? offer.default_bitrate_kbps : hello.bitrate_kbps,
                     kLeastBitrateKbps, kMostBitrateKbps),
      .fec = {.scheme = message::FecScheme::gf16, .percent = offer.fec_percent},
      .fec_adaptive = offer.fec_adaptive,
      .slices = hello.capabilities.has(message::Capability::multi_slice) ? offer.slices : 1,
      .takes_streamed_frames = hello.capabilities.has(message::Capability::streamed_access_units),
      .largest_shard_bytes = largest_shard(offer, path),
      .cipher = cipher_for(hello),
      .host_timing_wanted = hello.capabilities.has(message::Capability::wants_host_timing),
      .phase_wanted = hello.capabilities.has(message::Capability::reports_phase),
      .command = offer.command,
      .run_as = offer.run_as};
  plan.shard_bytes = plan.largest_shard_bytes;
  if (path.proven_udp_bytes) {
    plan.shard_bytes = message::shard_bytes_on_path(
        *path.proven_udp_bytes, path.packet_overhead_bytes, plan.largest_shard_bytes);
  }
  plan.max_frame_bytes =
      largest_frame_bytes(plan.bitrate_kbps, *message::whole_hz(plan.mode.refresh));
  plan.sound = plan_sound(offer.sound, hello, plan.bitrate_kbps);
  return plan;
}

}  // namespace pf::plan
