#include "host/app/choose_backends.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/runtime/log.h"
#include "host/app/registry.h"
#include "host/audio/pipewire/pipewire_source.h"
#include "host/encode/faulty_encoder.h"
#include "host/encode/modules.h"

namespace pf::app {
namespace {

// Today every automatic session gets a desktop of its own; desktops that already run come with
// their backends.
std::string wanted_display(const config::HostConfig& config) {
  return config.display.backend == "auto" ? "desktop" : config.display.backend;
}

display::DisplayRequest typical_request(const config::HostConfig& config) {
  return {.command = config.desktop.command, .run_as = config.desktop.run_as};
}

Result<display::DisplayBackend> choose_display(const config::HostConfig& config) {
  const std::string name = wanted_display(config);
  for (display::DisplayBackend& backend : display_backends()) {
    if (backend.name != name) continue;
    PF_TRY_VOID(backend.probe(typical_request(config)));
    return std::move(backend);
  }
  return fail(ErrorKind::unavailable, "this build has no display backend \"{}\"", name);
}

// Every encoder of this build that works here, the best first.
Result<encode::EncoderBackend> choose_encoder(const std::string& wanted) {
  std::vector<encode::EncoderBackend> candidates;
  std::string reasons;
  for (const std::string_view module : encode::kModuleNames) {
    if (wanted != "auto" && wanted != module) continue;
    if (auto loaded = encode::load_module(module)) {
      candidates.push_back(**loaded);
    } else {
      reasons += fmt::format("; {}: {}", module, loaded.error().what);
    }
  }
  for (const auto& candidate : candidates) {
    if (auto caps = candidate.probe()) {
      log::info("host", "encoding with {}{}", caps->description,
                reasons.empty() ? "" : " since" + reasons.substr(1));
      return candidate;
    } else {
      reasons += fmt::format("; {}: {}", candidate.name, caps.error().what);
    }
  }
  return fail(ErrorKind::unavailable, "no encoder can be used{}",
              reasons.empty() ? "" : ":" + reasons.substr(1));
}

// Whether its server runs is found out again by each session; and whether a session has any sound
// is its device's business.
decltype(pipeline::Backends::open_sound) choose_sound(const config::AudioConfig& config,
                                                      restore::UndoJournal* journal) {
  if (config.backend != "tone")
    return audio::pipewire::backend({.server = {}, .journal = journal}).open;
  for (const auto& backend : audio_backends()) {
    if (backend.name == config.backend) return backend.open;
  }
  return {};
}

encode::EncoderBackend with_faults_of(const config::DebugConfig& debug,
                                      encode::EncoderBackend encoder) {
  if (debug.encoder_failures == 0) return encoder;
  log::warning("host", "encoders will break on purpose: debug.encoder_failures is {}",
               debug.encoder_failures);
  return encode::with_faults(std::move(encoder),
                             {.count = debug.encoder_failures,
                              .lifetime_pictures = debug.encoder_lifetime_pictures,
                              .stall = milliseconds(debug.encoder_stall_ms)});
}

const char* name_of(encode::Codec codec) {
  switch (codec) {
    case encode::Codec::h264:
      return "h264";
    case encode::Codec::hevc:
      return "hevc";
    case encode::Codec::av1:
      return "av1";
  }
  return "h264";
}

admin::Backend look_at_encoder(std::string_view module) {
  admin::Backend found{.name = std::string(module), .reason = {}};
  const auto loaded = encode::load_module(module);
  if (!loaded) {
    found.reason = loaded.error().what;
    return found;
  }
  const auto caps = (*loaded)->probe();
  if (!caps) {
    found.reason = caps.error().what;
    return found;
  }
  found.description = caps->description;
  found.codec = name_of(caps->codec);
  found.largest_px = caps->largest_px;
  return found;
}

}  // namespace

Result<void> probe_display(const config::HostConfig& config) {
  PF_TRY_VOID(choose_display(config));
  return {};
}

std::vector<admin::Backend> look_at_displays(const config::HostConfig& config) {
  std::vector<admin::Backend> all;
  for (const display::DisplayBackend& backend : display_backends()) {
    const auto usable = backend.probe(typical_request(config));
    all.push_back({.name = backend.name,
                   .reason = usable ? std::string() : usable.error().what,
                   .chosen = usable && backend.name == wanted_display(config)});
  }
  return all;
}

std::vector<admin::Backend> KnownEncoders::list(std::string_view wanted) {
  std::call_once(once_, [this] {
    for (const std::string_view module : encode::kModuleNames)
      all_.push_back(look_at_encoder(module));
  });
  std::vector<admin::Backend> all = all_;
  const auto chosen = std::find_if(all.begin(), all.end(), [&](const admin::Backend& encoder) {
    return encoder.reason.empty() && (wanted == "auto" || wanted == encoder.name);
  });
  if (chosen != all.end()) chosen->chosen = true;
  return all;
}

Result<pipeline::Backends> choose_backends(const config::HostConfig& config,
                                           restore::UndoJournal* journal) {
  PF_TRY(const auto display, choose_display(config));
  PF_TRY(auto chosen, choose_encoder(config.video.encoder));
  const auto encoder = with_faults_of(config.debug, std::move(chosen));
  const std::string capture = config.capture.backend;

  return pipeline::Backends{
      .open_display = display.open,
      .open_source = [capture](display::CaptureTarget target, const Clock& clock)
          -> Result<std::unique_ptr<capture::VideoSource>> {
        for (const auto& backend : capture_backends()) {
          if (backend.understands(target)) return backend.open(std::move(target), clock);
        }
        return fail(ErrorKind::unavailable, "this build has no way to capture from this display");
      },
      .open_encoder = encoder.open,
      .open_sound = choose_sound(config.audio, journal),
      .open_input = [](display::InputTarget target) -> Result<std::unique_ptr<input::InputSink>> {
        for (const auto& backend : input_backends()) {
          if (backend.understands(target)) return backend.open(std::move(target));
        }
        return fail(ErrorKind::unavailable, "this build has no way to give input to this display");
      },
      .open_gamepads = [](const input::TellPad&) -> Result<std::unique_ptr<input::GamepadSink>> {
        return fail(ErrorKind::unavailable, "this build has no devices for gamepads yet");
      }};
}

}  // namespace pf::app
