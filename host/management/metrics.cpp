#include "host/management/metrics.h"

#include <algorithm>
#include <utility>

#include "host/recorder/recorder.h"

namespace pf::management {
namespace {

using Type = MetricText::Type;
using State = session::SessionStatus::State;

double as_double(std::uint64_t count) { return static_cast<double>(count); }
double in_seconds(Nanos span) { return std::chrono::duration<double>(span).count(); }

const char* kind_of(const session::SessionStatus& session) {
  return session.door == session::Door::native ? "native" : "moonlight";
}

const char* name_of(State state) {
  switch (state) {
    case State::starting:
      return "starting";
    case State::streaming:
      return "streaming";
    case State::ending:
      return "ending";
    case State::lingering:
      return "lingering";
  }
  return "ending";
}

void add_if_known(Histogram& histogram, LocalTime from, LocalTime to) {
  if (from != LocalTime{} && to != LocalTime{}) histogram.add(to - from);
}

}  // namespace

std::string Metrics::text(admin::Administration& host) {
  take_in(host);
  MetricText out;
  write_host(out, host);
  write_sessions(out, host);
  write_pictures(out, host);
  write_sound(out, host);
  write_stills(out, host);
  return out.text();
}

void Metrics::take_in(admin::Administration& host) {
  if (host.controls().recorder == nullptr) return;
  std::map<unsigned, Seen> still;
  for (const auto& [number, trace] : host.controls().recorder->traces()) {
    Seen& seen = still[number] = seen_[number];
    take_in(*trace, seen);
  }
  seen_ = std::move(still);
}

void Metrics::take_in(const recorder::SessionTrace& trace, Seen& seen) {
  const auto new_rows = [](const auto& ring, std::uint64_t& taken) {
    const std::uint64_t end = ring.added();
    return ring.rows(std::exchange(taken, end), end);
  };
  for (const recorder::FrameRow& row : new_rows(trace.frames(), seen.frames)) {
    add_if_known(stages_.capture, row.captured, row.delivered);
    add_if_known(stages_.encode, row.delivered, row.encoded);
    add_if_known(stages_.wait, row.encoded, row.first_sent);
    add_if_known(stages_.send, row.first_sent, row.last_sent);
    add_if_known(stages_.host, row.captured, row.last_sent);
    key_frames_ += row.idr ? 1 : 0;
    video_bytes_ += row.bytes;
    video_packets_ += row.packets;
  }
  for (const recorder::ClientRow& row : new_rows(trace.clients(), seen.clients)) {
    add_if_known(stages_.arrive, row.captured, row.received);
    add_if_known(stages_.decode, row.received, row.decoded);
    add_if_known(stages_.show, row.captured, row.presented);
  }
  for (const recorder::LossRow& row : new_rows(trace.losses(), seen.losses)) {
    if (row.is_rate) seen.loss_ratio = row.loss_ppm / 1e6;
    const auto span = static_cast<std::int32_t>(row.last_frame - row.first_frame);
    if (!row.is_rate && span >= 0) lost_frames_ += static_cast<std::uint32_t>(span) + 1;
  }
}

void Metrics::write_host(MetricText& out, admin::Administration& host) const {
  const admin::HostStatus status = host.status();
  out.family("punktfunk_info", Type::gauge, "What runs here; always 1.");
  out.sample(1, {{"version", status.facts.version}});
  out.family("punktfunk_uptime_seconds", Type::gauge, "Since the host started.");
  out.sample(in_seconds(status.uptime));
  out.family("punktfunk_devices", Type::gauge, "Paired devices.");
  out.sample(as_double(status.devices));
  out.family("punktfunk_knocks", Type::gauge, "Devices that wait to be let in.");
  out.sample(as_double(status.knocks));
  out.family("punktfunk_worker_working", Type::gauge,
             "1: it works; 0: it heals, is stuck or gave up.");
  for (const HealthRow& row : status.health)
    out.sample(row.health == Health::working ? 1 : 0, {{"worker", row.worker}});
  out.family("punktfunk_worker_reopened_total", Type::counter,
             "Times that a worker failed and was opened again.");
  for (const HealthRow& row : status.health) out.sample(row.reopened, {{"worker", row.worker}});
}

void Metrics::write_sessions(MetricText& out, admin::Administration& host) const {
  const auto sessions = host.sessions();
  out.family("punktfunk_sessions", Type::gauge, "Sessions by how far they are.");
  for (const State state : {State::starting, State::streaming, State::ending, State::lingering}) {
    for (const char* kind : {"native", "moonlight"}) {
      const auto count = std::count_if(sessions.begin(), sessions.end(), [&](const auto& session) {
        return session.state == state && std::string_view(kind_of(session)) == kind;
      });
      out.sample(static_cast<double>(count), {{"state", name_of(state)}, {"kind", kind}});
    }
  }
  const auto labels = [](const auto& session) {
    return MetricText::Labels{{"session", std::to_string(session.number)},
                              {"kind", kind_of(session)}};
  };
  out.family("punktfunk_session_bitrate_bits_per_second", Type::gauge, "Asked of the encoder.");
  for (const auto& session : sessions) out.sample(session.bitrate_kbps * 1e3, labels(session));
  out.family("punktfunk_session_seconds", Type::gauge, "Since its client was let in.");
  for (const auto& session : sessions)
    out.sample(in_seconds(host.now().local - session.since), labels(session));
  out.family("punktfunk_session_loss_ratio", Type::gauge,
             "Of its packets, as the client said last.");
  for (const auto& session : sessions) {
    const auto seen = seen_.find(session.number);
    if (seen != seen_.end()) out.sample(seen->second.loss_ratio, labels(session));
  }
}

void Metrics::write_pictures(MetricText& out, admin::Administration& host) const {
  const auto& work = host.controls().sessions.work;
  const session::WorkCounts counts = work ? work() : session::WorkCounts{};
  const auto counter = [&](const char* name, const char* help, std::uint64_t count) {
    out.family(name, Type::counter, help);
    out.sample(as_double(count));
  };
  counter("punktfunk_frames_captured_total", "Pictures taken from desktops.",
          counts.frames_captured);
  counter("punktfunk_frames_sent_total", "Pictures whose last packet left.", counts.frames_sent);
  counter("punktfunk_frames_lost_total", "Pictures that clients said they missed.", lost_frames_);
  counter("punktfunk_key_frames_total", "Pictures that refer to none: begins and recoveries.",
          key_frames_);
  counter("punktfunk_pipeline_opened_total", "Times that capture and encoder were opened.",
          counts.epochs);
  counter("punktfunk_video_bytes_total", "As encoders made them.", video_bytes_);
  counter("punktfunk_video_packets_total", "With parity.", video_packets_);
  counter("punktfunk_input_events_total", "Given to desktops.", counts.input_events);
  out.family("punktfunk_frame_stage_seconds", Type::histogram,
             "What each stage of a picture took. host: from the desktop to the last packet; of "
             "clients that tell, arrive: from the desktop until it was whole there, decode, and "
             "show: from the desktop to the glass.");
  for (const auto& [name, histogram] :
       {std::pair("capture", &stages_.capture), std::pair("encode", &stages_.encode),
        std::pair("wait", &stages_.wait), std::pair("send", &stages_.send),
        std::pair("host", &stages_.host), std::pair("arrive", &stages_.arrive),
        std::pair("decode", &stages_.decode), std::pair("show", &stages_.show)})
    out.sample(*histogram, {{"stage", name}});
}

void Metrics::write_sound(MetricText& out, admin::Administration& host) const {
  const auto& work = host.controls().sessions.work;
  const session::WorkCounts counts = work ? work() : session::WorkCounts{};
  const auto counter = [&](const char* name, const char* help, std::uint64_t count) {
    out.family(name, Type::counter, help);
    out.sample(as_double(count));
  };
  counter("punktfunk_sound_frames_total", "Frames of sound given to the network.",
          counts.sound_frames);
  counter("punktfunk_sound_silent_frames_total", "Of these, silence because nothing came.",
          counts.silent_sound_frames);
  counter("punktfunk_sound_dropped_frames_total", "Frames that never left.",
          counts.dropped_sound_frames);
  const auto microphone = host.status().microphone;
  if (!microphone) return;
  counter("punktfunk_microphone_packets_total", "Decoded.", microphone->packets);
  counter("punktfunk_microphone_concealed_total", "Lost on the way, and made up.",
          microphone->concealed);
  counter("punktfunk_microphone_dropped_total", "Too many, too late, or not allowed.",
          microphone->dropped);
}

void Metrics::write_stills(MetricText& out, admin::Administration& host) const {
  const auto& told = host.controls().stills.cost;
  if (!told) return;
  const stills::StillCost cost = told();
  out.family("punktfunk_stills_total", Type::counter, "Pictures of sessions made for the console.");
  out.sample(as_double(cost.made));
  out.family("punktfunk_stills_cpu_seconds_total", Type::counter, "Of a processor, for these.");
  out.sample(in_seconds(cost.cpu));
}

}  // namespace pf::management
