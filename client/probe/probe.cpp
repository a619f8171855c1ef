#include "client/probe/probe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include "client/audio/pipewire/pipewire_input.h"
#include "client/audio/tone_input.h"
#include "client/audio/voice_sender.h"
#include "client/decode/libavcodec/libavcodec_decoder.h"
#include "client/probe/input_player.h"
#include "client/probe/introduction.h"
#include "client/probe/progress.h"
#include "client/probe/resolve.h"
#include "client/probe/sound_watch.h"
#include "client/probe/test_frame.h"
#include "client/record/mkv_recorder.h"
#include "client/record/snapshot.h"
#include "core/base/hex.h"
#include "core/runtime/system_clock.h"
#include "pattern/card.h"
#include "pattern/reader.h"

namespace pf::probe {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr Nanos kFirstPicturePatience = seconds(10);
constexpr std::size_t kMaxRows = 1 << 20;  // hours; the report is not meant for more

// A copy of a picture that outlives its decoder's next call.
class KeptPicture {
 public:
  explicit KeptPicture(const decode::DecodedPicture& original) : picture_(original) {
    for (int plane = 0; plane < 3; ++plane) {
      const std::uint32_t rows =
          plane == 0 ? original.size_px.height : (original.size_px.height + 1) / 2;
      const std::uint8_t* const from = original.planes[plane];
      pixels_[plane].assign(from, from + std::size_t{original.stride_bytes[plane]} * rows);
      picture_.planes[plane] = pixels_[plane].data();
    }
  }
  KeptPicture(const KeptPicture&) = delete;
  KeptPicture& operator=(const KeptPicture&) = delete;
  const decode::DecodedPicture& picture() const noexcept { return picture_; }

 private:
  decode::DecodedPicture picture_;
  std::array<std::vector<std::uint8_t>, 3> pixels_;
};

// The stream from the first access unit to the end, turned on the calling thread.
class Watch {
 public:
  Watch(const Options& options, endpoint::ClientEndpoint& client, decode::Decoder& decoder,
        const Clock& clock, LocalTime dialled_at, Report& report)
      : options_(options),
        client_(client),
        decoder_(decoder),
        clock_(clock),
        dialled_at_(dialled_at),
        report_(report) {
    if (client.welcome().frame_count != 0) report_.test_stream.emplace();
  }

  void run(Progress& progress) {
    began_ = clock_.now();
    if (options_.panel_hz > 0) panel_.emplace(options_.panel_hz, client_, began_);
    open_recorder();
    if (options_.sound.wanted()) sound_.emplace(options_.sound, client_, clock_);
    if (options_.script) player_.emplace(*options_.script, client_, clock_);
    while (!over()) {
      auto unit = client_.next_access_unit(kPatience);
      if (!unit) {
        report_.ending = unit.error();
        finish_sound();
        return;
      }
      if (*unit) take(**unit);
      ask_for_changes();
      begin_script();
      report_.interruptions = client_.interruptions();
      progress.show(report_, elapsed_s());
    }
    finish_sound();
    client_.close(options_.detach ? message::CloseCode::done : message::CloseCode::quit);
    report_.ending = {};
  }

  void finish() {
    report_.duration_s = first_decoded_ ? captured_span_s() : 0;
    report_.received = client_.stats();
    report_.interruptions = client_.interruptions();
    report_.clock = client_.clock_reading();
    report_.mode_at_end = client_.mode();
    if (panel_) report_.phase = panel_->notes();
    report_.picture = judge_.counts();
    if (player_) report_.played = player_->finish();
    if (recorder_) note(recorder_->finish());
    if (snapshot_) note(record::write_png(options_.snapshot, snapshot_->picture(), snapshot_px_));
    for (FrameRow& row : report_.rows) to_wire_time(row);
  }

  // The first thing that went wrong on this end's disk, empty if nothing did.
  const std::string& trouble() const noexcept { return trouble_; }

 private:
  bool over() {
    if (first_decoded_) return elapsed_s() >= options_.seconds && !(player_ && !player_->done());
    if (clock_.now() - began_ < kFirstPicturePatience) return false;
    trouble_ = "the host sent no picture that could be decoded";
    return true;
  }
  double elapsed_s() const {
    return first_decoded_ ? std::chrono::duration<double>(clock_.now() - *first_decoded_).count()
                          : 0;
  }
  // From the first decoded picture's capture to the end of the last one's period, on the host's own
  // clock: how late they came does not matter here.
  double captured_span_s() const {
    const auto decoded = [this](const FrameRow& row) {
      return report_.test_stream || row.decoded_ns != 0;
    };
    const auto first = std::find_if(report_.rows.begin(), report_.rows.end(), decoded);
    const auto last = std::find_if(report_.rows.rbegin(), report_.rows.rend(), decoded);
    const Nanos span = Nanos(last->pts_ns - first->pts_ns) + report_.mode.refresh.period();
    return std::chrono::duration<double>(span).count();
  }
  void ask_for_changes() {
    while (first_decoded_ && next_change_ < options_.changes.size() &&
           elapsed_s() >= options_.changes[next_change_].at_s) {
      client_.request_mode(options_.changes[next_change_++].mode);
    }
    while (first_decoded_ && next_refresh_ < options_.keyframes_at_s.size() &&
           elapsed_s() >= options_.keyframes_at_s[next_refresh_]) {
      client_.say(message::RequestKeyframe{});
      ++next_refresh_;
    }
  }
  void begin_script() {
    if (!first_decoded_ || !player_ || script_begun_) return;
    script_begun_ = true;
    const bool host_takes_text =
        client_.welcome().capabilities.has(message::Capability::takes_text_input);
    if (options_.script->types_text && !host_takes_text && trouble_.empty())
      trouble_ = "this host takes no text, so what the input script wanted to type is missing";
    player_->start();
  }
  void note(const Result<void>& done) {
    if (!done && trouble_.empty()) trouble_ = done.error().what;
  }

