// Where sound comes from.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/audio/speaker_layout.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::audio {

struct SourceRequest {
  SpeakerLayout layout = kStereo;
  // Also heard at the host: what its default device plays. Else programs play into a device of
  // ours, and the host is quiet.
  bool plays_on_host = false;
};

struct SoundRead {
  std::size_t sample_count = 0;  // of each channel; 0: none came
  LocalTime captured_at;         // the first of them
};

// All calls from one thread.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  // The oldest samples not yet returned, as many as there are and fit, channels interleaved in the
  // order of the layout, at 48 kHz, full scale ±1. Empty: none came before `patience` was over or
  // somebody rang the bell. A quiet machine is empty for ever: not an error. Samples that nobody
  // read in time are gone; the stamp of the next ones tells. No allocation. `lost` when the source
  // has died.
  virtual Result<SoundRead> read(std::span<float> interleaved, Doorbell& bell, Nanos patience) = 0;

  // A sample that has not come so long after its capture was silence. May change while reading.
  virtual Nanos latency() const noexcept = 0;
};

struct AudioBackend {
  const char* name;
  // May block up to 4 s. `bell` is the one that read() will be given; it rings when samples come.
  // Both outlive the source. `unavailable` when there is no sound server.
  std::function<Result<std::unique_ptr<AudioSource>>(const SourceRequest& request, Doorbell& bell,
                                                     const Clock& clock)>
      open;
};

}  // namespace pf::audio
