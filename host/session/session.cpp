#include "host/session/session.h"

#include <utility>

namespace pf::session {
namespace {
// A desktop may take 2 s to come up and as long for its mode.
constexpr Nanos kVideoPatience = seconds(5);
// A sound server may take 4 s to let a device in.
constexpr Nanos kSoundPatience = seconds(8);

// A sound server that starts again is found within half a second; looking for one that is not there
// costs a system call.
constexpr BackoffPolicy kSoundBackoff{.longest = milliseconds(500)};
// Devices open within 2 s, after somebody else has opened the display.
constexpr Nanos kInputPatience = seconds(6);

pipeline::InputWorker::OpenSink opener_of(const pipeline::Backends& backends,
                                          input::Gamepads& gamepads) {
  return [target = backends.input_target, open = backends.open_input,
          apart = static_cast<bool>(backends.open_gamepads),
          &gamepads]() -> Result<std::unique_ptr<input::InputSink>> {
    if (!target || !open) return fail(ErrorKind::unavailable, "this host has no input");
    PF_TRY(auto seat, target());
    PF_TRY(auto sink, open(std::move(seat)));
    if (!apart) return sink;
    return input::with_gamepads(std::move(sink), gamepads);
  };
}

input::OpenGamepads gamepads_of(const pipeline::Backends& backends) {
  if (backends.open_gamepads) return backends.open_gamepads;
  return [](const input::TellPad&) -> Result<std::unique_ptr<input::GamepadSink>> {
    return fail(ErrorKind::unavailable, "this host has no devices for gamepads");
  };
}

blackbox::SoundFormat format_of(const pipeline::AudioWork& work) {
  using Codec = blackbox::SoundFormat::Codec;
  return {.codec = work.codec == message::AudioCodec::pcm ? Codec::pcm : Codec::opus,
          .layout = work.source.layout,
          .bits = work.bits};
}

input::TellPad teller_of(const SessionEvents& events) {
  if (events.pad_feedback) return events.pad_feedback;
  return [](const input::PadFeedback&) {};
}

}  // namespace

Session::Session(const std::string& name, pipeline::VideoWork work,
                 const std::optional<SessionSound>& sound, pipeline::Backends backends,
                 std::uint32_t bitrate_kbps, const OpenOutlet& open_outlet, HealthBoard& board,
                 const Clock& clock, SessionEvents events)
    : events_(std::move(events)),
      parts_(bitrate_kbps),
      outlet_(open_outlet(parts_)),
      video_tap_(*outlet_, *parts_.tap, parts_.steering),
      gamepads_(name, gamepads_of(backends), teller_of(events_)),
      input_worker_(opener_of(backends, gamepads_), parts_.input_bell, parts_.input) {
  if (sound) start_sound(name, *sound, backends, board, clock);
  video_worker_.emplace(std::move(work), std::move(backends), video_tap_, parts_.steering,
                        parts_.mode_wish, parts_.cpu, parts_.counts, *parts_.trace, clock,
                        [this](const pipeline::EpochOpened& opened) {
                          was_open_ = true;
                          input_worker_.on_desktop();
                          events_.opened(opened);
                        });
  send_.emplace(ThreadSpec{name + " send", ThreadRole::frame}, BackoffPolicy{}, parts_.send_bell,
                board, clock, [this](Shift& shift) { return outlet_->run(shift); });
  video_.emplace(
      ThreadSpec{name + " video", ThreadRole::frame, kVideoPatience}, BackoffPolicy{},
      parts_.video_bell, board, clock,
      [this](Shift& shift) -> Result<void> {
        Result<void> ended = video_worker_->run(shift);
        // What never opened does not heal: the client is told why instead of waiting.
        if (!ended && !was_open_) ended.error().kind = ErrorKind::refused;
        return ended;
      },
      [this](const Error& error, bool gives_up) {
        (gives_up ? events_.over : events_.healing)(error);
      });
  // Unlike pictures, input that cannot be had ends nothing.
  input_.emplace(ThreadSpec{name + " input", ThreadRole::frame, kInputPatience}, BackoffPolicy{},
                 parts_.input_bell, board, clock,
                 [this](Shift& shift) { return input_worker_.run(shift); });
}

Session::~Session() { stop(); }

void Session::start_sound(const std::string& name, const SessionSound& sound,
                          const pipeline::Backends& backends, HealthBoard& board,
                          const Clock& clock) {
  sound_outlet_ = sound.open_outlet(parts_);
  parts_.tap->set_sound(format_of(sound.work));
  sound_tap_.emplace(*sound_outlet_, *parts_.tap);
  audio_worker_.emplace(sound.work, backends.open_sound, *sound_tap_, parts_.sound, clock);
  audio_.emplace(ThreadSpec{name + " sound", ThreadRole::sound, kSoundPatience}, kSoundBackoff,
                 parts_.audio_bell, board, clock,
                 [this](Shift& shift) { return audio_worker_->run(shift); });
}

void Session::ask_to_stop() noexcept {
  if (send_) send_->ask_to_stop();
  if (video_) video_->ask_to_stop();
  if (audio_) audio_->ask_to_stop();
  if (input_) input_->ask_to_stop();
}

void Session::stop() {
  ask_to_stop();  // all at once
  input_.reset();
  input_worker_.end();
  video_.reset();
  video_worker_.reset();  // and with it the display
  send_.reset();
  audio_.reset();
}

}  // namespace pf::session
