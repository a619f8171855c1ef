// Everything a GameStream session will do, decided once, from what its launch agreed and what its
// client announced: pure. Source: docs/protocol/gamestream.md sections 6.1, 7.6, 9 and 10.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "host/gamestream/protocol/stream_request.h"
#include "host/gamestream/server/audio_outlet.h"
#include "host/gamestream/server/launch.h"
#include "host/gamestream/server/video_outlet.h"
#include "host/pipeline/audio_worker.h"
#include "host/pipeline/video_worker.h"

namespace pf::gamestream {

// What the host gives to every stream.
struct StreamOffer {
  std::uint32_t fec_percent = 20;
  bool sends_sound = true;
  bool plays_on_host = false;  // also where the client did not ask for it
  display::CaptureWay capture = display::CaptureWay::best;
  std::string run_as;
  bool marks_traffic = true;  // where the client wishes it, in private networks
  Nanos resume{0};  // how long an app goes on without a stream, for its device to come back
};

struct StreamPlan {
  DisplayMode mode;
  std::uint32_t bitrate_kbps = 0;
  pipeline::VideoWork video;
  VideoOutletParams video_outlet;  // but for began_at
  std::optional<pipeline::AudioWork> audio;
  AudioPacketParams audio_outlet;  // if there is `audio`
  std::uint8_t audio_dscp = net::kUnmarked;
};

// `display` says what runs for the launch's application; its mode and user are the stream's.
// `refused`, with a sentence for the client: its mode is beyond what a display here can have, or it
// takes media without knowing whose they are.
Result<StreamPlan> plan_stream(const Launch& launch, const StreamRequest& request,
                               const StreamOffer& offer, display::DisplayRequest display);

}  // namespace pf::gamestream
