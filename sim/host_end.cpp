#include "sim/host_end.h"

#include <algorithm>
#include <utility>

#include "core/wire/v1/punch.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr std::uint16_t kMediaPort = 41'000;
constexpr control::ModeLimits kModes{.smallest_px = plan::kSmallestMode,
                                     .largest_px = plan::kLargestMode,
                                     .highest_refresh_hz = plan::kHighestRefreshHz};
constexpr std::uint16_t kMostGf8DataPerBlock = 200;  // leaves room for parity below 255 in all

control::HostSessionParams session_params(Sabotage sabotage, LocalTime now) {
  const Nanos shift = sabotage == Sabotage::clock_stamps_shifted ? seconds(1) : Nanos(0);
  return {.open = true, .clock = control::SessionClock(now, to_wire(now) + shift)};
}

message::Welcome welcome_for(const plan::SessionPlan& plan, Rng& rng) {
  message::Welcome welcome{.media_port = kMediaPort,
                           .mode = plan.mode,
                           .fec = plan.fec,
                           .shard_bytes = plan.shard_bytes,
                           .bitrate_kbps = plan.bitrate_kbps,
                           .codec = plan.codec};
  rng.fill(welcome.keys.aes128.fill());
  rng.fill(welcome.keys.salt);
  return welcome;
}

}  // namespace

HostEnd::HostEnd(const Params& params, const Ways& ways, Rng& rng, Checkers& checkers,
                 LocalTime now)
    : params_(params),
      ways_(ways),
      rng_(rng),
      checkers_(checkers),
      session_(session_params(params.sabotage, now), now) {}

void HostEnd::take_control(StreamLink::Delivery delivery, LocalTime now) {
  if (const auto* bytes = std::get_if<std::vector<std::byte>>(&delivery)) {
    session_.handle(control::StreamOpened{}, now);
    read(*bytes, now);
  } else {
    auto& closed = std::get<control::PeerClosed>(delivery);
    if (!session_.over()) close_code_ = closed.code;
    session_.handle(std::move(closed), now);
  }
  turn(now);
}

void HostEnd::read(Bytes bytes, LocalTime now) {
  stream_.read(bytes, [&](wire::v1::ControlStream::Event event) {
    if (auto* message = std::get_if<message::ControlMessage>(&event)) {
      if (params_.sabotage == Sabotage::keyframes_unspaced &&
          std::holds_alternative<message::RequestKeyframe>(*message)) {
        apply(control::RefreshWanted{}, now);
      }
      session_.handle(std::move(*message), now);
    } else {
      session_.handle(control::BrokenHandshake{}, now);
    }
  });
}

void HostEnd::take_datagram(Bytes datagram, const Endpoint& source, LocalTime now) {
  if (video_ && as_text(datagram).starts_with(wire::v1::kPunch)) video_->on_punch(source, now);
}

void HostEnd::end_session(message::CloseCode code, std::string text, LocalTime now) {
  session_.handle(control::EndSession{code, std::move(text)}, now);
  turn(now);
}

void HostEnd::set_still(bool still) {
  still_ = still;
  if (video_) video_->set_still(still);
}

void HostEnd::handle_timeout(LocalTime now) {
  if (video_) {
    video_->handle_timeout(now);
    if (video_->take_keyframe_sent()) {
      ++keyframes_;
      session_.handle(control::KeyframeSent{}, now);
    }
    if (const auto result = video_->take_test_result(now))
      session_.handle(control::SpeedTestDone{*result}, now);
  }
  turn(now);
}

std::optional<LocalTime> HostEnd::next_timeout(LocalTime now) const {
  std::optional<LocalTime> due = session_.next_timeout();
  if (!video_) return due;
  const std::optional<LocalTime> frame = video_->next_timeout(now);
  return !due || (frame && *frame < *due) ? frame : due;
}

void HostEnd::turn(LocalTime now) {
  pf::turn(session_, now, [&](const control::HostSession::Output& output) {
    checkers_.on_output(EndName::host);
    std::visit([&](const auto& what) { apply(what, now); }, output);
  });
}

void HostEnd::apply(const control::SendControl& send, LocalTime now) {
  std::vector<std::byte> bytes = wire::v1::ControlStream::write(send.message);
  checkers_.on_control(EndName::host, bytes);
  ways_.control.send(std::move(bytes), now);
}

