// The sound of a session, from what the host sends to an output that may die and come back.
//
// A thread of its own takes packets off the session's plane, lets core/audio's player make sound of
// them as the output asks for it, and opens the output anew, with backoff, when its server goes.
// The player outlives the output: what it learnt about network and clocks stays.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/audio/audio_output.h"
#include "core/audio/audio_player.h"
#include "core/base/time.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"

namespace pf::client_audio {

// Hears all that is played, on the sound thread. Must not block.
class SoundListener {
 public:
  virtual ~SoundListener() = default;
  virtual void hear(std::span<const float> interleaved) noexcept = 0;
};

// Sound that was due and not there.
struct SoundLack {
  LocalTime at;
  enum class Where : std::uint8_t {
    player,  // nothing had come from the host in time
    device,  // the output took what was not yet written
  } where = Where::player;
};

struct SoundFigures {
  audio::AudioPlayerCounts counts;
  Nanos depth{0};  // what waits in the player
  Nanos target{0};
  double drift = 0;              // the host's clock is faster by so much
  std::uint64_t opened = 0;      // times that an output was opened
  Nanos missed{0};               // by the outputs, see AudioOutput
  std::vector<SoundLack> lacks;  // the first kMaxLacks
  std::string trouble;           // why there is no output now; empty: there is one
};

class SessionSound {
 public:
  static constexpr std::size_t kMaxLacks = 256;  // whoever has had so many knows enough

  // All outlive it. `listener` may be null.
  SessionSound(endpoint::ClientEndpoint& client, OpenAudioOutput open, SoundListener* listener,
               const Clock& clock);

  // Owner, once: ends it, with the last figures.
  SoundFigures stop();

  // Any thread.
  SoundFigures figures() const;
  // How long after its stamp by the host sound is heard, on the line from the host's clock to this
  // end's: only differences to other such spans mean anything. Empty while there is silence.
  std::optional<Nanos> lag() const noexcept;

 private:
  Result<void> work(Shift& shift);
  Result<void> open_player();
  Result<void> play(AudioOutput& output, Shift& shift);
  void take_packets();
  void render(AudioOutput& output, std::size_t frames);
  void note_lacks(const AudioOutput& output);
  void publish();

  endpoint::ClientEndpoint& client_;
  const OpenAudioOutput open_;
  SoundListener* const listener_;
  const Clock& clock_;

  // Sound thread.
  std::optional<audio::AudioPlayer> player_;
  std::vector<float> block_;
  LocalTime published_at_;
  Nanos missed_{0};  // by this output, as far as it is noted
  Nanos missed_in_all_{0};
  std::uint64_t dry_spells_ = 0;
  std::vector<SoundLack> lacks_;
  bool session_over_ = false;

  std::atomic<std::int64_t> lag_ns_;
  mutable std::mutex mutex_;
  SoundFigures figures_;

  Doorbell bell_;
  HealthBoard board_;
  std::optional<SupervisedThread> thread_;  // last: it uses all of the above
};

}  // namespace pf::client_audio
