// Writes sound to a WAV file, 16 bits, to be listened to (RFC 2361; WAVE_FORMAT_EXTENSIBLE, which
// names the speakers). One thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"

namespace pf::client_audio {

class WavFile {
 public:
  // In the order of core/audio/speaker_layout.h, which is that of the format.
  static Result<WavFile> create(const std::string& path, std::uint8_t channel_count,
                                std::uint32_t rate_hz);

  // Beyond full scale is clipped; what no longer fits the format's 4 GiB is left out.
  void add(std::span<const float> interleaved) noexcept;

  // Closes it. A failure of any call before shows here.
  Result<void> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  WavFile(std::string path, std::FILE* file, std::uint8_t channel_count, std::uint32_t rate_hz)
      : path_(std::move(path)), file_(file), channel_count_(channel_count), rate_hz_(rate_hz) {}

  bool write_header() noexcept;

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint8_t channel_count_;
  std::uint32_t rate_hz_;
  std::uint32_t data_bytes_ = 0;
  bool failed_ = false;
};

}  // namespace pf::client_audio
