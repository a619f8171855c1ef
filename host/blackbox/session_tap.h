// What a session's threads do for the black box: they lay what their encoders made into a queue,
// and ask for a key frame now and then. Off, it is one load for each picture.
//
// Shared by the session, whose threads write, and the black box, which reads and may outlive it.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/result.h"
#include "host/blackbox/unit_queue.h"
#include "host/pipeline/audio_outlet.h"
#include "host/pipeline/frame_outlet.h"
#include "host/pipeline/frame_steering.h"

namespace pf::blackbox {

class SessionTap {
 public:
  // What the reader's pauses may bring: a second at 60 Mbit/s. Taken from the system when the black
  // box is on, and as it is used.
  static constexpr std::size_t kPictureQueueBytes = 8 << 20;
  static constexpr std::size_t kSoundQueueBytes = 1 << 20;  // a second of 7.1 in 24 bits, PCM
  // A clip begins with a key frame, at most so long before what was asked for. One picture less
  // than 20 s, since the wish is for the picture after the one that finds the time to be up.
  static constexpr Nanos kKeyFrameEvery = milliseconds(19'500);

  struct Counts {  // while it was on
    std::uint64_t picture_bytes = 0;
    std::uint64_t key_frames = 0;  // of those that we asked for
    std::uint64_t key_frame_bytes = 0;
    std::uint64_t left_out = 0;  // units that found no room
  };

  // --- The video thread.
  void begin_epoch(const encode::StreamParameters& parameters) noexcept;
  void on_part(const encode::AccessUnitPart& part, pipeline::FrameSteering& steering) noexcept;
  // --- Before the sound thread runs, if there is one.
  void set_sound(const SoundFormat& format) noexcept { sound_ = format; }
  // --- The sound thread.
  void on_sound(Bytes frame, LocalTime captured_at) noexcept;

  // --- The black box, on one thread at a time.
  struct Wish {
    bool on = false;
    // Besides kKeyFrameEvery: after so many bytes, so that several of them fit the memory.
    std::uint64_t key_frame_every_bytes = 0;
  };
  void set(const Wish& wish) noexcept;
  bool on() const noexcept { return on_.load(std::memory_order_relaxed); }
  // What is kept cannot go on without one.
  void want_key_frame() noexcept { key_wanted_ = true; }
  const SoundFormat& sound() const noexcept { return sound_; }
  UnitQueue& pictures() noexcept { return pictures_; }
  UnitQueue& sounds() noexcept { return sounds_; }
  Counts counts() const noexcept;

 private:
  void finish_picture(const encode::AccessUnitPart& part) noexcept;
  void look_for_key(const encode::AccessUnitPart& part, pipeline::FrameSteering& steering) noexcept;

  UnitQueue pictures_{kPictureQueueBytes}, sounds_{kSoundQueueBytes};
  SoundFormat sound_;
  std::atomic<bool> on_{false};
  std::atomic<bool> key_wanted_{false};
  std::atomic<std::uint64_t> key_frame_every_bytes_{0};
  std::atomic<std::uint64_t> picture_bytes_{0}, key_frames_{0}, key_frame_bytes_{0}, left_out_{0};
  // The video thread's.
  encode::StreamParameters parameters_;
  bool told_parameters_ = false;  // to the reader, since it was switched on
  bool was_on_ = false;
  bool taking_ = false;      // the picture under way
  std::uint64_t bytes_ = 0;  // of it, so far
  bool asked_ = false;       // for the key frame that comes next
  LocalTime last_key_at_;
  std::uint64_t bytes_since_key_ = 0;
};

// Stand before a session's outlets, and change nothing of what goes through.
class VideoTap final : public pipeline::FrameOutlet {
 public:
  // All outlive it.
  VideoTap(pipeline::FrameOutlet& outlet, SessionTap& tap, pipeline::FrameSteering& steering)
      : outlet_(outlet), tap_(tap), steering_(steering) {}

  void begin_epoch(const encode::StreamParameters& parameters) override {
    outlet_.begin_epoch(parameters);
    tap_.begin_epoch(parameters);
  }
  bool has_room() noexcept override { return outlet_.has_room(); }
  Result<void> run(Shift& shift) override { return outlet_.run(shift); }
  // The client's first: nothing of ours delays it.
  void on_part(const encode::AccessUnitPart& part) noexcept override {
    outlet_.on_part(part);
    tap_.on_part(part, steering_);
  }

 private:
  pipeline::FrameOutlet& outlet_;
  SessionTap& tap_;
  pipeline::FrameSteering& steering_;
};

class SoundTap final : public pipeline::AudioOutlet {
 public:
  SoundTap(pipeline::AudioOutlet& outlet, SessionTap& tap) : outlet_(outlet), tap_(tap) {}

  bool wants_sound() const noexcept override { return outlet_.wants_sound(); }
  void offer(Bytes frame, LocalTime captured_at) noexcept override {
    outlet_.offer(frame, captured_at);
    tap_.on_sound(frame, captured_at);
  }

 private:
  pipeline::AudioOutlet& outlet_;
  SessionTap& tap_;
};

}  // namespace pf::blackbox
