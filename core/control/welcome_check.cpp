#include "core/control/welcome_check.h"

#include <cstdint>

#include <fmt/format.h>

#include "core/video/reassembler.h"

namespace pf::control {
namespace {

constexpr std::uint32_t kMaxSidePx = 16'384;  // no codec in use goes further
constexpr std::uint32_t kMaxRefreshHz = 1'000;
constexpr std::uint32_t kMaxFecPercent = 90;
constexpr std::uint32_t kMaxBlocks = 65'535;

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) noexcept {
  return (value + by - 1) / by;
}

std::optional<std::string> mode_fault(const DisplayMode& mode) {
  const SizePx size = mode.size_px;
  const auto hz = message::whole_hz(mode.refresh);
  const bool sides =
      size.width >= 1 && size.width <= kMaxSidePx && size.height >= 1 && size.height <= kMaxSidePx;
  if (!sides || !hz || *hz < 1 || *hz > kMaxRefreshHz) {
    return fmt::format("the mode {}x{}@{} is not possible", size.width, size.height,
                       hz.value_or(0));
  }
  return std::nullopt;
}

std::optional<std::string> block_fault(const message::Welcome& welcome) {
  const std::uint64_t shard = welcome.shard_bytes;
  if (shard == 0 || shard % 2 != 0 || shard > message::kMaxShardBytes) {
    return fmt::format("shards of {} bytes are not possible", shard);
  }
  const std::uint64_t data = welcome.fec.max_data_per_block;
  const std::uint64_t percent = welcome.fec.percent;
  if (percent > kMaxFecPercent) return fmt::format("{} % of parity is too much", percent);
  const std::uint64_t limit = welcome.fec.scheme == message::FecScheme::gf8 ? 255 : 65'535;
  if (data == 0 || data + divide_up(data * percent, 100) > limit) {
    return fmt::format("blocks of {} data shards are not possible", data);
  }
  const std::uint32_t largest =
      video::max_frame_bytes(welcome.bitrate_kbps, welcome.mode.refresh.hz());
  if (divide_up(divide_up(largest, shard), data) > kMaxBlocks) {
    return fmt::format("frames would need more than {} blocks", kMaxBlocks);
  }
  return std::nullopt;
}

std::optional<std::string> key_fault(const message::Hello& hello, const message::Welcome& welcome) {
  const bool chacha = welcome.keys.cipher == message::Cipher::chacha20_poly1305;
  if (chacha && !hello.capabilities.has(message::Capability::accepts_chacha20)) {
    return "it uses a cipher that was not offered";
  }
  const bool no_key = chacha ? welcome.keys.chacha20.all_zero() : welcome.keys.aes128.all_zero();
  if (welcome.encrypted && no_key) return "its media key is empty";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> welcome_fault(const message::Hello& hello,
                                         const message::Welcome& welcome) {
  if (welcome.media_port == 0) return "it names no port for the media";
  if (auto fault = mode_fault(welcome.mode)) return fault;
  if (auto fault = block_fault(welcome)) return fault;
  if (auto fault = key_fault(hello, welcome)) return fault;
  const message::CodecSet offered =
      hello.codecs.empty() ? message::CodecSet{message::VideoCodec::hevc} : hello.codecs;
  if (!offered.has(welcome.codec)) return "it chose a codec that was not offered";
  return std::nullopt;
}

}  // namespace pf::control
