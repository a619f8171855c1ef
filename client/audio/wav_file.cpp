#include "client/audio/wav_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>

#include "core/base/bytes.h"

namespace pf::client_audio {
namespace {

constexpr std::size_t kHeaderBytes = 68;
constexpr std::uint32_t kMaxDataBytes = 0xFFFF'0000;
constexpr std::uint16_t kExtensible = 0xFFFE;
constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kBits = 16;
// What follows the format's two bytes in KSDATAFORMAT_SUBTYPE_PCM.
constexpr std::string_view kSubtypeTail("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71",
                                        14);

// FL FR FC LFE BL BR … SL SR.
std::uint32_t speakers_of(std::uint8_t channel_count) {
  switch (channel_count) {
    case 2:
      return 0x3;
    case 6:
      return 0x3F;
    case 8:
      return 0x63F;
    default:
      return 0;
  }
}

}  // namespace

Result<WavFile> WavFile::create(const std::string& path, std::uint8_t channel_count,
                                std::uint32_t rate_hz) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return fail_os(ErrorKind::refused, errno, "cannot write " + path);
  WavFile wav(path, file, channel_count, rate_hz);
  wav.failed_ = !wav.write_header();
  return wav;
}

bool WavFile::write_header() noexcept {
  std::array<std::byte, kHeaderBytes> header{};
  ByteWriter out(header);
  const auto frame_bytes = static_cast<std::uint16_t>(channel_count_ * kBits / 8);
  out.put(as_bytes("RIFF"));
  out.little(static_cast<std::uint32_t>(kHeaderBytes - 8 + data_bytes_));
  out.put(as_bytes("WAVEfmt "));
  out.little(std::uint32_t{40});
  out.little(kExtensible);
  out.little(std::uint16_t{channel_count_});
  out.little(rate_hz_);
  out.little(rate_hz_ * frame_bytes);
  out.little(frame_bytes);
  out.little(kBits);
  out.little(std::uint16_t{22});
  out.little(kBits);
  out.little(speakers_of(channel_count_));
  out.little(kPcm);
  out.put(as_bytes(kSubtypeTail));
  out.put(as_bytes("data"));
  out.little(data_bytes_);
  return std::fwrite(header.data(), 1, header.size(), file_.get()) == header.size();
}

void WavFile::add(std::span<const float> interleaved) noexcept {
  for (const float sample : interleaved) {
    if (failed_ || data_bytes_ >= kMaxDataBytes) return;
    const auto value = static_cast<std::int16_t>(
        std::lround(std::clamp(std::isfinite(sample) ? sample : 0.0F, -1.0F, 1.0F) * 32'767));
    std::array<std::byte, 2> bytes;
    ByteWriter(bytes).little(value);
    failed_ = std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size();
    data_bytes_ += 2;
  }
}

Result<void> WavFile::finish() {
  failed_ = failed_ || std::fseek(file_.get(), 0, SEEK_SET) != 0 || !write_header();
  failed_ = std::fclose(file_.release()) != 0 || failed_;
  if (failed_) return fail(ErrorKind::refused, "cannot write {}: is the disk full?", path_);
  return {};
}

}  // namespace pf::client_audio
