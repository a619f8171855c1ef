// What sessions are made with: display, encoders, sound; and the decoder that looks at them here.
#include <thread>

#include "client/decode/modules.h"
#include "core/runtime/installed.h"
#include "host/doctor/patient.h"
#include "host/doctor/rungs.h"
#include "host/encode/modules.h"
#include "sound/pipewire/default_nodes.h"

namespace pf::doctor {
namespace {

// A server of our own is ready after 0.1 s; a starved machine may take much longer.
constexpr Nanos kSoundPatience = seconds(6);

struct EncoderFact {
  std::string_view name;
  Result<std::string> description;
};

EncoderFact ask_encoder(std::string_view name) {
  const auto module = encode::load_module(name);
  if (!module) return {name, tl::unexpected(module.error())};
  auto caps = (*module)->probe();
  if (!caps) return {name, tl::unexpected(caps.error())};
  return {name, caps->description};
}

// Waits until somebody listens there. The error: what the server's programs say.
Result<void> wait_for(const sound::ServerAddress& server, Patient& patient) {
  const LocalTime until = patient.clock().now() + kSoundPatience;
  while (!sound::listens(server)) {
    if (patient.clock().now() >= until)
      return fail(ErrorKind::timed_out, "no socket appeared at {}", server.socket_path);
    std::this_thread::sleep_for(milliseconds(5));
  }
  return {};
}

// The first reason that one of the server's programs gave; empty: none.
std::string reason_of(Patient& patient) {
  for (const HealthRow& row : patient.board().rows(patient.clock().now()))
    if (!row.reason.empty()) return fmt::format("{}: {}", row.worker, row.reason);
  return {};
}

// A server that answers, and a session manager, without which nothing is linked.
Result<void> talk_to(const sound::ServerAddress& server) {
  PF_TRY(const auto connection, sound::Connection::open(server, nullptr));
  if (auto manager = sound::DefaultNodes::open(*connection); !manager) {
    return fail(manager.error().kind, "no session manager (wireplumber) is there: {}",
                manager.error().what);
  }
  return {};
}

Finding look_at_users_server() {
  const sound::ServerAddress server = sound::users_server();
  if (server.socket_path.empty() || !sound::listens(server)) {
    return failed(
        fmt::format("no PipeWire runs{}, and sound_server.run forbids one of our own",
                    server.socket_path.empty() ? std::string() : " at " + server.socket_path),
        "systemctl --user start pipewire wireplumber pipewire-pulse; or --set "
        "sound_server.run=auto");
  }
  if (const auto talked = talk_to(server); !talked) {
    return failed("PipeWire at " + server.socket_path + ": " + talked.error().what,
                  talked.error().what.find("wireplumber") != std::string::npos
                      ? "systemctl --user restart wireplumber"
                      : "systemctl --user restart pipewire wireplumber");
  }
  return ok("PipeWire at " + server.socket_path);
}

Finding look_at_own_server(Patient& patient) {
  const sound::ServerAddress server = patient.sound_server->address();
  Result<void> works = wait_for(server, patient);
  if (works) works = talk_to(server);
  if (works) return ok("PipeWire, one of our own");
  const std::string reason = reason_of(patient);
  patient.sound_server.reset();
  return failed(
      "no PipeWire of our own can be started: " + (reason.empty() ? works.error().what : reason),
      "");
}

}  // namespace

Finding look_at_compositor(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  const auto found = patient.surroundings().probe_display(*config);
  if (found) return ok(config->display.backend == "synthetic" ? "synthetic" : "punktfunk-desktop");
  const std::string user = config->desktop.run_as;
  if (found.error().what.find("user") != std::string::npos && !user.empty())
    return failed(found.error(),
                  "--set desktop.run_as=NAME of a user of this machine: getent passwd");
  if (found.error().kind == ErrorKind::refused)
    return failed(found.error(), "mend desktop.command, or install that program");
  return failed(found.error(), "");
}

Finding look_at_encoders(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  const std::string& wanted = config->video.encoder;
  std::string works, reasons;
  for (const std::string_view name : encode::kModuleNames) {
    const EncoderFact fact = ask_encoder(name);
    if (!fact.description) {
      reasons +=
          fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", name, fact.description.error().what);
    } else if (wanted == "auto" || wanted == name) {
      works += (works.empty() ? "" : ", ") + *fact.description;
    }
  }
  if (works.empty()) {
    return failed(fmt::format("no encoder can be used{}{}",
                              wanted == "auto" ? "" : " (video.encoder=" + wanted + ")",
                              reasons.empty() ? "" : ": " + reasons),
                  wanted == "auto" ? "" : "--set video.encoder=auto");
  }
  return ok(reasons.empty() ? works : fmt::format("{}; not {}", works, reasons));
}

Finding look_at_sound_server(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  if (config->audio.backend != "auto" && config->audio.backend != "pipewire") {
    patient.sound_works = true;
    return skipped(fmt::format("audio.backend is {}", config->audio.backend));
  }
  auto own = patient.surroundings().start_sound_server(*config, patient.board(), patient.clock());
  if (!own) return failed(own.error(), "");
  patient.sound_server = *std::move(own);
  Finding found = patient.sound_server ? look_at_own_server(patient) : look_at_users_server();
  patient.sound_works = found.state == State::ok;
  return found;
}

Finding look_at_decoder(Patient&) {
  const auto module = decode::load_module("libavcodec");
  if (!module) return failed(module.error(), "");
  const auto decoder = (*module)->open();
  if (!decoder) return failed(decoder.error(), "sudo apt install libavcodec59");
  if (const auto pattern = find_installed_program("punktfunk-pattern"); !pattern)
    return failed(pattern.error(), "");
  return ok("libavcodec");
}

}  // namespace pf::doctor