  void take(const endpoint::AccessUnit& unit) {
    if (report_.test_stream) return take_test_frame(unit);
    stall();
    const Nanos cpu_before = thread_cpu_time();
    auto picture = decoder_.decode(unit.bytes, unit.id);
    report_.decode_cpu += thread_cpu_time() - cpu_before;
    const LocalTime decoded_at = clock_.now();
    const bool shown = picture && *picture;
    client_.decoded(shown);
    record(unit);

    FrameRow row{.pts_ns = unit.pts.ns(),
                 .first_received_ns = unit.first_received.ns(),
                 .received_ns = unit.received.ns(),
                 .decoded_ns = shown ? decoded_at.ns() : 0};
    if (shown) {
      note_first(decoded_at);
      ++report_.decoded;
      if (sound_) sound_->on_picture(unit.pts, decoded_at);
      if (panel_) panel_->on_picture(unit.pts, decoded_at);
      look_at(**picture, row);
    }
    if (report_.rows.size() < kMaxRows) report_.rows.push_back(row);
  }

  void stall() {
    const auto due = [&](std::optional<Stall>& stall) {
      return first_decoded_ && stall && elapsed_s() >= stall->at_s;
    };
    if (due(stall_decode_)) std::this_thread::sleep_for(std::exchange(stall_decode_, {})->length);
    if (panel_ && due(stall_present_))
      panel_->stand_still(clock_.now() + std::exchange(stall_present_, {})->length);
  }

  void note_first(LocalTime now) {
    if (first_decoded_) return;
    first_decoded_ = now;
    report_.first_picture_ms = std::chrono::duration<double, std::milli>(now - dialled_at_).count();
  }

  void take_test_frame(const endpoint::AccessUnit& unit) {
    client_.decoded(true);  // as far as anything can be
    note_first(clock_.now());
    TestStream& seen = *report_.test_stream;
    if (const auto number = read_test_frame(unit.bytes)) {
      ++seen.frames;
      if (*number > next_test_frame_) seen.missing += *number - next_test_frame_;
      next_test_frame_ = *number + 1;
    } else {
      ++seen.damaged;
      ++next_test_frame_;
    }
    if (report_.rows.size() < kMaxRows) {
      report_.rows.push_back({.pts_ns = unit.pts.ns(),
                              .first_received_ns = unit.first_received.ns(),
                              .received_ns = unit.received.ns()});
    }
  }

  // The bit stream says when a new size begins. The encoder rounds odd sizes up; what it added is
  // not part of the screen.
  Stretch& stretch_of(const decode::DecodedPicture& picture) {
    if (report_.stretches.empty() || picture.size_px != coded_px_) {
      coded_px_ = picture.size_px;
      const SizePx screen = client_.mode().size_px;
      const SizePx rounded{screen.width + screen.width % 2, screen.height + screen.height % 2};
      report_.stretches.push_back({.decoded_px = rounded == coded_px_ ? screen : coded_px_});
    }
    return report_.stretches.back();
  }

  void look_at(const decode::DecodedPicture& picture, FrameRow& row) {
    Stretch& stretch = stretch_of(picture);
    const SizePx visible = stretch.decoded_px;
    const pattern::YuvView view{
        .size_px = visible,
        .planes = {picture.planes[0], picture.planes[1], picture.planes[2]},
        .stride_bytes = {picture.stride_bytes[0], picture.stride_bytes[1], picture.stride_bytes[2]},
        .full_range = picture.full_range};
    const auto reading = pattern::read_picture(view);
    judge_.add(reading);
    stretch.judge.add(reading);
    ++stretch.pictures;
    if (reading && !reading->torn) {
      row.drawn_ns = pattern::full_time(reading->stamp.drawn_at, Nanos(row.pts_ns)).count();
      report_.colour_card_error = pattern::check_card(view).largest_error;
    }
    if (!options_.snapshot.empty() && !snapshot_ && elapsed_s() >= options_.seconds * kSnapshotAt) {
      snapshot_.emplace(
          picture);  // written when the stream is over: a PNG takes longer than a frame
      snapshot_px_ = visible;
    }
  }

