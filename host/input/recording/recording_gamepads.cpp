#include "host/input/recording/recording_gamepads.h"

#include <utility>

namespace pf::input::recording {

PadRecording::Pad PadRecording::pad(std::uint8_t number) const {
  const std::lock_guard lock(mutex_);
  const auto at = pads_.find(number);
  return at == pads_.end() ? Pad{} : at->second;
}

unsigned PadRecording::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

void PadRecording::tell(const PadFeedback& feedback) const {
  const std::lock_guard lock(mutex_);  // so that no sink ends meanwhile
  if (tell_) tell_(feedback);
}

class RecordingGamepads final : public GamepadSink {
 public:
  RecordingGamepads(std::shared_ptr<PadRecording> recording, TellPad tell)
      : recording_(std::move(recording)) {
    const std::lock_guard lock(recording_->mutex_);
    recording_->tell_ = std::move(tell);
    ++recording_->opened_;
  }
  ~RecordingGamepads() override {
    const std::lock_guard lock(recording_->mutex_);
    recording_->tell_ = {};
  }

  void plug(std::uint8_t pad, message::GamepadKind kind, const PadAbilities& abilities) override {
    change(pad, [&](PadRecording::Pad& at) {
      at.kind = kind;
      at.abilities = abilities;
      ++at.plugged;
    });
  }
  void unplug(std::uint8_t pad) override {
    change(pad, [](PadRecording::Pad& at) { ++at.unplugged; });
  }
  void set_state(std::uint8_t pad, const PadState& state) override {
    change(pad, [&](PadRecording::Pad& at) { at.states.push_back(state); });
  }
  void touch(std::uint8_t pad, const PadContact& contact) override {
    change(pad, [&](PadRecording::Pad& at) { at.contacts.push_back(contact); });
  }
  void move(std::uint8_t pad, const PadMotion& motion) override {
    change(pad, [&](PadRecording::Pad& at) { at.motions.push_back(motion); });
  }
  void set_battery(std::uint8_t pad, const PadBattery& battery) override {
    change(pad, [&](PadRecording::Pad& at) { at.batteries.push_back(battery); });
  }

 private:
  template <class Change>
  void change(std::uint8_t pad, Change change) {
    const std::lock_guard lock(recording_->mutex_);
    change(recording_->pads_[pad]);
  }

  const std::shared_ptr<PadRecording> recording_;
};

OpenGamepads open_gamepads(std::shared_ptr<PadRecording> recording) {
  return [recording = std::move(recording)](TellPad tell) -> Result<std::unique_ptr<GamepadSink>> {
    return std::make_unique<RecordingGamepads>(recording, std::move(tell));
  };
}

}  // namespace pf::input::recording
