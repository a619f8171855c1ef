#include "host/gamestream/protocol/control_session.h"

#include <algorithm>
#include <utility>

namespace pf::gamestream {
namespace {

using input::Device;

constexpr std::array kDevices{Device::keyboard, Device::pointer, Device::gamepad};

}  // namespace

const char* to_string(ControlOver::Why why) noexcept {
  switch (why) {
    case ControlOver::Why::left:
      return "has left";
    case ControlOver::Why::silent:
      return "fell silent";
    case ControlOver::Why::never_came:
      return "never opened its control connection";
    case ControlOver::Why::ended:
      break;
  }
  return "was told that it is over";
}

ControlSession::ControlSession(const ControlSessionParams& params, LocalTime now)
    : grants_(params.grants),
      packets_(params.key, params.iv),
      translator_(params.picture),
      heard_at_(now) {}

void ControlSession::handle(Input input, LocalTime now) {
  if (over()) return;
  std::visit([&](const auto& what) { on(what, now); }, input);
}

void ControlSession::on(const ControlUp&, LocalTime now) {
  if (state_ != State::awaiting) return;
  state_ = State::up;
  heard_at_ = now;
  gate_.on_heard(now);
}

void ControlSession::on(const ControlPacket& packet, LocalTime now) {
  const auto opened = packets_.open(packet.bytes);
  switch (opened.fault) {
    case ControlPackets::Fault::malformed:
      ++counts_.malformed;
      return;
    case ControlPackets::Fault::forged:
      ++counts_.forged;
      return;
    case ControlPackets::Fault::replayed:
      ++counts_.replayed;
      return;
    case ControlPackets::Fault::none:
      break;
  }
  ++counts_.packets;
  heard_at_ = now;
  gate_.on_heard(now);
  const auto said = parse_client_control(opened.text);
  if (!said) {
    ++counts_.unknown;
    return;
  }
  std::visit([&](const auto& what) { hear(what, now); }, *said);
}

void ControlSession::hear(const RequestIdr&, LocalTime) {
  // The first one only stands where older clients said "start"; the stream begins with a key frame.
  if (std::exchange(asked_, true)) outputs_.emplace_back(KeyframeWanted{});
}

void ControlSession::hear(const StartB&, LocalTime) {
  asked_ = true;
  if (std::exchange(started_, true)) return;
  outputs_.emplace_back(StreamWanted{});
  say(hdr_);
}

void ControlSession::hear(const InvalidateReferences& frames, LocalTime) {
  outputs_.emplace_back(frames);
}

void ControlSession::hear(const Ping&, LocalTime) {}

void ControlSession::hear(const FecStatus& status, LocalTime) { outputs_.emplace_back(status); }

void ControlSession::hear(const LongTermReferenceAck& ack, LocalTime) {
  outputs_.emplace_back(ack);
}

void ControlSession::hear(const InputData& data, LocalTime now) {
  const auto packet = parse_input_packet(data.packet);
  if (!packet) {
    ++counts_.unknown_input;
    return;
  }
  take_input(*packet, now);
}

void ControlSession::take_input(const InputPacket& packet, LocalTime now) {
  const auto report = [&](const auto& what) {
    if (grants_.allows(message::Grant::gamepad)) outputs_.emplace_back(PadReport(what));
  };
  if (const auto* touch = std::get_if<PadTouchpad>(&packet)) return report(*touch);
  if (const auto* sensor = std::get_if<PadSensor>(&packet)) return report(*sensor);
  if (const auto* battery = std::get_if<PadBattery>(&packet)) return report(*battery);
  if (const auto* arrival = std::get_if<PadArrival>(&packet)) report(*arrival);
  if (std::holds_alternative<HapticsEnable>(packet)) return;
  const auto events = translator_.translate(packet);
  if (events.empty()) ++counts_.not_injectable;
  for (const message::InputEvent& event : events) {
    if (const auto admitted = gate_.admit(event, grants_, now))
      outputs_.emplace_back(InjectInput{*admitted});
  }
  if (gate_.take_overrun()) release(std::nullopt);
}

void ControlSession::release(std::optional<Device> device) {
  if (!device) gate_.on_released();
  translator_.on_released(device);
  outputs_.emplace_back(ReleaseInput{device});
}

void ControlSession::on(const ControlGrants& grants, LocalTime) {
  const message::Grants before = std::exchange(grants_, grants.grants);
  for (const Device device : kDevices) {
    const message::Grant grant = input::grant_for(device);
    if (before.allows(grant) && !grants_.allows(grant)) release(device);
  }
}

void ControlSession::on(const HdrMode& mode, LocalTime) {
  hdr_ = mode;
  if (started_) say(hdr_);
}

template <class PadMessage>
void ControlSession::on(const PadMessage& message, LocalTime now) {
  feedback_.put(message);
  say_waiting(now);
}

void ControlSession::say_waiting(LocalTime now) {
  if (state_ != State::up) return;
  while (const auto message = feedback_.take(now)) say(*message);
}

void ControlSession::say(const HostControl& message) {
  if (state_ != State::up) return;
  ControlRoom room{};
  const ControlText text = write_host_control(message, room);
  const Bytes packet = packets_.seal(text.type, text.payload);
  outputs_.emplace_back(SendControlPacket{{packet.begin(), packet.end()}});
}

void ControlSession::on(const ControlDown&, LocalTime) { end(ControlOver::Why::left); }

void ControlSession::on(const ControlEnd& wish, LocalTime) {
  // A connection that is merely closed would be shown to the user as an error.
  say(Termination{wish.reason});
  end(ControlOver::Why::ended);
}

void ControlSession::end(ControlOver::Why why) {
  for (const message::InputEvent& event : translator_.leave())
    outputs_.emplace_back(InjectInput{event});
  release(std::nullopt);
  outputs_.emplace_back(PartFromClient{});
  outputs_.emplace_back(ControlOver{why, gate_.counts()});
  state_ = State::over;
}

void ControlSession::handle_timeout(LocalTime now) {
  if (over()) return;
  if (state_ == State::awaiting && now >= heard_at_ + kConnectPatience)
    return end(ControlOver::Why::never_came);
  if (state_ == State::up && now >= heard_at_ + kSilence) {
    say(Termination{});
    return end(ControlOver::Why::silent);
  }
  if (const auto due = gate_.release_due(); due && *due <= now) release(std::nullopt);
  say_waiting(now);
}

std::optional<LocalTime> ControlSession::next_timeout() const {
  if (over()) return std::nullopt;
  LocalTime due = heard_at_ + (state_ == State::awaiting ? kConnectPatience : kSilence);
  if (const auto release = gate_.release_due()) due = std::min(due, *release);
  if (state_ == State::up) {
    if (const auto feedback = feedback_.next_due()) due = std::min(due, *feedback);
  }
  return due;
}

std::optional<ControlSession::Output> ControlSession::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

}  // namespace pf::gamestream