  void open_recorder() {
    if (options_.record.empty()) return;
    auto opened = record::MkvRecorder::open(options_.record, report_.mode.size_px);
    if (opened) {
      recorder_ = *std::move(opened);
    } else {
      note(tl::unexpected(opened.error()));
    }
  }

  void finish_sound() {
    if (!sound_) return;
    report_.sound = sound_->finish();
    sound_.reset();
    if (trouble_.empty()) trouble_ = report_.sound->trouble;
  }

  void record(const endpoint::AccessUnit& unit) {
    if (recorder_) note(recorder_->add(unit.bytes, Nanos(unit.pts.ns())));
  }

  // This end's instants on the host's wire time line.
  void to_wire_time(FrameRow& row) const {
    const std::int64_t offset = report_.clock.host_minus_local.count();
    for (std::int64_t* at : {&row.first_received_ns, &row.received_ns, &row.decoded_ns}) {
      if (*at != 0) *at += offset;
    }
  }

  static constexpr double kSnapshotAt =
      0.5;  // of the way: the stream has settled, and the picture moves

  const Options& options_;
  endpoint::ClientEndpoint& client_;
  decode::Decoder& decoder_;
  const Clock& clock_;
  const LocalTime dialled_at_;
  Report& report_;
  pattern::PictureJudge judge_;
  std::optional<record::MkvRecorder> recorder_;
  std::optional<SoundWatch> sound_;
  std::optional<Panel> panel_;
  std::optional<KeptPicture> snapshot_;
  SizePx snapshot_px_;
  SizePx coded_px_;  // of the newest picture, as its bit stream says
  std::size_t next_change_ = 0;
  std::optional<InputPlayer> player_;
  bool script_begun_ = false;
  std::optional<Stall> stall_decode_ = options_.stall_decode;
  std::optional<Stall> stall_present_ = options_.stall_present;
  std::size_t next_refresh_ = 0;
  std::uint32_t next_test_frame_ = 0;
  std::string trouble_;
  LocalTime began_;
  std::optional<LocalTime> first_decoded_;
};

client_audio::OpenAudioInput open_voice(const Options& options, const Clock& clock) {
  if (options.mic_test) {
    return [&clock](Doorbell&) -> Result<std::unique_ptr<client_audio::AudioInput>> {
      return std::make_unique<client_audio::ToneInput>(clock);
    };
  }
  return
      [](Doorbell& bell) { return client_audio::open_pipewire_input({}, "Punktfunk voice", bell); };
}

Outcome failed(int exit_code, std::string sentence) {
  return {.exit_code = exit_code, .sentence = std::move(sentence), .report = {}};
}

}  // namespace

Outcome run_probe(const Options& options) {
  const auto address = resolve_host(options.host);
  if (!address) {
    return failed(address.error().kind == ErrorKind::malformed ? kExitUsage : kExitUnreachable,
                  address.error().what);
  }
  auto decoder = decode::open_libavcodec_decoder();
  if (!decoder) return failed(kExitFailed, decoder.error().what);

  const SystemClock clock;
  SystemRng rng;
  auto introduction = introduce(options, *address, clock, rng);
  if (!introduction) {
    return failed(introduction.error().exit_code, std::move(introduction.error().sentence));
  }
  const LocalTime dialled_at = clock.now();
  auto client = endpoint::ClientEndpoint::connect({.host = *address,
                                                   .hello = hello_for(options),
                                                   .fingerprint = introduction->pin,
                                                   .identity = std::move(introduction->identity),
                                                   .patience = options.patience},
                                                  clock, rng);
  if (!client) return failed(exit_code_of(client.error().cause), client.error().sentence);

  Outcome outcome;
  outcome.report.host = options.host;
  outcome.report.fingerprint = to_hex((*client)->host_fingerprint());
  outcome.report.mode = (*client)->welcome().mode;
  outcome.report.cipher = (*client)->welcome().keys.cipher;
  Watch watch(options, **client, **decoder, clock, dialled_at, outcome.report);
  Progress progress(options.quiet, options.seconds);
  std::optional<client_audio::VoiceSender> voice;
  if (options.mic || options.mic_test)
    voice.emplace(**client, open_voice(options, clock), options.mic_packet, clock);
  watch.run(progress);
  if (voice) outcome.report.mic_packets_sent = voice->packets_sent();
  voice.reset();
  progress.done();
  watch.finish();

  outcome.exit_code = exit_code_of(outcome.report.ending.cause);
  outcome.sentence = outcome.report.ending.sentence;
  if (outcome.exit_code == kExitDone && !watch.trouble().empty()) {
    outcome.exit_code = kExitFailed;
    outcome.sentence = watch.trouble();
  }
  if (outcome.exit_code == kExitDone && outcome.report.sound) {
    outcome.sentence = complaint(*outcome.report.sound);
    if (!outcome.sentence.empty()) outcome.exit_code = kExitBadSound;
  }
  return outcome;
}

}  // namespace pf::probe
