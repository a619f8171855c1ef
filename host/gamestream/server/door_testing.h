// For tests: a GameStream door with a control thread of its own, over desktops that are none.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>

#include "core/base/rng.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "host/gamestream/server/gamestream_door.h"
#include "host/input/recording/recording_gamepads.h"
#include "host/input/recording/recording_sink.h"
#include "testing/vectors.h"

namespace pf::gamestream {

inline constexpr Nanos kPatience = seconds(20);

// What the desktops of all sessions have seen.
struct World {
  std::atomic<int> displays{0}, opened{0};
  std::atomic<bool> app_ended{false};
  std::atomic<std::uint32_t> width{0};
};

class TestDisplay final : public display::VirtualDisplay {
 public:
  TestDisplay(World& world, const DisplayMode& mode) : world_(world), mode_(mode) {
    ++world_.displays;
    ++world_.opened;
    world_.width = mode.size_px.width;
  }
  ~TestDisplay() override { --world_.displays; }
  Result<void> set_mode(const DisplayMode& mode) override {
    mode_ = mode;
    world_.width = mode.size_px.width;
    return {};
  }
  DisplayMode mode() const noexcept override { return mode_; }
  Result<display::CaptureTarget> capture_target(display::CaptureWay) override {
    return display::SyntheticOutput{};
  }
  Result<void> check() override {
    if (world_.app_ended) return fail(ErrorKind::refused, "the program has ended");
    return {};
  }

 private:
  World& world_;
  DisplayMode mode_;
};

// A picture every 10 ms.
class TestSource final : public capture::VideoSource {
 public:
  explicit TestSource(const Clock& clock) : clock_(clock) {}
  const capture::VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<capture::RawFrame>> next(Doorbell& bell, Nanos) override {
    bell.wait(milliseconds(10));
    capture::RawFrame frame;
    frame.captured_at = frame.delivered_at = clock_.now();
    return std::optional(std::move(frame));
  }

 private:
  const Clock& clock_;
  const capture::VideoFormat format_{};
};

class TestEncoder final : public encode::Encoder {
 public:
  explicit TestEncoder(const Clock& clock) : clock_(clock) {}
  const encode::StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame frame, const encode::FrameDirective& directive,
                      encode::PartSink& sink) override {
    sink.on_part({.id = directive.id,
                  .bytes = access_unit_,
                  .first = true,
                  .last = true,
                  .idr = directive.idr,
                  .recovery_anchor = directive.lost.has_value(),
                  .captured_at = frame.captured_at,
                  .delivered_at = frame.delivered_at,
                  .submitted_at = clock_.now()});
    return {};
  }
  Result<void> encode_again(const encode::FrameDirective& directive,
                            encode::PartSink& sink) override {
    return encode({}, directive, sink);
  }
  encode::EncodeCost last_cost() const noexcept override { return {}; }

 private:
  const Clock& clock_;
  const std::vector<std::byte> access_unit_ = std::vector<std::byte>(3000);
  const encode::StreamParameters parameters_{.drops_references = true};
};

