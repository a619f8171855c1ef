#include "host/native/native_client.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "core/base/hex.h"
#include "core/input/edge_repeater.h"
#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"
#include "core/wire/v1/client_datagrams.h"
#include "core/wire/v1/datagrams.h"
#include "core/wire/v1/input_event.h"
#include "host/pipeline/mic_worker.h"

namespace pf::native {
namespace {

// A session ends in some tens of milliseconds.
constexpr Nanos kPortRetry = milliseconds(10);

// Often enough for somebody who looks on; 15 frames of 24 bytes in each at 60 Hz.
constexpr std::uint16_t kFrameReportsMs = 250;
// A client that tells later has nothing to tell.
constexpr Nanos kOldestReport = seconds(60);

constexpr control::ModeLimits kModes{.smallest_px = plan::kSmallestMode,
                                     .largest_px = plan::kLargestMode,
                                     .highest_refresh_hz = plan::kHighestRefreshHz};

}  // namespace

NativeClient::NativeClient(quic::ConnectionHandle handle, const quic::Connected& connected,
                           const ClientSurroundings& surroundings, LocalTime now)
    : handle_(handle),
      around_(surroundings),
      applicant_{.remote = connected.remote,
                 .fingerprint = connected.peer,
                 .wire_offset = wire_offset_now()},
      gatekeeper_(around_.trust, around_.open,
                  {.remote = applicant_.remote,
                   .fingerprint = applicant_.fingerprint,
                   .wire_offset = applicant_.wire_offset}),
      machine_(gatekeeper_.admission({now, WireTime(now.since_epoch() + applicant_.wire_offset)}),
               now) {}

NativeClient::~NativeClient() {
  end_voice();
  around_.book.end(std::move(planned_), false);
}

std::optional<unsigned> NativeClient::session_number() const noexcept {
  return planned_ ? std::optional(planned_->number) : std::nullopt;
}

std::optional<LocalTime> NativeClient::next_timeout() const {
  const auto due = pairing_ ? pairing_->next_timeout() : machine_.next_timeout();
  if (!waiting_) return due;
  return due ? std::min(*due, waiting_->retry_at) : waiting_->retry_at;
}

template <class What>
void NativeClient::tell(What what, LocalTime now) {
  if (pairing_) {
    pairing_->handle(std::move(what), now);
  } else {
    machine_.handle(std::move(what), now);
  }
}

void NativeClient::on_event(const quic::Event& event, LocalTime now) {
  if (const auto* bytes = std::get_if<quic::StreamBytes>(&event)) {
    if (!pairing_) machine_.handle(control::StreamOpened{}, now);
    stream_.read(bytes->bytes, [&](wire::v1::ControlStream::Event read) {
      if (auto* message = std::get_if<message::ControlMessage>(&read)) {
        tell(std::move(*message), now);
      } else {
        tell(control::BrokenHandshake{}, now);
      }
    });
  } else if (const auto* datagram = std::get_if<quic::DatagramArrived>(&event)) {
    hear_voice(datagram->bytes);
    if (const auto input = wire::v1::parse_input_event(datagram->bytes); input && !pairing_) {
      // By this its sender knows whether to say it again.
      if (input::EdgeRepeater::is_edge(input->kind)) around_.server.acknowledge_now(handle_);
      machine_.handle(control::InputArrived{*input}, now);
    }
  } else if (std::holds_alternative<quic::StreamEnded>(event)) {
    tell(control::StreamClosed{}, now);
  } else if (const auto* closed = std::get_if<quic::Closed>(&event)) {
    control::PeerClosed gone{.code = std::nullopt, .reason = closed->reason};
    if (closed->cause == quic::CloseCause::peer)
      gone.code = static_cast<message::CloseCode>(closed->code);
    tell(std::move(gone), now);
  }
}

void NativeClient::hear_voice(Bytes datagram) {
  if (around_.microphone == nullptr || !planned_ || !machine_.allows(message::Grant::microphone))
    return;
  if (const auto voice = wire::v1::parse_microphone(datagram))
    around_.microphone->offer(planned_->number, voice->sequence, voice->opus);
}

void NativeClient::end_voice() {
  if (around_.microphone != nullptr && planned_) around_.microphone->end(planned_->number);
}

void NativeClient::end_session(message::CloseCode code, std::string text, Desktop desktop,
                               LocalTime now) {
  desktop_ = desktop;
  machine_.handle(control::EndSession{code, std::move(text)}, now);
}

void NativeClient::steer(const session::OperatorWish& wish, LocalTime now) {
  if (const auto* mode = std::get_if<DisplayMode>(&wish)) {
    machine_.handle(control::ChangeMode{*mode}, now);
  } else if (const auto* cap = std::get_if<session::BitrateCap>(&wish)) {
    machine_.handle(control::CapBitrate{cap->bitrate_kbps}, now);
  } else {
    machine_.handle(control::ForceKeyframe{}, now);
  }
}

void NativeClient::turn(LocalTime now) {
  if (auto changed = gatekeeper_.poll()) machine_.handle(*std::move(changed), now);
  watch_path(now);
  if (waiting_ && waiting_->retry_at <= now) {
    plan(std::exchange(waiting_, std::nullopt)->hello, now);
  }
  pf::turn(machine_, now, [&](control::HostSession::Output output) {
    std::visit([&](auto& what) { apply(what, now); }, output);
  });
  if (pairing_) pairing_->turn(now);
  send_sound(now);
}

void NativeClient::send_sound(LocalTime now) {
  if (!planned_ || planned_->sound == nullptr) return;
  planned_->sound->drain(
      now, [&](Bytes datagram) { return around_.server.send_datagram(handle_, datagram, now); });
}

void NativeClient::watch_path(LocalTime now) {
  const std::size_t proven = around_.server.proven_udp_bytes(handle_);
  if (std::exchange(proven_udp_bytes_, proven) == proven) return;
  machine_.handle(control::PathProven{static_cast<std::uint32_t>(proven)}, now);
}

void NativeClient::apply(control::ApprovalWanted& wanted, LocalTime now) {
  if (auto refused = gatekeeper_.knock(wanted.device_name, now)) {
    machine_.handle(*std::move(refused), now);
    return;
  }
  log::info("native", "{} is not paired and waits for approval (fingerprint {})",
            applicant_.remote.to_string(), to_hex(*applicant_.fingerprint));
}

void NativeClient::apply(control::PairingWanted& wanted, LocalTime now) {
  pairing_.emplace(
      NativePairing::Visitor{.connection = handle_,
                             .remote = applicant_.remote,
                             .wire_offset = applicant_.wire_offset},
      control::HostPairingParams{.client = applicant_.fingerprint, .host = around_.host},
      around_.server, around_.trust, around_.rng, now);
  pairing_->handle(message::ControlMessage(std::move(wanted.request)), now);
}

void NativeClient::apply(control::SendControl& send, LocalTime now) {
  if (around_.server.write_stream(handle_, wire::v1::ControlStream::write(send.message), now))
    return;
  end_session(message::CloseCode::internal_error, "the client does not read", Desktop::lingers,
              now);
}

// As the operator has said for this device.
std::optional<plan::SoundPlace> NativeClient::sound_place() const {
  if (!applicant_.fingerprint) return std::nullopt;
  const auto device = around_.trust.device_of(*applicant_.fingerprint, trust::DeviceKind::native);
  if (!device || !device->play_on) return std::nullopt;
  switch (*device->play_on) {
    case trust::PlayOn::client:
      return plan::SoundPlace::client;
    case trust::PlayOn::both:
      return plan::SoundPlace::both;
    case trust::PlayOn::host:
      return plan::SoundPlace::host;
  }
  return std::nullopt;
}

Result<std::unique_ptr<PlannedSession>> NativeClient::start(const message::Hello& hello,
                                                            LocalTime now) {
  PF_TRY(const Intent intent, around_.book.consider(applicant_, hello, sound_place()));
  for (const unsigned number : intent.admission.replaced) {
    around_.end_session(number, message::CloseCode::done,
                        "another connection of this device took over");
  }
  for (const unsigned number : intent.admission.stolen) {
    around_.end_session(number, message::CloseCode::busy,
                        intent.device_name.empty()
                            ? "another device took over"
                            : "the device \"" + intent.device_name + "\" took over");
  }
  return around_.book.start(applicant_, intent, now);
}

void NativeClient::apply(control::PlanWanted& wanted, LocalTime now) {
  plan(std::move(wanted.hello), now);
}

// Where all sessions share a port, a device that returns meets its own old session there.
void NativeClient::plan(message::Hello hello, LocalTime now) {
  auto planned = start(hello, now);
  if (planned) {
    planned_ = *std::move(planned);
    return;
  }
  const Error& error = planned.error();
  if (error.os_code == EADDRINUSE && around_.book.ends_a_session()) {
    waiting_ = Waiting{.hello = std::move(hello), .retry_at = now + kPortRetry};
    return;
  }
  log::info("native", "{} is refused: {}", applicant_.remote.to_string(), error.what);
  const auto code = error.kind == ErrorKind::exhausted ? message::CloseCode::busy
                                                       : message::CloseCode::setup_failed;
  machine_.handle(control::PlanRefused{.code = code, .text = error.what}, now);
}

void NativeClient::apply(control::StartMedia& start, LocalTime now) {
  if (!planned_) return;
  planned_->outlet->start(applicant_.remote.with_port(start.start.client_media_port));
  if (planned_->sound != nullptr) planned_->sound->start();
  around_.book.on_streaming(planned_->number);
  gatekeeper_.on_streaming(now);
}

void NativeClient::apply(control::RefreshWanted& wanted, LocalTime) {
  if (!planned_) return;
  pipeline::FrameSteering& steering = planned_->session->steering();
  if (const auto* lost = std::get_if<control::DropReferences>(&wanted.refresh)) {
    steering.want_forgotten(lost->first_frame, lost->last_frame);
  } else {
    steering.want_idr();
  }
}

void NativeClient::apply(control::LossSeen& loss, LocalTime now) {
  if (!planned_) return;
  trace().add(recorder::LossRow{.at = now, .loss_ppm = loss.loss_ppm, .is_rate = true});
  if (!planned_->plan.fec_adaptive) return;
  planned_->fec.on_loss_report(loss.loss_ppm);
  planned_->outlet->set_fec_percent(planned_->fec.percent());
}

void NativeClient::apply(control::RateTarget& rate, LocalTime) {
  if (!planned_) return;
  planned_->session->steering().set_bitrate(rate.bitrate_kbps);
  around_.book.on_bitrate(planned_->number, rate.bitrate_kbps);
}

void NativeClient::apply(control::ModeWanted& wanted, LocalTime) {
  if (planned_) planned_->session->switch_mode(wanted.mode);
}

void NativeClient::apply(control::ShardSizeWanted& wanted, LocalTime) {
  if (!planned_) return;
  log::info("native", "session {}: shards of {} bytes from now on, as the path carries",
            planned_->number, wanted.shard_bytes);
  planned_->outlet->set_shard_bytes(wanted.shard_bytes);
}

void NativeClient::apply(control::PathLearned& path, LocalTime) {
  around_.book.on_path(applicant_.remote, path.udp_bytes);
}

void NativeClient::apply(control::FramesReported& reported, LocalTime now) {
  if (!planned_) return;
  const WireTime newest(now.since_epoch() + planned_->wire_offset);
  for (const message::FrameReport::Frame& frame : reported.report.frames) {
    if (frame.pts > newest || frame.pts < newest - kOldestReport) continue;  // no frame of ours
    const LocalTime captured(frame.pts.since_epoch() - planned_->wire_offset);
    const auto after = [&](const std::optional<std::uint32_t>& us) {
      return us ? captured + microseconds(*us) : LocalTime{};
    };
    trace().add(recorder::ClientRow{.captured = captured,
                                    .first_received = after(frame.first_received_us),
                                    .received = after(frame.received_us),
                                    .decoded = after(frame.decoded_us),
                                    .presented = after(frame.presented_us),
                                    .clock_error_us = reported.report.clock_error_us});
  }
}

void NativeClient::apply(control::FramesLost& lost, LocalTime now) {
  if (!planned_) return;
  trace().add(
      recorder::LossRow{.at = now, .first_frame = lost.first_frame, .last_frame = lost.last_frame});
}

recorder::SessionTrace& NativeClient::trace() { return *planned_->session->parts().trace; }

void NativeClient::apply(control::PhaseShift& shift, LocalTime) {
  if (planned_) planned_->session->steering().shift_phase(shift.later);
}

void NativeClient::apply(control::RunSpeedTest& test, LocalTime) {
  if (planned_) planned_->outlet->start_speed_test(test.request);
}

void NativeClient::apply(control::InjectInput& input, LocalTime) {
  if (planned_) planned_->session->input().inject(input.event);
}

void NativeClient::apply(control::ReleaseInput& release, LocalTime) {
  if (planned_) planned_->session->input().release(release.device);
}

void NativeClient::apply(control::StopMedia&, LocalTime now) {
  waiting_.reset();
  end_voice();
  if (planned_) {
    planned_->input = machine_.input_counts();
    around_.book.stop(*planned_);
  }
  machine_.handle(control::MediaStopped{}, now);
}

void NativeClient::apply(control::Close& close, LocalTime now) {
  // Who may not come back any more has nothing to come back to.
  if (close.code == message::CloseCode::access_ended) desktop_ = Desktop::ends;
  around_.server.close(handle_, static_cast<std::uint64_t>(close.code), close.text, now);
}

void NativeClient::apply(control::HostSessionOver& over, LocalTime) {
  log::info("native", "{}: {}", applicant_.remote.to_string(), over.sentence);
  around_.book.end(std::move(planned_), over.keep_for_return && desktop_ == Desktop::lingers);
}

void NativeClient::hear(News& news, LocalTime now) {
  std::visit([&](auto& what) { on(what, now); }, news.what);
}

void NativeClient::on(Opened& opened, LocalTime now) {
  const pipeline::EpochOpened& epoch = opened.epoch;
  around_.book.on_mode(planned_->number, epoch.mode);
  if (std::exchange(planned_->announced, true)) {
    machine_.handle(control::SourceHealed{}, now);
    // An encoder that was opened anew may not do what the one before did.
    if (epoch.parameters.bitrate_kbps != epoch.asked_bitrate_kbps)
      machine_.handle(control::BitrateApplied{epoch.parameters.bitrate_kbps}, now);
    machine_.handle(control::ModeBuilt{.asked = epoch.asked, .mode = epoch.mode}, now);
    return;
  }
  const encode::ColourDescription& colour = epoch.parameters.colour;
  planned_->welcome.mode = epoch.mode;
  planned_->welcome.bitrate_kbps = epoch.parameters.bitrate_kbps;
  planned_->welcome.colour = {.primaries = colour.primaries,
                              .transfer = colour.transfer,
                              .matrix = colour.matrix,
                              .full_range = colour.full_range};
  control::PlanReady ready{.welcome = planned_->welcome,
                           .can_drop_references = epoch.parameters.drops_references,
                           .max_bitrate_kbps = epoch.parameters.max_bitrate_kbps,
                           .modes = std::nullopt,
                           .largest_shard_bytes = planned_->plan.largest_shard_bytes,
                           .frame_reports_ms = kFrameReportsMs};
  // Who joins sees the screen of somebody else, whose mode it is; an application may have its own.
  const bool fixed = planned_->app && planned_->app->mode;
  if (planned_->use == session::Desk::Use::own && !fixed) ready.modes = kModes;
  machine_.handle(std::move(ready), now);
}

void NativeClient::on(Healing&, LocalTime now) { machine_.handle(control::SourceLost{}, now); }

void NativeClient::on(Ended& ended, LocalTime now) {
  if (planned_->announced) {
    end_session(message::CloseCode::game_exited, ended.reason, Desktop::ends, now);
  } else {
    machine_.handle(control::PlanRefused{message::CloseCode::setup_failed, ended.reason}, now);
  }
}

void NativeClient::on(Tested& tested, LocalTime now) {
  log::info("native", "session {}: speed test of {} ms, {} packets sent", planned_->number,
            tested.result.duration_ms, tested.result.wire_packets_sent);
  machine_.handle(control::SpeedTestDone{tested.result}, now);
}

void NativeClient::on(Sent& sent, LocalTime now) {
  if (sent.idr) machine_.handle(control::KeyframeSent{}, now);
  if (planned_->plan.host_timing_wanted) {
    if (planned_->plan.phase_wanted && sent.timing.stages) {
      const Nanos applied = planned_->session->steering().applied_phase();
      sent.timing.applied_phase_ns = static_cast<std::int32_t>(applied.count());
    }
    // False when the path is full: the next frame's timing is worth more.
    (void)around_.server.send_datagram(handle_, wire::v1::write_host_timing(sent.timing), now);
  }
}

}  // namespace pf::native
