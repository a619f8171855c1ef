// For tests: a host to administer, without doors, with a store in a folder of its own.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/runtime/system_clock.h"
#include "host/admin/administration.h"
#include "host/blackbox/blackbox.h"
#include "host/recorder/recorder.h"

namespace pf::admin {

class TestingFolder {
 public:
  TestingFolder() { PF_CHECK(mkdtemp(path_) != nullptr); }
  ~TestingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/pf-admin-XXXXXX";
};

struct TestingHost {
  TestingFolder folder;
  SystemClock clock;
  SystemRng rng;
  HealthBoard board;
  std::vector<session::SessionStatus> sessions;
  std::vector<session::OperatorWish> wishes;      // of its sessions, carried out
  std::vector<gamestream::PinWaiting> pins;       // Moonlight clients that wait for one
  std::optional<pipeline::MicStatus> microphone;  // that it offers
  LogRing log_ring;
  log::Level log_level = log::Level::info;
  doctor::DoctorStatus doctor{
      .rungs = {
          {.name = "kernel", .checks = "it is new", .state = "waiting", .what = {}, .fix = {}}}};
  library::Shelf shelf = make_shelf();
  Result<std::shared_ptr<const library::Picture>> picture =
      std::make_shared<const library::Picture>(library::Picture{"image/jpeg", "picture"});
  std::unique_ptr<trust::TrustRegistry> trust = *trust::TrustRegistry::open(folder.path(), rng);
  std::unique_ptr<access::AccessStore> access = *access::AccessStore::open(folder.path(), rng);
  // As if it were started with --set video.slices=8.
  std::unique_ptr<config::LiveConfig> settings =
      *config::LiveConfig::open(folder.path() + "/host.toml", {"video.slices=8"}, board, clock);
  std::shared_ptr<recorder::SessionTrace> trace;
  std::string still_jpeg = "a picture";  // of every session; empty: it is being made
  recorder::Recorder recorder{folder.path(), board, clock};
  HealthBoard blackbox_board;  // its threads are none of the host's under test
  std::shared_ptr<blackbox::SessionTap> tap;
  blackbox::BlackBox blackbox{folder.path(), {.enabled = true}, blackbox_board, clock};
  Administration administration{{.version = "1", .name = "box", .id = "0123"},
                                controls(),
                                *settings,
                                *trust,
                                *access,
                                board,
                                clock};

  Controls controls() {
    Controls made;
    made.sessions.list = [this] { return sessions; };
    made.sessions.end = [this](unsigned) {
      sessions.clear();
      return Result<void>();
    };
    made.sessions.steer = [this](unsigned number, const session::OperatorWish& wish) {
      return steer(number, wish);
    };
    made.sessions.microphone = [this] { return microphone; };
    made.pins = {.waiting = [this] { return pins; },
                 .enter = [this](const gamestream::PinEntry&) -> Result<gamestream::PinTicket> {
                   if (pins.empty()) return fail(ErrorKind::unavailable, "nobody waits for a PIN");
                   return pins.front().ticket;
                 },
                 .last = []() -> std::optional<gamestream::PinOutcome> { return std::nullopt; }};
    made.equipment.displays = [] {
      return std::vector<Backend>{{.name = "desktop", .reason = "no program", .chosen = true}};
    };
    made.equipment.encoders = [] {
      return std::vector<Backend>{{.name = "x264",
                                   .reason = "",
                                   .chosen = true,
                                   .description = "x264 core 164",
                                   .codec = "h264",
                                   .largest_px = SizePx{4096, 2304}},
                                  {.name = "openh264", .reason = "its library is missing"}};
    };
    made.stills.newest = [this](unsigned session) { return still(session); };
    made.stills.cost = [] { return stills::StillCost{.made = 2, .cpu = milliseconds(3)}; };
    made.logs = {.ring = &log_ring,
                 .level = [this] { return log_level; },
                 .set_level = [this](log::Level least) { log_level = least; }};
    made.recorder = &recorder;
    made.blackbox = &blackbox;
    made.doctor = {.status = [this] { return doctor; },
                   .start = [this]() -> Result<void> {
                     if (doctor.running) return fail(ErrorKind::exhausted, "it is at work");
                     doctor.running = true;
                     return {};
                   }};
    made.library = {.now = [this] { return std::make_shared<const library::Shelf>(shelf); },
                    .scan = [this] { shelf.scanning = true; },
                    .look = [](Nanos) {},
                    .art = [this](const library::Library::ArtAsk& ask) { ask.answer(picture); }};
    return made;
  }