// Nobody is there to be asked.
void HostEnd::apply(const control::ApprovalWanted&, LocalTime now) {
  session_.handle(control::ApprovalRefused{}, now);
}

void HostEnd::apply(const control::PairingWanted&, LocalTime) {}  // no client of these worlds asks

void HostEnd::apply(const control::PlanWanted& wanted, LocalTime now) {
  const Result<plan::SessionPlan> planned = plan::plan_session(params_.offer, wanted.hello, {});
  if (!planned) {
    session_.handle(control::PlanRefused{.text = planned.error().what}, now);
    return;
  }
  const plan::SessionPlan plan = shaped(*planned);
  message::Welcome welcome = welcome_for(plan, rng_);
  if (params_.sabotage == Sabotage::keys_repeated) welcome.keys = message::MediaKeys{};
  checkers_.on_keys(welcome.keys);
  video_ = std::make_unique<HostVideo>(plan, welcome.keys, params_.seed, params_.sabotage,
                                       ways_.media, checkers_);
  video_->set_still(still_);
  if (plan.fec_adaptive) fec_.emplace(plan.fec.percent);
  session_.handle(control::PathProven{params_.proven_udp_bytes}, now);
  control::PlanReady ready{.welcome = welcome, .modes = kModes};
  // Shards of a shape of their own keep it.
  if (params_.shape.shard_bytes == 0) ready.largest_shard_bytes = plan.largest_shard_bytes;
  session_.handle(std::move(ready), now);
}

plan::SessionPlan HostEnd::shaped(plan::SessionPlan plan) const {
  if (params_.shape.shard_bytes > 0) plan.shard_bytes = params_.shape.shard_bytes;
  plan.fec.scheme = params_.shape.scheme;
  if (plan.fec.scheme == message::FecScheme::gf8)
    plan.fec.max_data_per_block = kMostGf8DataPerBlock;
  return plan;
}

void HostEnd::apply(const control::StartMedia& media, LocalTime now) {
  if (video_) video_->start(params_.client.with_port(media.start.client_media_port), now);
}

void HostEnd::apply(const control::RefreshWanted&, LocalTime) {
  if (!video_) return;
  checkers_.on_keyframe_ordered();
  video_->want_idr();
}

void HostEnd::apply(const control::LossSeen& loss, LocalTime) {
  if (!video_ || !fec_) return;
  fec_->on_loss_report(loss.loss_ppm);
  video_->set_fec_percent(fec_->percent());
  most_fec_percent_ = std::max(most_fec_percent_, fec_->percent());
}

void HostEnd::apply(const control::RateTarget& rate, LocalTime) {
  if (video_) video_->set_bitrate(rate.bitrate_kbps);
}

// The pictures of this world have a content and no size: a switch is a key frame.
void HostEnd::apply(const control::ModeWanted& wanted, LocalTime now) {
  if (video_) video_->want_idr();
  session_.handle(control::SourceHealed{}, now);
  session_.handle(control::ModeBuilt{.asked = wanted.mode, .mode = wanted.mode}, now);
}

void HostEnd::apply(const control::ShardSizeWanted& wanted, LocalTime) {
  if (video_) video_->set_shard_bytes(wanted.shard_bytes);
}

void HostEnd::apply(const control::PathLearned& path, LocalTime) {
  learned_udp_bytes_ = path.udp_bytes;
}

void HostEnd::apply(const control::RunSpeedTest& test, LocalTime now) {
  if (video_) video_->start_speed_test(test.request, now);
}

void HostEnd::apply(const control::StopMedia&, LocalTime now) {
  video_.reset();
  session_.handle(control::MediaStopped{}, now);
}

void HostEnd::apply(const control::Close& close, LocalTime now) {
  close_code_ = close.code;
  if (params_.sabotage == Sabotage::close_swallowed) return;
  ways_.control.send(control::PeerClosed{close.code, close.text}, now);
}

void HostEnd::apply(const control::HostSessionOver& over, LocalTime) {
  keeps_for_return_ = over.keep_for_return;
  checkers_.on_over(EndName::host, close_code_);
  if (params_.sabotage == Sabotage::over_told_twice) checkers_.on_over(EndName::host, close_code_);
}

}  // namespace pf::sim
