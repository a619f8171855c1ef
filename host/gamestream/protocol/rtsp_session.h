// The RTSP conversation of one launch: takes requests, answers them, and says when the client has
// named its stream and when it wants it to begin (docs/protocol/gamestream.md sections 7.4 to 7.6).
// Each request comes over a connection of its own, so the conversation lives here. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/gamestream/protocol/rtsp_message.h"
#include "host/gamestream/protocol/stream_request.h"

namespace pf::gamestream {

struct MediaPorts {
  std::uint16_t video = 0, control = 0, audio = 0;
};

class RtspSession {
 public:
  static constexpr std::size_t kPingBytes = 16;  // exactly, or clients ping without a payload

  struct Params {
    Offer offer;
    MediaPorts ports;
    std::string ping_payload;        // kPingBytes characters, drawn for this session
    std::uint32_t connect_data = 0;  // likewise; the control connection shows it
    std::string name;  // of the session: clients say it in every request after their first SETUP
  };
  explicit RtspSession(Params params);

  // Whoever handles the ANNOUNCE starts the stream before the answer goes out. An error that it
  // meets there becomes the answer, by refuse().
  struct Outcome {
    RtspAnswer answer;
    std::optional<StreamRequest> announced;
    bool play = false;
  };
  Outcome handle(const RtspRequest& request);

  static RtspAnswer refuse(const Error& error);

 private:
  RtspAnswer set_up(const RtspRequest& request);
  Outcome announce(const RtspRequest& request);

  const Params params_;
  bool low_quality_stereo_ = false;
  bool announced_ = false;
};

}  // namespace pf::gamestream
