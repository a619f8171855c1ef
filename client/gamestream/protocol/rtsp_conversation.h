// The seven requests that make a stream, in their order, and what comes of the answers
// (docs/protocol/gamestream.md section 7.4). Pure: the caller carries them to the host.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/gamestream/protocol/host_answers.h"
#include "client/gamestream/protocol/rtsp.h"
#include "client/gamestream/protocol/stream_wish.h"
#include "core/base/result.h"

namespace pf::gamestream_client {

class RtspConversation {
 public:
  enum class Step {
    options,
    describe,
    setup_audio,
    setup_video,
    setup_control,
    announce,
    play,
    done
  };

  RtspConversation(const StreamWish& wish, SessionUrl url);

  // The next request; empty: PLAY was answered.
  std::optional<std::string> request() const;
  // All that the host said to it. `refused` and `malformed` as parse_rtsp_answer() says.
  Result<void> answer(std::string_view text);

  // The one to be asked or answered next. Audio pings begin behind setup_audio.
  Step step() const noexcept { return step_; }
  // Whole once done.
  const StreamGrant& grant() const noexcept { return grant_; }

 private:
  unsigned cseq() const noexcept { return static_cast<unsigned>(step_) + 1; }
  // 0.0.0.0 asks for stereo of low quality.
  std::string host() const;
  std::string target() const;

  Result<void> take_description(const std::string& text);
  Result<void> take_surround(const std::string& text);
  Result<void> take_setup(const RtspAnswer& answer);
  void decide();

  const StreamWish wish_;
  const SessionUrl url_;
  Step step_ = Step::options;
  StreamGrant grant_;
};

}  // namespace pf::gamestream_client
