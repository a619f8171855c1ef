// The working half of one client's stream: its display, its capture, its encoders, its outlets, the
// devices its client's input goes to, and the threads that turn them. The thinking half is the
// session machine of the front door.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/runtime/doorbell.h"
#include "core/runtime/supervised_thread.h"
#include "host/blackbox/session_tap.h"
#include "host/input/gamepads.h"
#include "host/pipeline/audio_worker.h"
#include "host/pipeline/input_worker.h"
#include "host/pipeline/video_worker.h"

namespace pf::session {

// What a session tells its door. Called on its worker threads: the door puts it into a box and
// rings a bell.
struct SessionEvents {
  // First, after each healing, and after each change of the mode.
  std::function<void(const pipeline::EpochOpened&)> opened;
  std::function<void(const Error&)> healing;
  std::function<void(const Error&)>
      over;  // nothing more comes: set-up failed, or trying again is no use
  // What programs do to the client's gamepads; of many, the newest of each kind counts. From any
  // thread. Empty: this door cannot tell its clients.
  input::TellPad pad_feedback;
};

// What an outlet works with; outlives it.
struct SessionParts {
  Doorbell send_bell, video_bell, audio_bell, input_bell;
  pipeline::FrameSteering steering;
  Latest<DisplayMode> mode_wish;
  // Shared with the recorder, which may look at it when the session is over.
  const std::shared_ptr<recorder::SessionTrace> trace = std::make_shared<recorder::SessionTrace>();
  // Likewise with the black box.
  const std::shared_ptr<blackbox::SessionTap> tap = std::make_shared<blackbox::SessionTap>();
  pipeline::StageCpu cpu;
  pipeline::StageCounts counts;
  pipeline::SoundCounts sound;
  pipeline::InputStats input;

  explicit SessionParts(std::uint32_t bitrate_kbps) : steering(video_bell, bitrate_kbps) {}
};

using OpenOutlet = std::function<std::unique_ptr<pipeline::FrameOutlet>(SessionParts&)>;

// Sound, for sessions that have it. Where it cannot be had, pictures go on without.
struct SessionSound {
  pipeline::AudioWork work;
  std::function<std::unique_ptr<pipeline::AudioOutlet>(SessionParts&)> open_outlet;
};

class Session {
 public:
  // Starts at once. `name` is what logs and the health board call it: "session 3".
  Session(const std::string& name, pipeline::VideoWork work,
          const std::optional<SessionSound>& sound, pipeline::Backends backends,
          std::uint32_t bitrate_kbps, const OpenOutlet& open_outlet, HealthBoard& board,
          const Clock& clock, SessionEvents events);
  ~Session();

  // Returns at once: no picture or sound is made or sent any more.
  void ask_to_stop() noexcept;
  // Ends all threads and waits for them; a display that nobody else holds, and its command, end
  // with them, which may take a second or two. Afterwards parts() are final.
  void stop();

  // Any thread. The screen is to have this mode; `opened` tells what came of it.
  void switch_mode(const DisplayMode& mode) {
    parts_.mode_wish.put(mode);
    parts_.video_bell.ring();
  }
  pipeline::FrameSteering& steering() noexcept { return parts_.steering; }
  pipeline::InputWorker& input() noexcept { return input_worker_; }
  // For what gamepads say that InputEvent has no words for; their events go to input().
  input::Gamepads& gamepads() noexcept { return gamepads_; }
  const SessionParts& parts() const noexcept { return parts_; }
  pipeline::FrameOutlet& outlet() noexcept { return *outlet_; }

 private:
  void start_sound(const std::string& name, const SessionSound& sound,
                   const pipeline::Backends& backends, HealthBoard& board, const Clock& clock);

  const SessionEvents events_;
  SessionParts parts_;  // outlives everybody who rings its bells
  std::unique_ptr<pipeline::FrameOutlet> outlet_;
  blackbox::VideoTap video_tap_;                         // before it
  std::unique_ptr<pipeline::AudioOutlet> sound_outlet_;  // empty: no sound
  std::optional<blackbox::SoundTap> sound_tap_;
  std::atomic<bool> was_open_{false};
  input::Gamepads gamepads_;  // outlives the devices of a desktop that died
  pipeline::InputWorker input_worker_;
  std::optional<pipeline::VideoWorker> video_worker_;
  std::optional<pipeline::AudioWorker> audio_worker_;
  std::optional<SupervisedThread> audio_;
  std::optional<SupervisedThread> send_;  // ends after video_, which feeds it
  std::optional<SupervisedThread> video_;
  std::optional<SupervisedThread> input_;  // ends first: it lets go of what the client holds
};

}  // namespace pf::session
