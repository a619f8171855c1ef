// Hears a session's sound while the probe looks at its pictures: plays it, writes it down, judges
// it and tells how far it is from the pictures.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/audio/session_sound.h"
#include "client/audio/wav_file.h"
#include "client/probe/options.h"
#include "client/probe/sound_report.h"
#include "core/audio/tone_check.h"
#include "core/endpoint/client_endpoint.h"

namespace pf::probe {

class SoundWatch final : public client_audio::SoundListener {
 public:
  // Begins at once. Without --audio-play nobody hears it and no sound server is needed. Both
  // outlive it.
  SoundWatch(const SoundOptions& options, endpoint::ClientEndpoint& client, const Clock& clock);
  ~SoundWatch() override;

  void hear(std::span<const float> interleaved) noexcept override;

  // A picture that the host stamped `pts` is shown at `shown_at`.
  void on_picture(WireTime pts, LocalTime shown_at);

  // Ends it; once.
  SoundReport finish();

 private:
  static constexpr std::size_t kMaxOffsets = 1 << 20;  // hours
  static constexpr std::size_t kMaxGaps = 256;         // more tell no more

  const message::Welcome& welcome_;
  const Clock& clock_;
  std::optional<audio::ToneCheck> check_;
  std::uint64_t gap_count_ = 0;
  std::vector<LocalTime> gaps_at_;
  std::optional<client_audio::WavFile> wav_;
  std::string trouble_;
  std::vector<std::int64_t> behind_picture_ns_;
  std::unique_ptr<client_audio::SessionSound> sound_;  // last: its thread uses the rest
};

}  // namespace pf::probe
