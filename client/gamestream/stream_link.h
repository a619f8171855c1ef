// A stream from a GameStream host, from RTSP to the end: frames to decode, packets of sound, input
// the other way (docs/protocol/gamestream.md sections 7 to 11).
//
// A thread of its own holds the three connections, so that neither pings nor acknowledgements wait
// for a decoder.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/gamestream/control_link.h"
#include "client/gamestream/nvhttp_client.h"
#include "client/gamestream/protocol/audio_depacketiser.h"
#include "client/gamestream/protocol/input.h"
#include "client/gamestream/protocol/video_depacketiser.h"
#include "client/gamestream/protocol/video_opener.h"
#include "core/net/udp_port.h"
#include "core/runtime/doorbell.h"

namespace pf::gamestream_client {

struct StreamEnding {
  enum class Cause {
    ours,
    host,    // it said why, with a termination message
    lost,    // the control connection broke, or fell silent
    silent,  // no picture within the time that stock clients wait
  };
  Cause cause = Cause::ours;
  std::uint32_t reason = 0;  // of a termination
  std::string sentence;
};

struct StreamFigures {
  VideoCounts video;
  AudioCounts audio;
  std::uint64_t video_bytes = 0;       // UDP payload, parity and encryption included
  std::uint64_t forged_video = 0;      // that could not be decrypted, or came twice
  std::uint64_t stranger_packets = 0;  // from another address than the host's media ports
  std::uint64_t control_faults = 0;    // messages that could not be opened or understood
  std::uint64_t rumbles = 0;
  bool hdr_told = false;  // the host said whether the stream is HDR
  std::uint32_t round_trip_ms = 0;
  std::uint64_t overruns = 0;  // frames that nobody fetched
};

class StreamLink {
 public:
  struct Params {
    Endpoint host;  // any port: those of RTSP and media come from the host
    SessionUrl url;
    StreamWish wish;
    LaunchKeys keys;
    // Told once what the host granted, before anything comes.
    std::function<void(const StreamGrant&)> agreed;
    // Told of each packet of sound, in order, on the link's thread.
    std::function<void(const AudioPacket&)> hear;
  };

  // Talks RTSP and connects; then frames come.
  static Result<std::unique_ptr<StreamLink>> open(Params params, const Clock& clock);
  ~StreamLink();

  const StreamGrant& grant() const noexcept { return grant_; }

  // Owner. The next frame; empty: none came in time. An error is the end: ending() tells which.
  Result<std::optional<VideoFrame>> next_frame(Nanos patience);
  void send(InputPacket packet);
  void ask_for_idr();

  StreamFigures figures() const;
  const StreamEnding& ending() const noexcept { return ending_; }

  // Takes leave; the application goes on at the host.
  void close();

 private:
  static constexpr std::size_t kMaxFrames = 256;  // four seconds that a decoder may fall behind

  struct Outgoing {
    ControlMessage message;
    std::uint8_t channel = 0;
    Delivery delivery = Delivery::reliable;
  };
  struct Ping {
    Endpoint to;
    std::string payload;
    std::uint32_t count = 0;
    LocalTime due;
  };

  StreamLink(Params params, const Clock& clock);
  Result<void> open_ports();
  Result<void> talk();
  Result<void> connect();
  void say(ControlMessage message, std::uint8_t channel, Delivery delivery = Delivery::reliable);

  void run();
  void wait_for_something();
  void take_video();
  void take_audio();
  void tell_wishes();
  void send_outgoing();
  void send_pings(LocalTime now);
  void hear_host(const ControlSeal::Opened& opened);
  void watch_silence(LocalTime now);
  void end(StreamEnding::Cause cause, std::string sentence, std::uint32_t reason = 0);
  void ping(net::UdpPort& port, Ping& ping, LocalTime now);
  void publish();

  const Params params_;
  const Clock& clock_;
  StreamGrant grant_;
  std::unique_ptr<net::UdpPort> video_port_, audio_port_;
  std::unique_ptr<ControlLink> control_;
  std::optional<VideoDepacketiser> video_;
  std::optional<AudioDepacketiser> audio_;
  std::optional<VideoOpener> opener_;
  Ping video_ping_, audio_ping_;
  LocalTime control_ping_due_, connected_at_, published_at_;
  std::optional<LocalTime> first_packet_at_;
  bool first_key_seen_ = false;
  std::vector<net::Datagram> datagrams_;
  StreamFigures own_figures_;  // the thread's

  mutable std::mutex mutex_;
  std::deque<VideoFrame> frames_;   // guarded
  std::vector<Outgoing> outgoing_;  // guarded
  StreamFigures figures_;           // guarded
  bool ended_ = false;              // guarded
  StreamEnding ending_;             // written before ended_, never after
  Doorbell owner_bell_, thread_bell_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pf::gamestream_client
