#include "core/control/host_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/control/rate_controller.h"
#include "core/message/text.h"
#include "core/wire/v1/packet_header.h"

namespace pf::control {

using message::CloseCode;

HostSession::HostSession(const HostSessionParams& params, LocalTime now) noexcept
    : params_(params),
      deadline_(now + kStreamTimeout),
      access_({.grants = params.grants, .until = params.access_until}) {}

void HostSession::handle(Input input, LocalTime now) {
  if (phase_ == Phase::over) return;
  std::visit([&](auto& item) { on(std::move(item), now); }, input);
}

std::optional<HostSession::Output> HostSession::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

std::optional<LocalTime> HostSession::next_timeout() const {
  std::optional<LocalTime> earliest = deadline_;
  if (next_access_turn_ && (!earliest || *next_access_turn_ < *earliest)) {
    earliest = next_access_turn_;
  }
  if (phase_ == Phase::streaming && refresh_policy_) {
    const auto shards_due = shards_ ? shards_->next_timeout() : std::nullopt;
    for (const auto& due : {refresh_policy_->next_timeout(), next_gap_word_, shards_due}) {
      if (due && (!earliest || *due < *earliest)) earliest = due;
    }
  }
  if (phase_ == Phase::streaming) {
    const auto due = input_.release_due();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

void HostSession::handle_timeout(LocalTime now) {
  if (phase_ == Phase::streaming && refresh_policy_) refresh(refresh_policy_->handle_timeout(now));
  if (phase_ == Phase::streaming && next_gap_word_ && *next_gap_word_ <= now) {
    tell_of_gap(now);
    next_gap_word_ = now + kGapSpacing;
  }
  if (phase_ == Phase::streaming && shards_) resize_shards(shards_->handle_timeout(now));
  if (next_access_turn_ && *next_access_turn_ <= now) turn_access(now);
  if (phase_ == Phase::streaming) turn_input(now);
  if (!deadline_ || *deadline_ > now) return;
  switch (phase_) {
    case Phase::awaiting_stream:
      return close_now({CloseCode::setup_failed, "the client opened no control stream in 10 s"});
    case Phase::awaiting_hello:
      return close_now({CloseCode::setup_failed, "the client sent no Hello in 10 s"});
    case Phase::awaiting_approval:
      return close_now({CloseCode::approval_timed_out, ""});
    case Phase::planning:
      return close_now({CloseCode::setup_failed, "the desktop was not ready to stream in 10 s"});
    case Phase::awaiting_start:
      return close_now({CloseCode::setup_failed, "the client did not start the session in 10 s"});
    case Phase::stopping:
      return close_now(std::exchange(pending_close_, {}));
    case Phase::losing:
      outputs_.push_back(Close{});
      return finish("the client ended the control stream without a reason", true);
    case Phase::streaming:
    case Phase::over:
      return;
  }
}

void HostSession::on(StreamOpened, LocalTime now) {
  if (phase_ != Phase::awaiting_stream) return;
  phase_ = Phase::awaiting_hello;
  deadline_ = now + kHelloTimeout;
}

void HostSession::on(BrokenHandshake, LocalTime) {
  if (phase_ == Phase::stopping || phase_ == Phase::losing) return;
  close_now({CloseCode::setup_failed, "the client's handshake is not valid"});
}

void HostSession::on(message::ControlMessage&& message, LocalTime now) {
  input_.on_heard(now);
  switch (phase_) {
    case Phase::awaiting_stream:
    case Phase::awaiting_hello:
      if (auto* hello = std::get_if<message::Hello>(&message)) {
        return on_hello(std::move(*hello), now);
      }
      if (auto* request = std::get_if<message::PairRequest>(&message)) {
        return on_pair_request(std::move(*request));
      }
      return;
    case Phase::awaiting_start:
      if (const auto* start = std::get_if<message::Start>(&message)) {
        return begin_streaming(*start, now);
      }
      return on_running_message(message, now);
    case Phase::streaming:
      return on_running_message(message, now);
    case Phase::awaiting_approval:
    case Phase::planning:
    case Phase::stopping:
    case Phase::losing:
    case Phase::over:
      return;
  }
}

void HostSession::on_pair_request(message::PairRequest&& request) {
  outputs_.push_back(PairingWanted{std::move(request)});
  finish("the client wants to pair", false);
}

// In the order of section 3.2.
void HostSession::on_hello(message::Hello&& hello, LocalTime now) {
  if (hello.wire_version != message::kWireVersion) {
    return close_now(
        {CloseCode::wire_version, fmt::format("the host speaks version {}, the client {}",
                                              message::kWireVersion, hello.wire_version)});
  }
  hello_ = std::move(hello);
  // Access that has ended is as good as none: the operator may renew it.
  if (params_.open || (params_.paired && !access_.ended(now))) return admit(now);
  if (!params_.has_identity) return close_now({CloseCode::no_identity, ""});
  phase_ = Phase::awaiting_approval;
  deadline_ = now + kApprovalTimeout;
  outputs_.push_back(ApprovalWanted{hello_.device_name.value_or("")});
}

void HostSession::on(const Approved& approved, LocalTime now) {
  if (phase_ != Phase::awaiting_approval) return;
  access_.change(approved.access);
  admit(now);
}

void HostSession::on(ApprovalRefused&& refusal, LocalTime) {
  if (phase_ == Phase::awaiting_approval) close_now({refusal.code, std::move(refusal.text)});
}

void HostSession::admit(LocalTime now) {
  if (access_.ended(now)) return close_now({CloseCode::access_ended, ""});
  if (hello_.launch_id && !access_.grants().allows(message::Grant::launch)) {
    return close_now({CloseCode::launch_not_permitted, "this device may not launch applications"});
  }
  phase_ = Phase::planning;
  deadline_ = now + kNegotiationTimeout;
  next_access_turn_ = access_.next_after(now);
  media_wanted_ = true;
  bitrate_named_ = hello_.bitrate_kbps != 0;
  reports_phase_ = hello_.capabilities.has(message::Capability::reports_phase);
  speed_test_ = SpeedTestHost(hello_.capabilities.has(message::Capability::separates_probe_frames));
  shard_terms_.client_limit_bytes = hello_.max_shard_bytes;
  outputs_.push_back(PlanWanted{std::move(hello_)});
}

void HostSession::on(const AccessChanged& changed, LocalTime now) {
  if (phase_ == Phase::stopping || phase_ == Phase::losing) return;
  params_.paired = true;
  const message::Grants before = access_.grants();
  access_.change(changed.access);
  if (!media_wanted_) return;  // not admitted yet: looked at then
  release_ungranted(before);
  if (phase_ != Phase::planning) send(access_.update(now));  // else the Welcome says it
  turn_access(now);
}

void HostSession::on(AccessRevoked, LocalTime now) {
  on(EndSession{CloseCode::access_ended, "the device was unpaired"}, now);
}

// A warning is due, or the end.
void HostSession::turn_access(LocalTime now) {
  if (access_.ended(now)) return on(EndSession{CloseCode::access_ended, ""}, now);
  const bool warning = next_access_turn_ && *next_access_turn_ <= now;
  if (warning && phase_ == Phase::streaming) send(access_.update(now));
  next_access_turn_ = access_.next_after(now);
}

void HostSession::on(PlanReady&& plan, LocalTime now) {
  if (phase_ != Phase::planning) return;
  mode_switch_.emplace(plan.welcome.mode, plan.modes);
  refresh_policy_.emplace(plan.can_drop_references);
  if (reports_phase_ && plan.modes) phase_control_.emplace();
  if (plan.max_bitrate_kbps != 0) {
    max_bitrate_kbps_ = std::clamp(plan.max_bitrate_kbps, kMinBitrateKbps, kMaxBitrateKbps);
  }
  shard_terms_.shard_bytes = plan.welcome.shard_bytes;
  shard_terms_.largest_bytes = plan.largest_shard_bytes;
  shard_terms_.overhead_bytes = wire::v1::sealed_packets(plan.welcome.fec.scheme).overhead_bytes();
  bitrate_kbps_ = plan.welcome.bitrate_kbps;
  frame_reports_ms_ = plan.frame_reports_ms;
  plan.welcome.grants = access_.grants();
  plan.welcome.access_expires_in = access_.remaining(now);
  phase_ = Phase::awaiting_start;
  send(std::move(plan.welcome));
}

void HostSession::begin_streaming(const message::Start& start, LocalTime now) {
  phase_ = Phase::streaming;
  deadline_.reset();
  if (shard_terms_.largest_bytes != 0) shards_.emplace(shard_terms_, now);
  outputs_.push_back(StartMedia{start});
  // Clients that do not know it ignore it, and tell nothing.
  if (frame_reports_ms_ != 0) send(message::FrameReportsWanted{.interval_ms = frame_reports_ms_});
}

void HostSession::on(PlanRefused&& refusal, LocalTime) {
  if (phase_ != Phase::planning) return;
  media_wanted_ = false;  // there is nothing to undo
  close_now({refusal.code, std::move(refusal.text)});
}

void HostSession::on_running_message(const message::ControlMessage& message, LocalTime now) {
  if (const auto* probe = std::get_if<message::ClockProbe>(&message)) {
    return echo_clock(*probe, now);
  }
  if (phase_ != Phase::streaming) return;
  if (std::holds_alternative<message::RequestKeyframe>(message)) {
    return refresh(refresh_policy_->on_keyframe_request(now));
  }
  if (const auto* report = std::get_if<message::FrameReport>(&message)) {
    if (frame_reports_ms_ != 0) outputs_.push_back(FramesReported{*report});
    return;
  }
  if (const auto* lost = std::get_if<message::RfiRequest>(&message)) {
    if (frame_reports_ms_ != 0) outputs_.push_back(FramesLost{lost->first_frame, lost->last_frame});
    return refresh(refresh_policy_->on_frames_lost(*lost, now));
  }
  if (const auto* report = std::get_if<message::LossReport>(&message)) {
    outputs_.push_back(LossSeen{report->loss_ppm});
    return;
  }
  if (const auto* wish = std::get_if<message::SetBitrate>(&message)) {
    return set_bitrate(wish->bitrate_kbps);
  }
  if (const auto* wish = std::get_if<message::Reconfigure>(&message)) {
    return switch_mode(wish->mode, now);
  }
  if (const auto* request = std::get_if<message::ProbeRequest>(&message)) {
    return test_speed(*request, now);
  }
  if (const auto* report = std::get_if<message::PhaseReport>(&message)) {
    return follow_phase(*report, now);
  }
  if (const auto* ack = std::get_if<message::ShardPayloadAck>(&message)) {
    if (shards_) resize_shards(shards_->on_ack(ack->shard_bytes));
    return;
  }
  // Everything else belongs to planes that the Welcome did not offer.
}

void HostSession::echo_clock(const message::ClockProbe& probe, LocalTime now) {
  const WireTime stamp = params_.clock.to_wire(now);
  send(message::ClockEcho{
      .client_sent_ns = probe.client_sent_ns, .host_received = stamp, .host_sent = stamp});
}

void HostSession::set_bitrate(std::uint32_t wanted_kbps) {
  const std::uint32_t most_kbps = std::min(max_bitrate_kbps_, cap_kbps_);
  const std::uint32_t bitrate_kbps = std::clamp(wanted_kbps, kMinBitrateKbps, most_kbps);
  outputs_.push_back(RateTarget{bitrate_kbps});
  tell_bitrate(bitrate_kbps);
}

void HostSession::tell_bitrate(std::uint32_t bitrate_kbps) {
  bitrate_kbps_ = bitrate_kbps;
  send(message::BitrateChanged{bitrate_kbps});
}

void HostSession::switch_mode(const DisplayMode& wanted, LocalTime now) {
  const ModeSwitch::Answer answer = mode_switch_->on_request(wanted, now);
  send(answer.message);
  if (answer.rebuild) rebuild(answer.message.mode, now);
}

void HostSession::rebuild(const DisplayMode& mode, LocalTime now) {
  on(SourceLost{}, now);  // until the new mode has pictures
  outputs_.push_back(ModeWanted{mode});
}

void HostSession::on(ForceKeyframe, LocalTime now) {
  if (phase_ == Phase::streaming && refresh_policy_)
    refresh(refresh_policy_->on_keyframe_request(now));
}

// A Reconfigured that was not asked for is what clients know from corrections (section 6.1). Where
// nothing is rebuilt there is nothing to tell them.
void HostSession::on(const ChangeMode& change, LocalTime now) {
  if (phase_ != Phase::streaming) return;
  const ModeSwitch::Answer answer = mode_switch_->on_request(change.mode, now);
  if (!answer.rebuild) return;
  send(answer.message);
  rebuild(answer.message.mode, now);
}

void HostSession::on(CapBitrate cap, LocalTime) {
  if (phase_ != Phase::streaming) return;
  cap_kbps_ = std::clamp(cap.bitrate_kbps, kMinBitrateKbps, kMaxBitrateKbps);
  bitrate_named_ = true;  // by the operator, in the client's stead
  set_bitrate(cap_kbps_);
}

void HostSession::follow_phase(const message::PhaseReport& report, LocalTime now) {
  if (!phase_control_) return;
  const auto later = phase_control_->on_report(report, mode_switch_->mode().refresh.period(),
                                               params_.clock.to_wire(now), now);
  if (later) outputs_.push_back(PhaseShift{*later});
}

void HostSession::test_speed(const message::ProbeRequest& request, LocalTime now) {
  switch (speed_test_.on_request(request, now)) {
    case SpeedTestHost::Answer::ignore:
      return;
    case SpeedTestHost::Answer::decline:
      return send(message::ProbeResult{});
    case SpeedTestHost::Answer::begin:
      outputs_.push_back(RunSpeedTest{request});
  }
}

void HostSession::on(PathProven path, LocalTime) {
  shard_terms_.proven_udp_bytes = path.udp_bytes;
  if (shards_) shards_->on_path_proven(path.udp_bytes);
}

// Announced first, so that the client knows before the packets come.
void HostSession::resize_shards(const ShardNegotiation::Step& step) {
  if (step.announce) send(message::ShardPayloadChanged{*step.announce});
  if (step.apply) outputs_.push_back(ShardSizeWanted{*step.apply});
  if (step.learned) outputs_.push_back(PathLearned{*step.learned});
}

void HostSession::on(SpeedTestDone done, LocalTime) {
  if (phase_ == Phase::streaming) send(done.result);
}

void HostSession::on(const InputArrived& arrived, LocalTime now) {
  if (phase_ != Phase::streaming) return;
  input_.on_heard(now);
  if (auto event = input_.admit(arrived.event, access_.grants(), now))
    outputs_.push_back(InjectInput{*event});
  turn_input(now);
}

// Nothing stays down for want of a release that was refused, or of a client.
void HostSession::turn_input(LocalTime now) {
  const auto due = input_.release_due();
  if (!input_.take_overrun() && (!due || *due > now)) return;
  outputs_.push_back(ReleaseInput{std::nullopt});
  input_.on_released();
}

void HostSession::release_ungranted(message::Grants before) {
  for (const auto device :
       {input::Device::keyboard, input::Device::pointer, input::Device::gamepad}) {
    const message::Grant grant = input::grant_for(device);
    if (before.allows(grant) && !access_.grants().allows(grant))
      outputs_.push_back(ReleaseInput{device});
  }
}

void HostSession::on(const ModeBuilt& built, LocalTime) {
  if (phase_ != Phase::awaiting_start && phase_ != Phase::streaming) return;
  if (auto correction = mode_switch_->on_built(built.asked, built.mode)) send(*correction);
  // A smaller picture has no use for the rate of the larger one before.
  const std::uint32_t most_kbps = rate_bounds(built.mode, 0).ceiling_kbps;
  if (!bitrate_named_ && bitrate_kbps_ > most_kbps) set_bitrate(most_kbps);
}

void HostSession::on(KeyframeSent, LocalTime now) {
  if (refresh_policy_) refresh_policy_->on_keyframe_sent(now);
}

void HostSession::on(SourceLost, LocalTime now) {
  if (source_lost_at_) return;
  source_lost_at_ = now;
  next_gap_word_ = now + kGapSpacing;
}

void HostSession::on(SourceHealed, LocalTime now) {
  if (phase_ == Phase::streaming) tell_of_gap(now);
  source_lost_at_.reset();
  next_gap_word_.reset();
}

void HostSession::tell_of_gap(LocalTime now) {
  if (!source_lost_at_) return;
  const auto gap = std::chrono::duration_cast<milliseconds>(now - *source_lost_at_);
  send(message::PipelineGap{static_cast<std::uint32_t>(gap.count())});
}

void HostSession::on(BitrateApplied applied, LocalTime) {
  if (phase_ != Phase::streaming || applied.bitrate_kbps == bitrate_kbps_) return;
  outputs_.push_back(RateTarget{applied.bitrate_kbps});  // of whatever is opened next
  tell_bitrate(applied.bitrate_kbps);
}

void HostSession::on(EndSession&& end, LocalTime now) {
  if (phase_ == Phase::stopping || phase_ == Phase::losing) return;
  next_access_turn_.reset();
  pending_close_ = {end.code, std::move(end.text)};
  if (!media_wanted_) return close_now(std::exchange(pending_close_, {}));
  stop_media();
  phase_ = Phase::stopping;
  deadline_ = now + kStopGrace;
}

void HostSession::on(MediaStopped, LocalTime) {
  if (phase_ == Phase::stopping) close_now(std::exchange(pending_close_, {}));
}

// A client that says no more still watches: the connection's end is the session's.
void HostSession::on(StreamClosed, LocalTime now) {
  if (phase_ == Phase::stopping || phase_ == Phase::losing) return;
  stream_closed_ = true;
  if (phase_ == Phase::streaming) return;
  stop_media();
  next_access_turn_.reset();
  phase_ = Phase::losing;
  deadline_ = now + kCloseGrace;
}

void HostSession::on(PeerClosed&& closed, LocalTime) {
  stop_media();
  if (!closed.code) return finish("the connection was lost", true);
  const std::string reason = message::printable(closed.reason, message::kMaxReasonBytes);
  const bool quit = *closed.code == CloseCode::quit;
  finish(fmt::format("the client left (0x{:x}{}{})", static_cast<std::uint64_t>(*closed.code),
                     reason.empty() ? "" : ": ", reason),
         !quit);
}

void HostSession::refresh(const std::optional<Refresh>& refresh) {
  if (refresh) outputs_.push_back(RefreshWanted{*refresh});
}

void HostSession::send(message::ControlMessage message) {
  if (!stream_closed_) outputs_.push_back(SendControl{std::move(message)});
}

void HostSession::stop_media() {
  if (std::exchange(media_wanted_, false)) outputs_.push_back(StopMedia{});
}

void HostSession::close_now(Close close) {
  stop_media();
  close.text = message::cut_utf8(close.text, message::kMaxReasonBytes);
  std::string sentence =
      fmt::format("closed by the host (0x{:x}{}{})", static_cast<std::uint64_t>(close.code),
                  close.text.empty() ? "" : ": ", close.text);
  outputs_.push_back(std::move(close));
  finish(std::move(sentence), true);
}

void HostSession::finish(std::string sentence, bool keep_for_return) {
  phase_ = Phase::over;
  deadline_.reset();
  next_access_turn_.reset();
  refresh_policy_.reset();
  outputs_.push_back(HostSessionOver{std::move(sentence), keep_for_return});
}

}  // namespace pf::control
