// What programs play on this machine, taken from PipeWire.
//
// Either from a sink of ours, `punktfunk`, which is the default device while somebody wants its
// sound, so that the host itself is quiet; or from the monitor of whatever the default device is.
// There is one sink for all sessions: the first one makes it, the others listen to its monitor, and
// when it goes, the next one makes it anew.
//
// The sink outlives the session manager: until there is another it is quiet, and then goes on.
#pragma once

#include <atomic>
#include <memory>

#include "core/runtime/sample_ring.h"
#include "host/audio/audio_source.h"
#include "host/audio/pipewire/default_device_lease.h"
#include "sound/pipewire/manager_watch.h"
#include "sound/pipewire/stream.h"

namespace pf::audio::pipewire {

inline constexpr const char* kSinkName = "punktfunk";

struct SourceSurroundings {
  // Which server. Empty: whichever the environment names when a source is opened.
  sound::ServerAddress server;
  restore::UndoJournal* journal = nullptr;  // may be null, see DefaultDeviceLease
};

// What `surroundings` points to outlives every source.
AudioBackend backend(const SourceSurroundings& surroundings);

class PipeWireSource final : public AudioSource {
 public:
  // The right to have the sink; among sessions, the one that set it.
  using SinkClaim = std::shared_ptr<std::atomic<bool>>;

  static Result<std::unique_ptr<AudioSource>> open(const SourceSurroundings& surroundings,
                                                   SinkClaim claim, const SourceRequest& request,
                                                   Doorbell& bell, const Clock& clock);
  ~PipeWireSource() override;

  Result<SoundRead> read(std::span<float> interleaved, Doorbell& bell, Nanos patience) override;
  Nanos latency() const noexcept override;

 private:
  enum class Way : std::uint8_t {
    own_sink,      // we have made it, and it is the default
    shared_sink,   // another session has made it
    default_sink,  // whatever the user's is
  };

  PipeWireSource(const SourceSurroundings& surroundings, SinkClaim claim,
                 const SourceRequest& request, Doorbell& bell, const Clock& clock);
  Result<void> connect(const SourceRequest& request);
  void take_in(const sound::StreamBlock& block) noexcept;
  SoundRead pop(std::span<float> interleaved) noexcept;
  Result<void> take_lease();
  Result<void> keep_lease();
  Result<void> check();

  const SinkClaim claim_;
  const sound::ServerAddress server_;
  restore::UndoJournal* const journal_;
  const Clock& clock_;
  Doorbell& bell_;
  Way way_ = Way::default_sink;
  SampleRing ring_;
  // When sample 0 of the ring's count would have been captured: a sample's stamp is this and its
  // number's worth of time. Each cycle sets it anew.
  std::atomic<std::int64_t> origin_ns_{0};
  std::uint64_t pushed_count_ = 0;  // data thread
  std::uint64_t popped_count_ = 0;  // reader
  std::unique_ptr<sound::Connection> connection_;
  std::unique_ptr<sound::Stream> stream_;
  // Unless somebody else's sink is shared. A connection of its own, see DefaultNodes.
  std::unique_ptr<sound::Connection> manager_connection_;
  std::unique_ptr<sound::ManagerWatch> manager_;
  // Of an own sink only.
  unsigned lease_arrival_ = 0;                 // the count of managers when the lease was taken
  std::unique_ptr<DefaultDeviceLease> lease_;  // first to go: the default before its sink
};

}  // namespace pf::audio::pipewire
