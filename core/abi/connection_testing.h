// A connection without a network, for tests of what happens between the C functions and it.
#pragma once

#include <vector>

#include "core/abi/connection.h"
#include "core/abi/system.h"

namespace pf::abi {

// A session with nobody at the other end: takes datagrams as if they came, keeps what goes.
class QuietEndpoint final : public endpoint::ClientEndpoint {
 public:
  explicit QuietEndpoint(std::vector<message::ClientDatagram>& sent) : sent_(sent) {
    welcome_.capabilities.add(message::Capability::takes_pen)
        .add(message::Capability::sends_pad_audio);
  }

  const message::Welcome& welcome() const noexcept override { return welcome_; }
  const crypto::Fingerprint& host_fingerprint() const noexcept override { return fingerprint_; }
  tl::expected<std::optional<endpoint::AccessUnit>, endpoint::Ending> next_access_unit(
      Nanos) override {
    return std::optional<endpoint::AccessUnit>();
  }
  void presented(WireTime, LocalTime) override {}
  void decoded(bool) override {}
  void request_mode(const DisplayMode&) override {}
  DisplayMode mode() const override { return {}; }
  void begin_speed_test(const control::SpeedTestWanted&) override {}
  std::optional<control::SpeedTested> speed_tested() const override { return std::nullopt; }
  tl::expected<control::SpeedTested, endpoint::Ending> test_speed(
      const control::SpeedTestWanted&) override {
    return tl::unexpected(endpoint::Ending{});
  }
  endpoint::ReceiveStats stats() const override { return {}; }
  std::vector<message::HostTiming> host_timings() const override { return {}; }
  endpoint::ClockReading clock_reading() const override { return {}; }
  endpoint::Access access() const override { return {}; }
  endpoint::Interruptions interruptions() const override { return {}; }
  std::optional<endpoint::Ending> ending() const override { return std::nullopt; }
  bool adapts_rate() const noexcept override { return true; }
  void decode_took(Nanos) override {}
  void say(message::ControlMessage) override {}
  void send(const message::ClientDatagram& datagram) override { sent_.push_back(datagram); }
  void let_go_of_input() override {}
  endpoint::ClientPlanes& planes() noexcept override { return planes_; }
  void close(message::CloseCode) override { planes_.end(); }

 private:
  std::vector<message::ClientDatagram>& sent_;
  message::Welcome welcome_;
  crypto::Fingerprint fingerprint_{};
  endpoint::ClientPlanes planes_{system_clock()};
};

}  // namespace pf::abi