// What a Moonlight client would say, without the parts that other rooms test: a launch agreed on,
// two requests of RTSP in plain, pings. A test that opens no control connection has 10 s.
class GameStreamDoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-gamestream-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    trust_ = trust::TrustRegistry::open(folder_, rng_).value();
    roster_.emplace(
        session::Roster::Params{.rules = {.admission = {.max_clients = 2}},
                                .open_display =
                                    [this](const display::DisplayRequest& request) {
                                      return Result<std::unique_ptr<display::VirtualDisplay>>(
                                          std::make_unique<TestDisplay>(world_, request.mode));
                                    }},
        board_, clock_, [this](const session::SessionReport& report) {
          rows_ = report.parts.trace->frames().rows().size();
          ++over_;
        });
    open_door();
  }
  void TearDown() override {
    door_.reset();
    roster_.reset();
    trust_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open_door() {
    GameStreamDoorParams params;
    params.listen = Endpoint::loopback(0);
    params.streams.resume = seconds(30);
    params.display_of = [](const App&) {
      display::DisplayRequest display;
      display.command = {"game"};
      return display;
    };
    params.backends.open_source = [](display::CaptureTarget, const Clock& clock) {
      return Result<std::unique_ptr<capture::VideoSource>>(std::make_unique<TestSource>(clock));
    };
    params.backends.open_encoder = [](const encode::EncodeRequest&, const Clock& clock) {
      return Result<std::unique_ptr<encode::Encoder>>(std::make_unique<TestEncoder>(clock));
    };
    params.backends.open_input = [this](display::InputTarget) {
      return Result<std::unique_ptr<input::InputSink>>(
          std::make_unique<input::recording::RecordingSink>(hands_));
    };
    params.backends.open_gamepads = input::recording::open_gamepads(pads_);
    door_ = GameStreamDoor::open(std::move(params), *trust_, *roster_, board_, clock_).value();
  }

  struct Device {
    trust::Fingerprint fingerprint{};
    Secret<16> key;
    LaunchTokens tokens;
    std::unique_ptr<net::UdpPort> media;
    std::uint32_t pings = 0;
  };
  Device pair(unsigned char which) {
    Device device;
    device.fingerprint[0] = std::byte{which};
    device.key.fill()[0] = std::byte{which};
    EXPECT_TRUE(trust_->pair_device(trust::DeviceKind::moonlight, device.fingerprint, "tablet", {},
                                    trust::moment_now(clock_).wall));
    device.media = net::UdpPort::open(Endpoint::loopback(0), clock_, {}).value();
    return device;
  }
  Result<void> ask(DoorAsk ask) {
    std::promise<Result<void>> answered;
    auto answer = answered.get_future();
    auto give = [&](Result<void> result) { answered.set_value(std::move(result)); };
    std::visit([&](auto& what) { what.answer = give; }, ask);
    EXPECT_TRUE(door_->launches().ask(std::move(ask)));
    return answer.get();
  }
  Result<void> launch(Device& device, LaunchVerb verb) {
    device.tokens = draw_tokens(rng_);
    Launch launch;
    launch.verb = verb;
    launch.device = device.fingerprint;
    launch.device_name = "tablet";
    launch.grants = trust::Grants::all();
    launch.key = device.key;
    launch.client = Endpoint::loopback(0);
    launch.tokens = device.tokens;
    return ask(LaunchAsk{.launch = std::move(launch), .answer = {}});
  }
  Result<void> cancel(const Device& device) {
    return ask(CancelAsk{.device = device.fingerprint, .answer = {}});
  }
  std::string rtsp(const std::string& request) {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM, 0));
    const Endpoint server = Endpoint::loopback(door_->rtsp_port());
    EXPECT_EQ(::connect(socket.get(), server.data(), server.size_bytes()), 0);
    EXPECT_EQ(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string answer;
    char chunk[4096];
    for (ssize_t count = 0; (count = ::recv(socket.get(), chunk, sizeof chunk, 0)) > 0;)
      answer.append(chunk, static_cast<std::size_t>(count));
    return answer;
  }
  bool announce_and_play() {
    std::string body = testing::load_vectors("gamestream.json")["rtsp"]["announce_example"]["body"];
    body.replace(body.find("bitStreamFormat:") + 16, 1, "0");
    body.replace(body.find("encryptionEnabled:") + 18, 1, "0");
    const std::string announced =
        rtsp(fmt::format("ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: "
                         "{}\r\n\r\n{}",
                         body.size(), body));
    EXPECT_TRUE(announced.starts_with("RTSP/1.0 200 ")) << announced;
    return rtsp("PLAY / RTSP/1.0\r\nCSeq: 7\r\n\r\n").starts_with("RTSP/1.0 200 ");
  }
  // Where video and control are, as SETUP tells it.
  Endpoint video_port() { return port_of("video/0/0"); }
  Endpoint control_port() { return port_of("control/13/0"); }
  Endpoint port_of(const std::string& stream) {
    const std::string answer = rtsp(
        fmt::format("SETUP streamid={} RTSP/1.0\r\nCSeq: 4\r\nTransport: unicast\r\n\r\n", stream));
    const std::size_t at = answer.find("server_port=");
    EXPECT_NE(at, std::string::npos) << answer;
    return Endpoint::loopback(static_cast<std::uint16_t>(std::stoi(answer.substr(at + 12))));
  }
  void ping(Device& device, const std::string& payload, const Endpoint& to) {
    std::vector<std::byte> bytes(as_bytes(payload).begin(), as_bytes(payload).end());
    ++device.pings;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(std::byte(device.pings >> shift));
    device.media->send(
        {.base = bytes.data(), .count = 1, .stride = static_cast<std::uint16_t>(bytes.size())}, to);
  }
  // The frame number of the next datagram; 0: none came.
  std::uint32_t next_frame(Device& device, Nanos patience = kPatience) {
    net::Datagram datagram;
    if (device.media->receive({&datagram, 1}, bell_, patience) == 0) return 0;
    if (datagram.bytes.size() < 24) return 0;
    return ByteReader(datagram.bytes.subspan(20)).little<std::uint32_t>();
  }
  bool streams(Device& device) { return next_frame(device) > 0; }
  template <class Condition>
  bool wait_for(Condition condition) {
    const LocalTime until = clock_.now() + kPatience;
    while (!condition() && clock_.now() < until) bell_.wait(milliseconds(5));
    return condition();
  }
  bool busy() { return !door_->launches().running().empty(); }

  const SystemClock clock_;
  SeededRng rng_{7};
  HealthBoard board_;
  World world_;
  std::string folder_;
  std::atomic<int> over_{0};
  std::atomic<std::size_t> rows_{0};
  std::shared_ptr<input::recording::Recording> hands_ =
      std::make_shared<input::recording::Recording>();
  std::shared_ptr<input::recording::PadRecording> pads_ =
      std::make_shared<input::recording::PadRecording>();
  Doorbell bell_;
  std::unique_ptr<trust::TrustRegistry> trust_;
  std::optional<session::Roster> roster_;
  std::unique_ptr<GameStreamDoor> door_;
};

}  // namespace pf::gamestream
