#include "host/native/planned_session.h"

#include <utility>

#include "host/apps/app_display.h"

namespace pf::native {
namespace {

message::MediaKeys make_keys(message::Cipher cipher, Rng& rng) {
  message::MediaKeys keys;
  keys.cipher = cipher;
  if (cipher == message::Cipher::chacha20_poly1305) rng.fill(keys.chacha20.fill());
  rng.fill(keys.aes128.fill());
  rng.fill(keys.salt);
  return keys;
}

display::DisplayRequest display_for(const PlannedSession& planned) {
  const plan::SessionPlan& plan = planned.plan;
  if (planned.app) return apps::display_for(*planned.app, plan.mode, plan.run_as);
  return {.mode = plan.mode, .command = plan.command, .run_as = plan.run_as};
}

pipeline::VideoWork work_for(const PlannedSession& planned, display::CaptureWay capture) {
  const plan::SessionPlan& plan = planned.plan;
  return {.display = display_for(planned),
          .capture = capture,
          .encode = {.size_px = plan.mode.size_px,
                     .refresh = plan.mode.refresh,
                     .bitrate_kbps = plan.bitrate_kbps,
                     .slices = plan.slices}};
}

// Slices are there only for clients that take them.
video::Streaming streaming_of(const plan::SessionPlan& plan) {
  if (!plan.takes_streamed_frames) return video::Streaming::none;
  return plan.slices > 1 ? video::Streaming::slices : video::Streaming::blocks;
}

OutletParams outlet_params(const PlannedSession& planned) {
  return {.shard_bytes = planned.plan.shard_bytes,
          .largest_shard_bytes = planned.plan.largest_shard_bytes,
          .max_frame_bytes = planned.plan.max_frame_bytes,
          .fec = planned.plan.fec,
          .streaming = streaming_of(planned.plan),
          .keys = planned.welcome.keys,
          .wire_offset = planned.wire_offset};
}

pipeline::AudioWork sound_work(const plan::SoundPlan& plan) {
  return {.source = {.layout = audio::layout_of(plan.channel_count).value_or(audio::kStereo),
                     .plays_on_host = plan.plays_on_host},
          .codec = plan.codec,
          .bitrate_kbps = plan.bitrate_kbps,
          .bits = plan.format.bits,
          .frame_period = plan.frame_period};
}

std::optional<session::SessionSound> sound_for(PlannedSession& planned,
                                               const pipeline::Backends& backends, NewsBox& news,
                                               const Clock& clock) {
  const plan::SoundPlan& plan = planned.plan.sound;
  if (!plan.sends || !backends.open_sound) return std::nullopt;
  return session::SessionSound{
      .work = sound_work(plan),
      .open_outlet = [&](session::SessionParts& parts) -> std::unique_ptr<pipeline::AudioOutlet> {
        auto outlet = std::make_unique<NativeSound>(
            NativeSound::Parameters{.framing = {.codec = plan.codec,
                                                .redundant = plan.redundant,
                                                .frame_period = plan.frame_period},
                                    .wire_offset = planned.wire_offset},
            parts.sound, news.bell(), clock);
        planned.sound = outlet.get();
        return outlet;
      }};
}

session::SessionEvents events_of(unsigned number, NewsBox& news) {
  return {.opened =
              [number, &news](const pipeline::EpochOpened& epoch) {
                news.tell({number, Opened{epoch}});
              },
          .healing =
              [number, &news](const Error&) {
                news.tell({number, Healing{}});
              },
          .over =
              [number, &news](const Error& error) {
                news.tell({number, Ended{error.what}});
              }};
}

}  // namespace

message::Welcome welcome_for(const plan::SessionPlan& plan, std::uint16_t media_port, Rng& rng) {
  message::Welcome welcome{.media_port = media_port,
                           .mode = plan.mode,
                           .fec = plan.fec,
                           .shard_bytes = plan.shard_bytes,
                           .keys = make_keys(plan.cipher, rng),
                           .compositor = message::CompositorKind::wlroots,
                           .bitrate_kbps = plan.bitrate_kbps,
                           .audio_channels = plan.sound.channel_count,
                           .codec = plan.codec,
                           .audio_codec = plan.sound.codec,
                           .audio = plan.sound.format};
  // Whatever display takes input takes text.
  welcome.capabilities.add(message::Capability::takes_text_input);
  if (plan.sound.redundant) welcome.capabilities.add(message::Capability::sends_redundant_audio);
  if (plan.sound.codec == message::AudioCodec::pcm) {
    welcome.capabilities.add(message::Capability::sends_pcm);
    welcome.audio_frame_us = static_cast<std::uint16_t>(
        std::chrono::duration_cast<microseconds>(plan.sound.frame_period).count());
  }
  return welcome;
}

void start_workers(PlannedSession& planned, std::unique_ptr<net::UdpPort> media_port,
                   display::CaptureWay capture, pipeline::Backends backends, NewsBox& news,
                   HealthBoard& board, const Clock& clock) {
  const unsigned number = planned.number;
  backends.open_display = [desk = planned.desk,
                           use = planned.use](const display::DisplayRequest& request) {
    return desk->lease(request, use);
  };
  backends.input_target = [desk = planned.desk] { return desk->input_target(); };
  const auto open_outlet =
      [&](session::SessionParts& parts) -> std::unique_ptr<pipeline::FrameOutlet> {
    const bool timing_wanted = planned.plan.host_timing_wanted;
    auto outlet = std::make_unique<NativeOutlet>(
        outlet_params(planned), std::move(media_port), parts, clock,
        [&news, number, timing_wanted](const message::HostTiming& timing, bool idr) {
          if (timing_wanted || idr) news.tell({number, Sent{timing, idr}});
        },
        [&news, number](const message::ProbeResult& result) {
          news.tell({number, Tested{result}});
        });
    planned.outlet = outlet.get();
    return outlet;
  };
  const auto sound = sound_for(planned, backends, news, clock);
  planned.session = std::make_unique<session::Session>(
      fmt::format("session {}", number), work_for(planned, capture), sound, std::move(backends),
      planned.plan.bitrate_kbps, open_outlet, board, clock, events_of(number, news));
}

}  // namespace pf::native
