#include "host/doctor/test_session.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "client/audio/silent_output.h"
#include "client/decode/modules.h"
#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"
#include "host/apps/catalogue.h"
#include "host/audio/pipewire/pipewire_source.h"
#include "host/audio/tone/tone_source.h"
#include "host/doctor/test_line.h"
#include "pattern/card.h"

namespace pf::doctor {
namespace {

constexpr Nanos kConnectPatience = seconds(6);
constexpr Nanos kFirstSessionPicture = seconds(6);
// Some sixty pictures, and enough sound to know a tone.
constexpr Nanos kStreamFor = seconds(2);
constexpr Nanos kUnitPatience = milliseconds(100);

// Free now; for a socket that is opened a moment later.
Result<std::uint16_t> free_port(const Clock& clock) {
  PF_TRY(const auto port, net::UdpPort::open(Endpoint::loopback(0), clock, {}));
  return port->local().port();
}

message::Hello hello() {
  message::Hello hello;
  hello.mode = kTestMode;
  hello.device_name = "punktfunk doctor";
  hello.codecs = {message::VideoCodec::h264};
  hello.preferred_codecs = {message::VideoCodec::h264};
  hello.capabilities.add(message::Capability::separates_probe_frames)
      .add(message::Capability::streamed_access_units)
      .add(message::Capability::multi_slice)
      .add(message::Capability::hears_redundant_audio);
  return hello;
}

bool broke(const HealthRow& row) { return row.reopened != 0 || row.health != Health::working; }

}  // namespace

TestSession::TestSession(Patient& patient) : patient_(patient) {}

TestSession::~TestSession() {
  program_.reset();
  sound_.reset();
  if (client_) client_->close(message::CloseCode::quit);
  client_.reset();
  relay_.reset();
  door_.reset();
  roster_.reset();
  trust_.reset();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<void> TestSession::open_host(const config::HostConfig& config) {
  char name[] = "/tmp/punktfunk-doctor-XXXXXX";
  if (mkdtemp(name) == nullptr)
    return fail_os(ErrorKind::refused, errno, "cannot make a folder in /tmp");
  folder_ = name;
  // The user's own journal, so that whatever becomes of us the next host puts things back.
  const auto state = patient_.state_folder();
  const bool has_state = state && std::filesystem::is_directory(*state);
  PF_TRY(journal_, restore::UndoJournal::open((has_state ? *state : folder_) + "/undo"));
  PF_TRY(auto backends, patient_.surroundings().choose_backends(config, journal_.get()));
  seen_.no_sound = why_no_sound(config);
  if (!seen_.no_sound.empty()) backends.open_sound = {};
  PF_TRY(const auto identity, crypto::make_identity(crypto::host_names("doctor")));
  PF_TRY(tls_, quic::TlsIdentity::from_pem(identity.certificate_pem, identity.key_pem.reveal()));
  PF_TRY(trust_, trust::TrustRegistry::open(folder_, patient_.rng()));
  PF_TRY(auto catalogue, apps::Catalogue::make(config));
  PF_TRY(const std::uint16_t media, free_port(patient_.clock()));
  roster_.emplace(
      session::Roster::Params{.rules = {.admission = {.max_clients = 1}, .linger = Nanos(0)},
                              .open_display = backends.open_display},
      board_, patient_.clock(), [](const session::SessionReport&) {});
  PF_TRY(door_,
         native::NativeDoor::open(
             {.listen = Endpoint::loopback(0),
              .terms = {.data_port = media,
                        .open = true,
                        .idle_timeout = milliseconds(config.session.idle_timeout_ms),
                        .offer = patient_.surroundings().offer(config),
                        .apps = std::move(catalogue),
                        .capture = config.capture.backend == "wlr" ? display::CaptureWay::screencopy
                                                                   : display::CaptureWay::best},
              .backends = std::move(backends)},
             *tls_, *trust_, *roster_, board_, patient_.clock(), patient_.rng()));
  PF_TRY(relay_, LossyRelay::open(door_->address(), Endpoint::loopback(media)));
  return {};
}

Result<void> TestSession::open_client() {
  PF_TRY(const auto* const module, decode::load_module("libavcodec"));
  PF_TRY(decoder_, module->open());
  auto client = endpoint::ClientEndpoint::connect({.host = relay_->address(),
                                                   .hello = hello(),
                                                   .fingerprint = std::nullopt,
                                                   .identity = std::nullopt,
                                                   .patience = kConnectPatience},
                                                  patient_.clock(), patient_.rng());
  if (!client) {
    const std::string reason = reasons();
    return fail(ErrorKind::refused, "the client was not let in: {}{}", client.error().sentence,
                reason.empty() ? "" : " (" + reason + ")");
  }
  client_ = *std::move(client);
  return {};
}

// Empty: nothing forbids it.
std::string TestSession::why_no_sound(const config::HostConfig& config) const {
  if (!patient_.sound_works) return "there is no sound server";
  if (config.audio.play_on == "host") return "audio.play_on is host";
  const auto& host = patient_.running_host();
  if (config.audio.backend != "tone" && host && *host && (**host).value("sessions", 0) != 0)
    return "a client of the host that runs would hear the tone";
  return {};
}

void TestSession::open_sound(const config::HostConfig& config) {
  if (!seen_.no_sound.empty()) return;
  if (config.audio.backend != "tone") {
    const sound::ServerAddress server =
        patient_.sound_server ? patient_.sound_server->address() : sound::users_server();
    auto program = ToneProgram::start(
        server, config.audio.play_on == "client" ? audio::pipewire::kSinkName : "");
    if (!program) {
      seen_.no_sound = program.error().what;
      return;
    }
    program_ = *std::move(program);
  }
  tone_.emplace(client_audio::kOutputRateHz,
                std::vector<double>{audio::tone::frequency_hz(0), audio::tone::frequency_hz(1)});
  client_audio::SoundListener* const listener = this;
  sound_ = std::make_unique<client_audio::SessionSound>(
      *client_,
      [&clock = patient_.clock()](std::uint8_t,
                                  Doorbell&) -> Result<std::unique_ptr<client_audio::AudioOutput>> {
        return std::make_unique<client_audio::SilentOutput>(clock);
      },
      listener, patient_.clock());
}

void TestSession::hear(std::span<const float> interleaved) noexcept {
  const std::lock_guard lock(sound_mutex_);
  tone_->add(interleaved);
}

Result<std::string> TestSession::connect() {
  PF_TRY(const auto config, test_config(patient_));
  PF_TRY_VOID(open_host(config));
  const LocalTime dialled = patient_.clock().now();
  PF_TRY_VOID(open_client());
  const LocalTime until = patient_.clock().now() + kFirstSessionPicture;
  while (decoded_ == 0) {
    if (patient_.clock().now() >= until) {
      const std::string reason = reasons();
      return fail(ErrorKind::timed_out, "no picture came{}", reason.empty() ? "" : ": " + reason);
    }
    PF_TRY_VOID(watch(kUnitPatience));
  }
  const Nanos first = patient_.clock().now() - dialled;
  open_sound(config);
  return fmt::format("the first picture after {} ms",
                     std::chrono::duration_cast<milliseconds>(first).count());
}

Result<std::string> TestSession::stream() {
  latencies_.clear();
  relay_->lose(kLossPermille);
  const std::uint64_t before = decoded_;
  const Result<void> watched = watch(kStreamFor);
  take_stock();
  PF_TRY_VOID(watched);
  seen_.streamed = true;
  const auto lost = relay_->counts();
  if (decoded_ == before) return fail(ErrorKind::lost, "no picture came once packets got lost");
  return fmt::format("{} of {} packets lost on the way, {} pictures repaired or whole, {} given up",
                     lost.dropped, lost.dropped + lost.passed, seen_.received.frames,
                     seen_.received.frames_dropped);
}

Result<void> TestSession::watch(Nanos span) {
  const LocalTime until = patient_.clock().now() + span;
  while (patient_.clock().now() < until) {
    auto unit = client_->next_access_unit(std::min(kUnitPatience, span));
    if (!unit) {
      const std::string reason = reasons();
      return fail(ErrorKind::lost, "the session ended: {}{}", unit.error().sentence,
                  reason.empty() ? "" : " (" + reason + ")");
    }
    if (*unit) look_at(**unit);
  }
  return {};
}

void TestSession::look_at(const endpoint::AccessUnit& unit) {
  const auto picture = decoder_->decode(unit.bytes, unit.id);
  const bool shown = picture && *picture;
  client_->decoded(shown);
  if (!shown) return;
  ++decoded_;
  const decode::DecodedPicture& decoded = **picture;
  const pattern::YuvView view{
      .size_px = decoded.size_px,
      .planes = {decoded.planes[0], decoded.planes[1], decoded.planes[2]},
      .stride_bytes = {decoded.stride_bytes[0], decoded.stride_bytes[1], decoded.stride_bytes[2]},
      .full_range = decoded.full_range};
  const auto reading = pattern::read_picture(view);
  judge_.add(reading);
  if (!reading || reading->torn) return;
  const Nanos now = patient_.clock().now().since_epoch() + wire_offset_now();
  latencies_.push_back(now - pattern::full_time(reading->stamp.drawn_at, now));
  seen_.largest_colour_error =
      std::max(seen_.largest_colour_error, pattern::check_card(view).largest_error);
}

// Before anything is closed: what ends on purpose is not broken.
void TestSession::take_stock() {
  // The sound server before those who use it.
  for (HealthBoard* const board : {&patient_.board(), &board_}) {
    for (HealthRow& row : board->rows(patient_.clock().now()))
      if (broke(row)) seen_.broken.push_back(std::move(row));
  }
  seen_.pictures = judge_.counts();
  seen_.received = client_->stats();
  if (!latencies_.empty()) {
    const auto middle = latencies_.begin() + static_cast<std::ptrdiff_t>(latencies_.size() / 2);
    std::nth_element(latencies_.begin(), middle, latencies_.end());
    seen_.latency = *middle;
  }
  if (!sound_) return;
  (void)sound_->stop();
  const std::lock_guard lock(sound_mutex_);
  seen_.sound = tone_->report();
}

// Of the host's parts that do not work; empty: all do.
std::string TestSession::reasons() const {
  std::string all;
  for (const HealthRow& row : board_.rows(patient_.clock().now())) {
    if (row.reason.empty()) continue;
    all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", row.worker, row.reason);
  }
  return all;
}

}  // namespace pf::doctor
