// The user's voice on its way to the host: input → Opus → datagrams of the session.
//
// A thread of its own reads, encodes and sends; it opens the input anew, with backoff, when its
// server goes. The encoder and the numbers of the packets outlive the input.
// Source: docs/protocol/punktfunk1.md section 9.6.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/audio/audio_input.h"
#include "core/audio/opus_encoder.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"

namespace pf::client_audio {

class VoiceSender {
 public:
  // `packet`: 5, 10 or 20 ms of sound in each. `client` and `clock` outlive the sender.
  VoiceSender(endpoint::ClientEndpoint& client, OpenAudioInput open, milliseconds packet,
              const Clock& clock);

  std::uint64_t packets_sent() const noexcept { return packets_sent_.load(); }
  // Why there is no input now; empty: there is one.
  std::string trouble() const;

 private:
  Result<void> work(Shift& shift);

  endpoint::ClientEndpoint& client_;
  const OpenAudioInput open_;

  // The sender's thread.
  std::optional<audio::OpusEncoder> encoder_;
  std::vector<float> samples_;
  std::uint32_t sequence_ = 0;
  const Clock& clock_;

  std::atomic<std::uint64_t> packets_sent_{0};
  mutable std::mutex mutex_;
  std::string trouble_;  // guarded by mutex_

  Doorbell bell_;
  HealthBoard board_;
  std::optional<SupervisedThread> thread_;  // last: it uses all of the above
};

}  // namespace pf::client_audio
