#include "core/control/client_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/control/welcome_check.h"

namespace pf::control {

using message::CloseCode;

ClientSession::ClientSession(const ClientSessionParams& params, LocalTime now)
    : params_(params), deadline_(now + params.welcome_timeout), modes_(params.hello.mode) {
  send(params_.hello);
}

void ClientSession::handle(Input input, LocalTime now) {
  if (phase_ == Phase::over) return;
  std::visit([&](auto& item) { on(std::move(item), now); }, input);
  pump(now);
}

std::optional<ClientSession::Output> ClientSession::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

std::optional<LocalTime> ClientSession::next_timeout() const {
  std::optional<LocalTime> earliest = deadline_;
  const auto consider = [&](const std::optional<LocalTime>& at) {
    if (at && (!earliest || *at < *earliest)) earliest = at;
  };
  if (phase_ == Phase::streaming) {
    consider(clock_sync_.next_timeout());
    consider(recovery_.next_timeout());
    consider(modes_.next_timeout());
    consider(next_report_);
    consider(frame_reporter_.next_timeout());
    consider(media_.next_timeout());
    if (speed_test_) consider(speed_test_->next_timeout());
  }
  return earliest;
}

void ClientSession::handle_timeout(LocalTime now) {
  if (phase_ == Phase::streaming) {
    clock_sync_.handle_timeout(now);
    recovery_.handle_timeout(now);
    report_loss(now);
    finish_speed_test(now);
  }
  pump(now);
  if (!deadline_ || *deadline_ > now) return;
  if (phase_ == Phase::awaiting_welcome) {
    give_up(
        "The host accepted the connection but did not answer in time: it may be waiting for "
        "somebody to approve this device. Try again with more patience, or pair with a PIN.");
  } else if (phase_ == Phase::losing) {
    outputs_.push_back(Close{});
    finish(ClientEnd::lost, "The connection was lost: the host ended it without a reason.",
           std::nullopt);
  }
}

void ClientSession::on(message::ControlMessage&& message, LocalTime now) {
  if (phase_ == Phase::awaiting_welcome) {
    if (auto* welcome = std::get_if<message::Welcome>(&message)) on_welcome(std::move(*welcome));
    return;
  }
  if (phase_ == Phase::streaming) on_running_message(message, now);
}

void ClientSession::on_welcome(message::Welcome&& welcome) {
  if (const auto fault = welcome_fault(params_.hello, welcome)) {
    return give_up(fmt::format("The host's answer is not usable: {}.", *fault));
  }
  phase_ = Phase::opening;
  deadline_.reset();
  modes_.on_welcome(welcome.mode);
  begin_rate_control(welcome);
  shard_bytes_ = welcome.shard_bytes;
  outputs_.push_back(OpenMedia{std::move(welcome)});
}

void ClientSession::begin_rate_control(const message::Welcome& welcome) {
  rate_.emplace(RateController::Params{.start_kbps = welcome.bitrate_kbps,
                                       .named_kbps = params_.hello.bitrate_kbps,
                                       .mode = welcome.mode,
                                       .shard_bytes = welcome.shard_bytes});
}

void ClientSession::on(MediaOpened opened, LocalTime now) {
  if (phase_ != Phase::opening) return;
  phase_ = Phase::streaming;
  send(message::Start{.client_media_port = opened.local_port});
  clock_sync_.start(now);
  media_.start(now);
  next_report_ = now + kReportInterval;
}

void ClientSession::on(MediaFailed&& failure, LocalTime) {
  if (phase_ == Phase::opening) give_up(std::move(failure.text));
}

void ClientSession::on_running_message(const message::ControlMessage& message, LocalTime now) {
  if (const auto* echo = std::get_if<message::ClockEcho>(&message)) {
    clock_sync_.on_echo(*echo, now);
  } else if (const auto* rate = std::get_if<message::BitrateChanged>(&message)) {
    on_rate_changed(rate->bitrate_kbps);
  } else if (const auto* answer = std::get_if<message::Reconfigured>(&message)) {
    if (rate_) rate_->on_mode(answer->mode);  // the one in force, whatever was asked
    if (const auto news = modes_.on_answer(*answer))
      outputs_.push_back(ModeAnswered{.accepted = news->accepted, .mode = news->mode});
  } else if (const auto* gap = std::get_if<message::PipelineGap>(&message)) {
    on_host_gap(milliseconds(gap->gap_ms), now);
  } else if (const auto* shard = std::get_if<message::ShardPayloadChanged>(&message)) {
    answer_shard_size(shard->shard_bytes);
  } else if (const auto* wanted = std::get_if<message::FrameReportsWanted>(&message)) {
    frame_reporter_.on_wanted(*wanted, now);
  } else if (const auto* result = std::get_if<message::ProbeResult>(&message)) {
    if (speed_test_) speed_test_->on_result(*result, now);
    finish_speed_test(now);
  }
  // Everything else belongs to planes that this client did not ask for.
}

void ClientSession::on_rate_changed(std::uint32_t bitrate_kbps) {
  if (rate_) rate_->on_rate_changed(bitrate_kbps);
  outputs_.push_back(RateChanged{bitrate_kbps});
}

// What was begun before the gap and not completed was not lost by the network.
void ClientSession::on_host_gap(Nanos length, LocalTime now) {
  loss_.skip(totals_);
  media_.on_host_gap(now);
  const bool goes_on = host_gap_told_at_ && now - length < *host_gap_told_at_;
  host_gap_told_at_ = now;
  outputs_.push_back(HostGap{.length = length, .goes_on = goes_on});
}

void ClientSession::answer_shard_size(std::uint16_t shard_bytes) {
  const std::uint16_t most = std::min(message::kMaxShardBytes, params_.hello.max_shard_bytes);
  if (shard_bytes % 2 != 0 || shard_bytes < kMinShardBytes || shard_bytes > most) return;
  shard_bytes_ = shard_bytes;
  send(message::ShardPayloadAck{.shard_bytes = shard_bytes});
}

void ClientSession::on(BrokenHandshake, LocalTime) {
  if (phase_ == Phase::awaiting_welcome) {
    give_up("The host's answer is not usable: it cannot be read.");
  }
}

void ClientSession::on(StreamClosed, LocalTime now) {
  if (phase_ == Phase::losing) return;
  phase_ = Phase::losing;
  deadline_ = now + kCloseGrace;
}

void ClientSession::on(PeerClosed&& closed, LocalTime) {
  if (!closed.code) {
    std::string sentence = closed.reason.empty() ? "The connection was lost." : closed.reason;
    return finish(ClientEnd::lost, std::move(sentence), std::nullopt);
  }
  ClientEnd end = ClientEnd::failed;
  switch (message::kind_of(*closed.code)) {
    case message::CloseKind::ended:
      end = ClientEnd::ended;
      break;
    case message::CloseKind::rejected:
    case message::CloseKind::busy:
      end = ClientEnd::rejected;
      break;
    case message::CloseKind::failed:
      end = ClientEnd::failed;
      break;
  }
  finish(end, message::sentence(*closed.code, closed.reason), closed.code);
}

void ClientSession::on(const ReceptionTotals& totals, LocalTime now) {
  totals_ = totals;
  media_.on_packets(totals.packets_opened, now);
  if (rate_ && phase_ == Phase::streaming) rate_->on_totals(totals, now);
}

void ClientSession::on(FrameGap gap, LocalTime now) {
  if (phase_ == Phase::streaming) recovery_.on_gap(gap.first_frame, gap.last_frame, now);
}
void ClientSession::on(FrameAbandoned, LocalTime now) {
  if (phase_ == Phase::streaming) recovery_.on_broken(now);
}
void ClientSession::on(DecoderStumbled, LocalTime now) {
  if (phase_ == Phase::streaming) recovery_.on_broken(now);
}
void ClientSession::on(const FrameArrived& frame, LocalTime now) {
  if (phase_ == Phase::streaming) recovery_.on_frame(frame, now);
}

void ClientSession::on(const ModeWanted& wanted, LocalTime) { modes_.want(wanted.mode); }
void ClientSession::on(const FrameReceived& frame, LocalTime now) {
  if (rate_) rate_->on_frame(frame, now);
}
void ClientSession::on(const FrameDecoded& frame, LocalTime) { frame_reporter_.on_frame(frame); }
void ClientSession::on(const FramePresented& presented, LocalTime) {
  frame_reporter_.on_presented(presented);
}
void ClientSession::on(const message::HostTiming& timing, LocalTime now) {
  if (rate_) rate_->on_host_timing(timing, now);
}
void ClientSession::on(DecoderBacklog backlog, LocalTime now) {
  if (rate_) rate_->on_decoder_backlog(backlog.frames, now);
}

// One at a time: who asks again meanwhile hears of the first. All that is seen and lost until it is
// over says nothing about the video.
void ClientSession::on(const SpeedTestWanted& wanted, LocalTime now) {
  if (phase_ != Phase::streaming || speed_test_) return;
  speed_test_.emplace(wanted, shard_bytes_, now);
  rate_->ignore_until(speed_test_->next_timeout());
  send(speed_test_->request());
}

void ClientSession::on(const FillerSeen& seen, LocalTime) {
  if (speed_test_) speed_test_->on_filler(seen);
}

void ClientSession::finish_speed_test(LocalTime now) {
  if (!speed_test_) return;
  const auto tested = speed_test_->poll(now);
  if (!tested) return;
  speed_test_.reset();
  rate_->ignore_until(now);
  loss_.skip(totals_);
  outputs_.push_back(*tested);
}

void ClientSession::on(Leave leave, LocalTime) {
  const CloseCode code = leave == Leave::quit ? CloseCode::quit : CloseCode::done;
  outputs_.push_back(Close{code, "client closed"});
  finish(ClientEnd::left, "You ended the session.", code);
}

void ClientSession::report_loss(LocalTime now) {
  if (!next_report_ || *next_report_ > now) return;
  if (speed_test_) loss_.skip(totals_);
  send(message::LossReport{.loss_ppm = loss_.report(totals_)});
  next_report_ = now + kReportInterval;
}

void ClientSession::pump(LocalTime now) {
  if (phase_ != Phase::streaming) return;
  while (const auto probe = clock_sync_.poll_probe(now)) send(*probe);
  while (const auto map = clock_sync_.poll_map()) {
    frame_reporter_.on_clock(*map);
    outputs_.push_back(ClockUpdated{*map});
  }
  while (auto report = frame_reporter_.poll(now)) send(*std::move(report));
  const std::uint64_t missed_before = recovery_.missed_answers();
  const std::optional<Recovery::Request> request = recovery_.poll_request(now);
  if (rate_) {
    if (recovery_.missed_answers() > missed_before) rate_->on_keyframe_missed(now);
    if (const auto wish = rate_->poll_wish(now)) send(message::SetBitrate{*wish});
  }
  // After the rate, which decides how large the key frame becomes.
  if (request) std::visit([&](const auto& wish) { send(wish); }, *request);
  if (const auto mode = modes_.poll(now)) send(*mode);
  watch_media(now);
  if (showing_ == recovery_.frozen()) {
    showing_ = !showing_;
    outputs_.push_back(ShowPicture{showing_});
  }
}

void ClientSession::watch_media(LocalTime now) {
  if (media_.poll_question(now)) send(message::RequestKeyframe{});
  if (const auto silent = media_.poll_silent(now)) outputs_.push_back(*silent);
  if (const auto back = media_.poll_back()) outputs_.push_back(*back);
}

void ClientSession::send(message::ControlMessage message) {
  outputs_.push_back(SendControl{std::move(message)});
}

void ClientSession::give_up(std::string sentence) {
  outputs_.push_back(Close{CloseCode::done, "client closed"});
  finish(ClientEnd::failed, std::move(sentence), std::nullopt);
}

void ClientSession::finish(ClientEnd end, std::string sentence, std::optional<CloseCode> code) {
  phase_ = Phase::over;
  deadline_.reset();
  outputs_.push_back(ClientSessionOver{end, std::move(sentence), code});
}

}  // namespace pf::control
