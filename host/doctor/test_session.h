// A whole session in this process: the host's native door on loopback, a client of
// core/endpoint, and between them a way that loses packets. The client looks at every picture and
// hears every sample. One thread, besides those that host and client have themselves.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/audio/session_sound.h"
#include "client/decode/decoder.h"
#include "core/audio/tone_check.h"
#include "core/endpoint/client_endpoint.h"
#include "core/quic/tls_identity.h"
#include "host/doctor/lossy_relay.h"
#include "host/doctor/patient.h"
#include "host/doctor/tone_program.h"
#include "host/native/native_door.h"
#include "host/session/roster.h"
#include "host/trust/trust_registry.h"
#include "pattern/judge.h"

namespace pf::doctor {

// Two packets of a hundred, in each direction: a bad wireless network.
inline constexpr unsigned kLossPermille = 20;

class TestSession final : private client_audio::SoundListener {
 public:
  explicit TestSession(Patient& patient);
  ~TestSession() override;

  // Until the client has decoded its first picture.
  Result<std::string> connect();
  // From then on, for a while, with losses.
  Result<std::string> stream();

  struct Seen {
    bool streamed = false;  // stream() went to its end, and the rest is of use
    pattern::PictureJudge::Counts pictures;
    double largest_colour_error = 0;
    Nanos latency{0};  // from drawn to decoded: the median
    endpoint::ReceiveStats received;
    std::vector<HealthRow> broken;           // parts that did not work, or did not all the time
    std::optional<audio::ToneReport> sound;  // empty: this session has none
    std::string no_sound;                    // why
  };
  const Seen& seen() const noexcept { return seen_; }
  bool connected() const noexcept { return client_ != nullptr; }

 private:
  Result<void> open_host(const config::HostConfig& config);
  Result<void> open_client();
  std::string why_no_sound(const config::HostConfig& config) const;
  void open_sound(const config::HostConfig& config);
  Result<void> watch(Nanos span);
  void look_at(const endpoint::AccessUnit& unit);
  void take_stock();
  std::string reasons() const;
  void hear(std::span<const float> interleaved) noexcept override;

  Patient& patient_;
  Seen seen_;
  std::string folder_;
  HealthBoard board_;
  std::unique_ptr<restore::UndoJournal> journal_;
  std::optional<quic::TlsIdentity> tls_;
  std::unique_ptr<trust::TrustRegistry> trust_;
  std::optional<session::Roster> roster_;
  std::unique_ptr<native::NativeDoor> door_;
  std::unique_ptr<LossyRelay> relay_;
  std::unique_ptr<decode::Decoder> decoder_;
  std::unique_ptr<endpoint::ClientEndpoint> client_;
  pattern::PictureJudge judge_;
  std::vector<Nanos> latencies_;
  std::uint64_t decoded_ = 0;
  std::mutex sound_mutex_;
  std::optional<audio::ToneCheck> tone_;  // under sound_mutex_
  std::unique_ptr<client_audio::SessionSound> sound_;
  std::unique_ptr<ToneProgram> program_;  // ends first
};

}  // namespace pf::doctor
