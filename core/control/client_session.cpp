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
  }
  return earliest;
}

void ClientSession::handle_timeout(LocalTime now) {
  if (phase_ == Phase::streaming) {
    clock_sync_.handle_timeout(now);
    recovery_.handle_timeout(now);
    report_loss(now);
  }
  pump(now);
  if (!deadline_ || *deadline_ > now) return;
  if (phase_ == Phase::awaiting_welcome) {
    give_up("The host accepted the connection but did not answer in time.");
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
  outputs_.push_back(OpenMedia{std::move(welcome)});
}

void ClientSession::on(MediaOpened opened, LocalTime now) {
  if (phase_ != Phase::opening) return;
  phase_ = Phase::streaming;
  send(message::Start{.client_media_port = opened.local_port});
  clock_sync_.start(now);
  next_report_ = now + kReportInterval;
}

void ClientSession::on(MediaFailed&& failure, LocalTime) {
  if (phase_ == Phase::opening) give_up(std::move(failure.text));
}

void ClientSession::on_running_message(const message::ControlMessage& message, LocalTime now) {
  if (const auto* echo = std::get_if<message::ClockEcho>(&message)) {
    clock_sync_.on_echo(*echo, now);
  } else if (const auto* rate = std::get_if<message::BitrateChanged>(&message)) {
    outputs_.push_back(RateChanged{rate->bitrate_kbps});
  } else if (const auto* answer = std::get_if<message::Reconfigured>(&message)) {
    if (const auto news = modes_.on_answer(*answer))
      outputs_.push_back(ModeAnswered{.accepted = news->accepted, .mode = news->mode});
  } else if (const auto* gap = std::get_if<message::PipelineGap>(&message)) {
    outputs_.push_back(HostGap{milliseconds(gap->gap_ms)});
  } else if (const auto* shard = std::get_if<message::ShardPayloadChanged>(&message)) {
    answer_shard_size(shard->shard_bytes);
  }
  // Everything else belongs to planes that this client did not ask for.
}

void ClientSession::answer_shard_size(std::uint16_t shard_bytes) {
  const std::uint16_t most = std::min(message::kMaxShardBytes, params_.hello.max_shard_bytes);
  if (shard_bytes % 2 != 0 || shard_bytes < kMinShardBytes || shard_bytes > most) return;
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

void ClientSession::on(const ReceptionTotals& totals, LocalTime) { totals_ = totals; }

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

void ClientSession::on(Leave leave, LocalTime) {
  const CloseCode code = leave == Leave::quit ? CloseCode::quit : CloseCode::done;
  outputs_.push_back(Close{code, "client closed"});
  finish(ClientEnd::left, "You ended the session.", code);
}

void ClientSession::report_loss(LocalTime now) {
  if (!next_report_ || *next_report_ > now) return;
  send(message::LossReport{.loss_ppm = loss_.report(totals_)});
  next_report_ = now + kReportInterval;
}

void ClientSession::pump(LocalTime now) {
  if (phase_ != Phase::streaming) return;
  while (const auto probe = clock_sync_.poll_probe(now)) send(*probe);
  while (const auto map = clock_sync_.poll_map()) outputs_.push_back(ClockUpdated{*map});
  while (const auto request = recovery_.poll_request(now)) {
    std::visit([&](const auto& wish) { send(wish); }, *request);
  }
  if (const auto request = modes_.poll(now)) send(*request);
  if (showing_ == recovery_.frozen()) {
    showing_ = !showing_;
    outputs_.push_back(ShowPicture{showing_});
  }
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
