#include "host/gamestream/server/streams.h"

#include <algorithm>
#include <utility>

#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"
#include "host/gamestream/server/pad_words.h"

namespace pf::gamestream {
namespace {

// Above it sound would have a gap in less than a minute.
constexpr double kSoundLoss = 0.005;

}  // namespace

Streams::Streams(StreamsParams params, const StreamSurroundings& around, ControlServer& control,
                 session::Roster& roster, trust::TrustRegistry& trust, LaunchBox& box)
    : params_(std::move(params)),
      around_(around),
      control_(control),
      roster_(roster),
      trust_(trust),
      box_(box) {}

Streams::~Streams() {
  while (!streams_.empty()) bury(streams_.begin()->first, Desktop::ends, {});
}

// ---- nvhttp

void Streams::answer(DoorAsk ask, LocalTime now) {
  std::visit([&](auto& asked) { this->ask(asked, now); }, ask);
}

void Streams::ask(LaunchAsk& asked, LocalTime now) {
  const auto launched = admit(std::move(asked.launch), now);
  // A stream that this one replaces makes room for it, but its desktop and what runs there stay.
  carry_out_overs(now);
  publish();
  if (launched) {
    asked.answer({});
  } else {
    asked.answer(tl::unexpected(launched.error()));
  }
}

// Room is looked for twice: now, so that the user reads why there is none, and when the stream
// begins.
Result<LaunchId> Streams::admit(Launch launch, LocalTime now) {
  PF_TRY_VOID(roster_.admit(launch.device));
  return launch.verb == LaunchVerb::launch ? book_.launch(std::move(launch), now)
                                           : book_.resume(std::move(launch), now);
}

void Streams::ask(CancelAsk& asked, LocalTime now) {
  book_.cancel(asked.device);
  carry_out_overs(now);
  publish();
  asked.answer({});  // also when nothing ran: it is as the client wishes
}

void Streams::carry_out_overs(LocalTime now) {
  while (const auto over = book_.poll_over()) {
    end(over->id, TerminationReason::graceful, over->app_stays ? Desktop::lingers : Desktop::ends,
        now);
    if (!over->app_stays) give_up_desks(over->device);
  }
}

void Streams::give_up_desks(const trust::Fingerprint& device) {
  for (auto at = waiting_desks_.begin(); at != waiting_desks_.end();) {
    const bool theirs = at->second == device;
    if (theirs) (void)roster_.give_up(at->first);
    at = theirs ? waiting_desks_.erase(at) : std::next(at);
  }
}

// ---- RTSP

Result<void> Streams::announce(LaunchId id, const StreamRequest& request, LocalTime now) {
  const Launch* const found = book_.find(id);
  if (found == nullptr || find(id) != nullptr)
    return fail(ErrorKind::refused, "this launch has a stream already, or is over");
  const Launch launch = *found;  // what follows may change the book
  auto started = start(launch, request, now);
  if (!started) {
    log::info("gamestream", "{} is refused: {}", launch.client.to_string(), started.error().what);
    return started;
  }
  book_.on_started(id);
  publish();
  return {};
}

// Where its sound is heard, the operator may have said for this device.
StreamOffer Streams::offer_for(const crypto::Fingerprint& fingerprint) const {
  StreamOffer offer = params_.offer;
  const auto device = trust_.device_of(fingerprint, trust::DeviceKind::moonlight);
  if (!device || !device->play_on) return offer;
  offer.sends_sound = *device->play_on != trust::PlayOn::host;
  offer.plays_on_host = *device->play_on == trust::PlayOn::both;
  return offer;
}

Result<void> Streams::start(const Launch& launch, const StreamRequest& request, LocalTime now) {
  PF_TRY(StreamPlan plan,
         plan_stream(launch, request, offer_for(launch.device), params_.display_of(launch.app)));
  PF_TRY(const plan::Admission admission, roster_.admit(launch.device));
  PF_TRY_VOID(
      control_.add({.launch = launch.id,
                    .address = launch.client,
                    .connect_data = launch.tokens.connect_data,
                    .session = {.key = launch.key,
                                .iv = request.control_v2 ? ControlIv::v2 : ControlIv::legacy,
                                .grants = launch.grants,
                                .picture = request.mode.size_px}},
                   now));
  make_room(admission, now);
  std::erase_if(waiting_desks_, [&](const auto& desk) { return desk.second == launch.device; });
  auto seat = roster_.sit_down({.door = session::Door::gamestream,
                                .remote = launch.client,
                                .fingerprint = launch.device,
                                .device_name = launch.device_name,
                                .mode = plan.mode,
                                .bitrate_kbps = plan.bitrate_kbps,
                                .app = static_cast<apps::AppId>(launch.app.id),
                                .command = plan.video.display.command,
                                .run_as = plan.video.display.run_as,
                                .mode_locked = "Moonlight clients choose it when they start"},
                               admission, now);
  log::info("gamestream", "session {}: {} ({}) asks for {} at {} kbit/s{}{}", seat.number,
            launch.device_name, launch.client.to_string(), to_string(plan.mode), plan.bitrate_kbps,
            request.video_encrypted ? ", video encrypted" : "",
            request.audio_encrypted ? ", sound encrypted" : "");
  around_.sockets.add(launch.id, launch.tokens.ping_payload);
  const StockClientRate::Params asked{.asked_kbps = plan.bitrate_kbps,
                                      .fec_percent = params_.offer.fec_percent,
                                      .min_parity = request.min_parity};
  const auto [stream, added] =
      streams_.try_emplace(launch.id, launch, asked, std::move(seat), std::move(plan), around_);
  stream->second.session.show_workers_to(roster_);
  apply_rate(stream->second);
  return {};
}

void Streams::make_room(const plan::Admission& admission, LocalTime now) {
  const auto end_one = [&](unsigned number, const char* why) {
    if (const auto launch = launch_of(number)) {
      end(*launch, TerminationReason::graceful, Desktop::lingers, now);
    } else {
      roster_.wish_end(number, why);
    }
  };
  for (const unsigned number : admission.replaced)
    end_one(number, "another connection of this device took over");
  for (const unsigned number : admission.stolen) end_one(number, "another device took over");
}

void Streams::play(LaunchId launch) {
  if (Stream* const stream = find(launch)) stream->session.play();
}

// ---- What comes over the network

void Streams::on_video_peer(LaunchId launch, const Endpoint& peer) {
  Stream* const stream = find(launch);
  if (stream == nullptr) return;
  log::info("gamestream", "session {}: pictures go to {}", stream->session.number(),
            peer.to_string());
  stream->session.on_video_peer(peer);
}

void Streams::on_audio_peer(LaunchId launch, const Endpoint& peer) {
  if (Stream* const stream = find(launch)) stream->session.on_audio_peer(peer);
}

void Streams::on_control(const ControlNews& news, LocalTime now) {
  Stream* const stream = find(news.launch);
  if (stream == nullptr) return;
  if (const auto* over = std::get_if<ControlOver>(&news.event)) {
    log::info("gamestream", "session {}: its client {}", stream->session.number(),
              to_string(over->why));
    bury(news.launch, Desktop::lingers, over->input);
    publish();
    return;
  }
  std::visit([&](const auto& event) { on(*stream, event, now); }, news.event);
}

void Streams::on(Stream& stream, const StreamWanted&, LocalTime) {
  roster_.on_streaming(stream.session.number());
  trust_.seen(stream.device, trust::moment_now(around_.clock).wall);
}

void Streams::on(Stream& stream, const KeyframeWanted&, LocalTime) {
  stream.rate.on_keyframe_wanted();
  stream.session.want_idr();
}

void Streams::on(Stream& stream, const InvalidateReferences& lost, LocalTime) {
  stream.rate.on_frames_lost(lost.first, lost.last);
  stream.session.on_lost(lost.first, lost.last);
}

void Streams::on(Stream& stream, const FecStatus& status, LocalTime) {
  stream.rate.on_fec_status(status);
}

void Streams::on(Stream& stream, const RoundTrip& round_trip, LocalTime now) {
  stream.rate.on_round_trip(round_trip.time, now);
}

void Streams::on(Stream& stream, const InjectInput& input, LocalTime) {
  stream.session.input().inject(input.event);
}

void Streams::on(Stream& stream, const ReleaseInput& release, LocalTime) {
  stream.session.input().release(release.device);
}

void Streams::on(Stream& stream, const PadReport& report, LocalTime) {
  pass_on(report, stream.session.gamepads());
}

// ---- What comes from the workers

void Streams::hear(const StreamNews& news, LocalTime now) {
  std::visit([&](const auto& what) { on(news.launch, what, now); }, news.what);
}

void Streams::on(LaunchId launch, const StreamOpened& opened, LocalTime) {
  Stream* const stream = find(launch);
  if (stream == nullptr) return;
  stream->session.on_opened(opened);
  roster_.on_mode(stream->session.number(), opened.epoch.mode);
}

// The application has ended, or nothing could be opened at all.
void Streams::on(LaunchId launch, const StreamEnded& ended, LocalTime now) {
  Stream* const stream = find(launch);
  if (stream == nullptr) return;
  log::info("gamestream", "session {}: {}", stream->session.number(), ended.reason);
  const auto reason = stream->session.was_open() ? TerminationReason::graceful
                                                 : TerminationReason::conversion_failed;
  end(launch, reason, Desktop::ends, now);
  publish();
}

void Streams::hear(const PadNews& news, LocalTime now) {
  control_.tell_pad(news.launch, in_words_of_clients(news.feedback), now);
}

// ---- What others want

void Streams::on_roster(const session::Roster::News& news, LocalTime now) {
  if (const auto* wish = std::get_if<session::Roster::EndWish>(&news)) {
    if (const auto launch = launch_of(wish->number)) {
      log::info("gamestream", "session {}: {}", wish->number, wish->why);
      end(*launch, TerminationReason::graceful, wish->desktop, now);
    }
  } else if (const auto* steering = std::get_if<session::Roster::SteerWish>(&news)) {
    steer(steering->number, steering->wish);
  } else if (const auto* closed = std::get_if<session::Roster::DeskClosed>(&news)) {
    // Nobody sits there: what the device launched is over, unless it is just coming back, which
    // finds a new desktop.
    const auto at = waiting_desks_.find(closed->number);
    if (at == waiting_desks_.end()) return;
    book_.cancel(at->second);
    waiting_desks_.erase(at);
    carry_out_overs(now);
  }
  publish();
}

void Streams::watch_access(LocalTime now) {
  const std::uint64_t changes = trust_.change_count();
  if (changes == seen_changes_ && now < access_due_) return;
  seen_changes_ = changes;
  access_due_ = now + kAccessPeriod;
  bool cancelled = false;
  for (const RunningApp& running : book_.running()) {
    const auto access = trust_.access_of(running.device, trust::DeviceKind::moonlight);
    if (!access || access->expired(trust::moment_now(around_.clock).wall)) {
      log::info("gamestream", "{} may not use this host any more", running.device_name);
      cancelled = book_.cancel(running.device) || cancelled;
      continue;
    }
    for (auto& [launch, stream] : streams_) {
      if (stream.device != running.device || stream.grants == access->grants) continue;
      stream.grants = access->grants;
      control_.set_grants(launch, access->grants, now);
    }
  }
  if (!cancelled) return;
  carry_out_overs(now);
  publish();
}

// What a client gets follows from what it complains of.
void Streams::adapt(LocalTime now) {
  if (now < rate_due_) return;
  rate_due_ = now + kRatePeriod;
  for (auto& [launch, stream] : streams_) {
    if (!stream.session.streams()) continue;
    stream.rate.update(stream.session.totals(), stream.session.backlog(), now);
    apply_rate(stream);
  }
}

void Streams::apply_rate(Stream& stream) {
  std::uint32_t bitrate_kbps = stream.rate.bitrate_kbps();
  if (stream.most_kbps) bitrate_kbps = std::min(bitrate_kbps, *stream.most_kbps);
  stream.session.set_bitrate(bitrate_kbps);
  stream.session.set_parity(stream.rate.fec_percent(), stream.rate.min_parity());
  stream.session.set_sound_repeats(stream.rate.packet_loss() > kSoundLoss);
  roster_.on_bitrate(stream.session.number(), bitrate_kbps);
}

// More than the client asked for when it started cannot be wished: it has told nobody that it could
// take it. The mode is not asked for here (Guest::mode_locked).
void Streams::steer(unsigned session, const session::OperatorWish& wish) {
  const auto launch = launch_of(session);
  Stream* const stream = launch ? find(*launch) : nullptr;
  if (stream == nullptr) return;
  if (std::holds_alternative<session::ForceKeyframe>(wish)) stream->session.want_idr();
  if (const auto* cap = std::get_if<session::BitrateCap>(&wish)) {
    stream->most_kbps = cap->bitrate_kbps;
    apply_rate(*stream);
  }
}

void Streams::handle_timeout(LocalTime now) {
  adapt(now);
  const auto due = book_.next_timeout();
  if (!due || *due > now) return;
  book_.handle_timeout(now);
  carry_out_overs(now);
  publish();
}

std::optional<LocalTime> Streams::next_timeout() const {
  const auto due = book_.next_timeout();
  if (streams_.empty()) return due;
  return due ? std::min(*due, rate_due_) : rate_due_;
}

void Streams::end_all(LocalTime now) {
  while (!streams_.empty())
    end(streams_.begin()->first, TerminationReason::graceful, Desktop::ends, now);
  publish();
}

// ---- Ends

Streams::Stream* Streams::find(LaunchId launch) noexcept {
  const auto at = streams_.find(launch);
  return at == streams_.end() ? nullptr : &at->second;
}

std::optional<LaunchId> Streams::launch_of(unsigned session) const noexcept {
  for (const auto& [launch, stream] : streams_) {
    if (stream.session.number() == session) return launch;
  }
  return std::nullopt;
}

void Streams::end(LaunchId launch, TerminationReason reason, Desktop desktop, LocalTime now) {
  if (find(launch) == nullptr) return;
  const input::InputCounts input = control_.input_counts(launch);
  control_.end(launch, reason, now);
  bury(launch, desktop, input);
}

void Streams::bury(LaunchId launch, Desktop desktop, const input::InputCounts& input) {
  const auto at = streams_.find(launch);
  if (at == streams_.end()) return;
  Stream& stream = at->second;
  around_.sockets.remove(launch);
  // What never showed a picture is nothing to return to.
  if (!stream.session.was_open()) desktop = Desktop::ends;
  const unsigned number = stream.session.number();
  session::Ending ending = stream.session.take_ending(input);
  ending.linger = params_.offer.resume;
  const bool waits = roster_.end(std::move(ending), desktop);
  if (waits) waiting_desks_[number] = stream.device;
  book_.on_stream_over(launch, waits ? AppState::stays : AppState::ended);
  streams_.erase(at);
}

}  // namespace pf::gamestream