  // A library with a game that has a poster.
  static library::Shelf make_shelf() {
    library::Shelf made;
    library::SourceState& steam = made.sources.emplace_back();
    steam.name = "steam";
    steam.title = "Steam";
    steam.state = library::SourceState::State::ready;
    steam.entry_count = 1;
    library::Entry& game = made.entries.emplace_back();
    game.id = "steam:570";
    game.source = "steam";
    game.title = "<b>Dota 2</b>";
    game.command = {"steam", "steam://rungameid/570"};
    game.art[0] = library::Art{.path = "/art.jpg",
                               .format = library::ImageFormat::jpeg,
                               .size_px = {600, 900},
                               .size_bytes = 7,
                               .tag = "0123456789abcdef"};
    return made;
  }

  // As the roster does: only what is there, and this one's mode is locked.
  Result<void> steer(unsigned number, const session::OperatorWish& wish) {
    for (const auto& session : sessions) {
      if (session.number != number) continue;
      if (std::holds_alternative<DisplayMode>(wish) && !session.mode_locked.empty())
        return fail(ErrorKind::refused, "session {} keeps its mode: {}", number,
                    session.mode_locked);
      wishes.push_back(wish);
      return {};
    }
    return fail(ErrorKind::unavailable, "there is no session {}", number);
  }

  Result<std::shared_ptr<const stills::Still>> still(unsigned session) const {
    if (still_jpeg.empty())
      return fail(ErrorKind::unavailable, "a picture of session {} is being made: ask again",
                  session);
    return std::make_shared<const stills::Still>(stills::Still{.jpeg = still_jpeg});
  }

  // A session that has shown a second of pictures, one of them late.
  void show_pictures(unsigned number) {
    trace = std::make_shared<recorder::SessionTrace>();
    LocalTime at = clock.now() - seconds(2);
    for (std::uint64_t id = 0; id < 60; ++id) {
      at += milliseconds(id == 40 ? 200 : 16);
      show_picture(id, at);
    }
    recorder.begin({.number = number, .door = "native", .device = "tv", .mode = "1280x720@60"},
                   trace, seconds(1'700'000'000));
  }
  // One more of that session.
  void show_picture(std::uint64_t id, LocalTime at) {
    trace->add(recorder::FrameRow{.id = FrameId{id},
                                  .captured = at,
                                  .delivered = at,
                                  .submitted = at,
                                  .encoded = at,
                                  .first_sent = at,
                                  .last_sent = at,
                                  .bytes = 1000,
                                  .packets = 1});
  }

  // A session of which the black box keeps three pictures, as far as they look like ones.
  void keep_pictures(unsigned number) {
    constexpr std::string_view kKeyFrame("\0\0\1\x67\x42\xC0\x1F\1\0\0\1\x68\1\0\0\1\x65\1", 18);
    constexpr std::string_view kOther("\0\0\1\x41\1", 5);
    tap = std::make_shared<blackbox::SessionTap>();
    blackbox.begin({.number = number, .door = "native", .device = "tv", .mode = "1280x720@60"}, tap,
                   trace, seconds(1'700'000'000));
    Doorbell bell;
    pipeline::FrameSteering steering(bell, 1000);
    tap->begin_epoch({.size_px = {1280, 720}, .refresh = {60, 1}});
    for (std::uint64_t id = 0; id < 3; ++id) {
      tap->on_part({.id = FrameId{id},
                    .bytes = as_bytes(id == 0 ? kKeyFrame : kOther),
                    .first = true,
                    .last = true,
                    .idr = id == 0,
                    .captured_at = clock.now()},
                   steering);
    }
  }

  // A device that is paired, whose certificate's fingerprint begins with this byte.
  crypto::Fingerprint pair(std::uint8_t first, const std::string& name) {
    const crypto::Fingerprint fingerprint = fingerprint_of(first);
    const auto armed = trust->arm_pairing({}, clock.now());
    PF_CHECK(trust->finish_pairing(armed, fingerprint, name, administration.now()).has_value());
    trust->disarm_pairing();
    return fingerprint;
  }
  void knock(std::uint8_t first, const std::string& name) {
    PF_CHECK(
        trust->knock(fingerprint_of(first), name, Endpoint::loopback(1), clock.now()).has_value());
  }
  static crypto::Fingerprint fingerprint_of(std::uint8_t first) {
    crypto::Fingerprint fingerprint{};
    fingerprint[0] = static_cast<std::byte>(first);
    fingerprint[1] = static_cast<std::byte>(0xAB);
    return fingerprint;
  }
};

}  // namespace pf::admin
