// A voice for tests: 440 Hz into the host's microphone, as a client with a microphone would send
// it.
#pragma once

#include <atomic>
#include <thread>

#include "core/base/time.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/doorbell.h"

namespace pf::probe {

// Sends on a thread of its own from the constructor to the destructor, in real time.
class MicTone {
 public:
  static constexpr double kFrequency_hz = 440;
  static constexpr double kAmplitude = 0.5;  // of full scale

  // `frame`: 5, 10 or 20 ms. The references outlive the tone.
  MicTone(endpoint::ClientEndpoint& client, milliseconds frame, const Clock& clock);
  ~MicTone();
  MicTone(const MicTone&) = delete;
  MicTone& operator=(const MicTone&) = delete;

  std::uint64_t frames_sent() const noexcept { return frames_sent_.load(); }

 private:
  void run();

  endpoint::ClientEndpoint& client_;
  const milliseconds frame_;
  const Clock& clock_;
  Doorbell bell_;
  std::atomic<bool> over_{false};
  std::atomic<std::uint64_t> frames_sent_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pf::probe
