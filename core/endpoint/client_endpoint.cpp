#include "core/endpoint/client_endpoint.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>

#include "core/base/hex.h"
#include "core/control/client_session.h"
#include "core/endpoint/client_input.h"
#include "core/endpoint/media_receiver.h"
#include "core/net/udp_port.h"
#include "core/quic/client.h"
#include "core/runtime/fifo.h"
#include "core/runtime/health_board.h"
#include "core/runtime/latest.h"
#include "core/runtime/log.h"
#include "core/runtime/supervised_thread.h"
#include "core/wire/v1/client_datagrams.h"
#include "core/wire/v1/control_stream.h"
#include "core/wire/v1/datagrams.h"
#include "core/wire/v1/input_event.h"

namespace pf::endpoint {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr Nanos kGoodbyePatience = milliseconds(300);
// A host answers its first packet within a round trip. Two refusals by the system in a row mean
// that nobody listens there; silence is waited for a little longer.
constexpr int kRefusalsUntilGivingUp = 2;
constexpr Nanos kHandshakePatience = seconds(3);
constexpr std::size_t kMaxHostTimings = 1 << 16;

Ending::Cause cause_of(const control::ClientSessionOver& ended) {
  switch (ended.end) {
    case control::ClientEnd::left:
      return Ending::Cause::ours;
    case control::ClientEnd::ended:
    case control::ClientEnd::rejected:
      return Ending::Cause::host;
    case control::ClientEnd::failed:
      return ended.code ? Ending::Cause::host : Ending::Cause::failed;
    case control::ClientEnd::lost:
      return Ending::Cause::lost;
  }
  return Ending::Cause::failed;
}

Ending ending_of(const quic::Closed& closed, const ConnectRequest& request) {
  const std::string host = request.host.to_string();
  switch (closed.cause) {
    case quic::CloseCause::no_answer:
      return {.cause = Ending::Cause::unreachable,
              .sentence = fmt::format(
                  "nobody answers at {}: is the host running, and is its UDP port open?", host)};
    case quic::CloseCause::wrong_identity:
      return {.cause = Ending::Cause::wrong_fingerprint,
              .sentence = fmt::format(
                  "the host at {} has the fingerprint {}, not the expected {}: it was set up anew, "
                  "or somebody stands between you and it. Pair again only if you know why",
                  host, to_hex(closed.peer.value_or(crypto::Fingerprint{})),
                  to_hex(*request.fingerprint))};
    case quic::CloseCause::timed_out:
      return {.cause = Ending::Cause::lost, .sentence = quic::sentence(closed)};
    default:
      return {.cause = Ending::Cause::failed, .sentence = quic::sentence(closed)};
  }
}

Result<quic::TlsIdentity> identity_of(const ConnectRequest& request) {
  if (!request.identity) return quic::TlsIdentity::anonymous();
  return quic::TlsIdentity::from_pem(request.identity->certificate_pem,
                                     request.identity->key_pem.reveal());
}

class Client final : public ClientEndpoint {
 public:
  Client(const ConnectRequest& request, std::unique_ptr<net::UdpPort> port,
         quic::TlsIdentity identity, const Clock& clock, Rng& rng)
      : request_(request),
        clock_(clock),
        rng_(rng),
        dialled_at_(clock.now()),
        port_(std::move(port)),
        identity_(std::move(identity)),
        planes_(clock),
        thread_({"client control", ThreadRole::control}, {}, bell_, board_, clock,
                [this](Shift& shift) { return control(shift); }) {}

  ~Client() override {
    close(message::CloseCode::done);
    // The control thread says goodbye before it ends, or gives up doing so.
    for (LocalTime until = clock_.now() + kGoodbyePatience; clock_.now() < until && !gone_;) {
      goodbye_bell_.wait(milliseconds(20));
    }
  }

  // Until the host has welcomed us or the session is over.
  std::optional<Ending> wait_for_welcome() {
    while (!welcomed_ && !over_) caller_bell_.wait(kPatience);
    if (welcomed_) return std::nullopt;
    std::lock_guard lock(mutex_);
    return ending_;
  }

  const message::Welcome& welcome() const noexcept override { return welcome_; }
  const crypto::Fingerprint& host_fingerprint() const noexcept override { return fingerprint_; }

  tl::expected<std::optional<AccessUnit>, Ending> next_access_unit(Nanos patience) override {
    if (auto unit = media_->take(over_ ? Nanos(0) : patience)) {
      taken_ = {.pts = unit->pts,
                .first_received = unit->first_received,
                .received = unit->received,
                .decoded = std::nullopt};
      return unit;
    }
    if (!over_) return std::optional<AccessUnit>();
    std::lock_guard lock(mutex_);
    return tl::unexpected(ending_);
  }
  void decoded(bool gave_picture) override {
    media_->decoded(gave_picture);
    if (gave_picture) taken_.decoded = clock_.now();
    (void)decoded_.try_push(control::FrameDecoded(taken_));  // full: the host hears of fewer
  }
  void presented(WireTime pts, LocalTime at) override {
    (void)presented_.try_push(control::FramePresented{.pts = pts, .at = at});
  }

  void request_mode(const DisplayMode& mode) override {
    mode_wish_.put(mode);
    bell_.ring();
  }
  DisplayMode mode() const override {
    std::lock_guard lock(mutex_);
    return mode_;
  }
  void begin_speed_test(const control::SpeedTestWanted& wanted) override {
    {
      std::lock_guard lock(mutex_);
      tested_.reset();
    }
    test_wish_.put(wanted);
    bell_.ring();
  }
  std::optional<control::SpeedTested> speed_tested() const override {
    std::lock_guard lock(mutex_);
    return tested_;
  }
  tl::expected<control::SpeedTested, Ending> test_speed(
      const control::SpeedTestWanted& wanted) override {
    begin_speed_test(wanted);
    for (;;) {
      if (const auto tested = speed_tested()) return *tested;
      if (over_) break;
      tested_bell_.wait(kPatience);
    }
    std::lock_guard lock(mutex_);
    return tl::unexpected(ending_);
  }
  ReceiveStats stats() const override { return media_->stats(); }
  std::vector<message::HostTiming> host_timings() const override {
    std::lock_guard lock(mutex_);
    return {host_timings_.begin(), host_timings_.end()};
  }
  ClockReading clock_reading() const override {
    std::lock_guard lock(mutex_);
    if (!clock_map_) return {};
    const LocalTime now = clock_.now();
    return {.host_minus_local = clock_map_->to_wire(now).since_epoch() - now.since_epoch(),
            .error_bound = clock_map_->error_bound(now),
            .synchronised = true,
            .first_host_minus_local = first_host_minus_local_};
  }
  Access access() const override {
    std::lock_guard lock(mutex_);
    return access_;
  }
  Interruptions interruptions() const override {
    std::lock_guard lock(mutex_);
    return interruptions_;
  }
  std::optional<Ending> ending() const override {
    if (!over_) return std::nullopt;
    std::lock_guard lock(mutex_);
    return ending_;
  }
  bool adapts_rate() const noexcept override { return request_.hello.bitrate_kbps == 0; }
  void decode_took(Nanos duration) override { decode_ns_ = duration.count(); }
  void say(message::ControlMessage message) override {
    {
      std::lock_guard lock(outgoing_mutex_);
      if (wishes_.size() < kMaxWishes) wishes_.push_back(std::move(message));
    }
    bell_.ring();
  }
  void send(const message::ClientDatagram& datagram) override {
    if (const auto* event = std::get_if<message::InputEvent>(&datagram)) {
      input_.put(*event);
      bell_.ring();
      return;
    }
    auto bytes = wire::v1::write_client_datagram(datagram);
    {
      std::lock_guard lock(outgoing_mutex_);
      datagrams_.push_back(std::move(bytes));
      if (datagrams_.size() > kMaxOutgoing) datagrams_.pop_front();
    }
    bell_.ring();
  }
  void let_go_of_input() override {
    input_.let_go();
    bell_.ring();
  }
  ClientPlanes& planes() noexcept override { return planes_; }
  void close(message::CloseCode code) override {
    bool expected = false;
    if (leaving_.compare_exchange_strong(expected, true)) leave_code_ = code;
    bell_.ring();
  }

 private:
  // Everything of the control thread lives in here, from the first packet to the last.
  Result<void> control(Shift& shift) {
    auto dialled = quic::QuicClient::dial(
        {.transport = {.handshake_timeout = std::min(kHandshakePatience, request_.patience)},
         .remote = request_.host,
         .local = port_->local(),
         .pin = request_.fingerprint},
        identity_, rng_, clock_.now());
    if (!dialled) {
      finish({.cause = Ending::Cause::failed, .sentence = dialled.error().what});
      return {};
    }
    quic_.emplace(std::move(*dialled));
    std::array<net::Datagram, 64> datagrams;
    while (!shift.over() && !over_) {
      turn_quic(clock_.now());
      turn_session(clock_.now());
      turn_quic(clock_.now());
      if (over_) break;
      const std::size_t count = port_->receive(datagrams, shift.bell(), patience(clock_.now()));
      for (std::size_t i = 0; i < count; ++i) {
        quic_->handle(
            {.remote = datagrams[i].source, .local = port_->local(), .bytes = datagrams[i].bytes},
            datagrams[i].received_at);
      }
    }
    turn_quic(clock_.now());  // the goodbye
    gone_ = true;
    goodbye_bell_.ring();
    return {};
  }

  Nanos patience(LocalTime now) const {
    Nanos wait = kPatience;
    if (const auto due = quic_->next_timeout()) wait = std::min(wait, *due - now);
    if (session_) {
      if (const auto due = session_->next_timeout()) wait = std::min(wait, *due - now);
    }
    if (session_ && session_->streaming() && !quic_->datagrams_wait()) {
      if (const auto due = input_.next_timeout()) wait = std::min(wait, *due - now);
    }
    return std::max(wait, Nanos(0));
  }

  void turn_quic(LocalTime now) {
    pf::turn(*quic_, now, [&](quic::QuicClient::Output output) {
      if (auto* transmit = std::get_if<quic::Transmit>(&output)) {
        send(*transmit);
      } else {
        on_event(std::get<quic::Event>(std::move(output)), now);
      }
    });
  }

  void send(quic::Transmit& transmit) {
    const auto outcome = port_->send({.base = transmit.bytes.data(),
                                      .count = 1,
                                      .stride = static_cast<std::uint16_t>(transmit.bytes.size())},
                                     transmit.remote);
    if (outcome != net::SendOutcome::unreachable) return;
    if (++refusals_ >= kRefusalsUntilGivingUp && !session_ && !over_) {
      finish(ending_of({.cause = quic::CloseCause::no_answer}, request_));
    }
  }

  void on_event(quic::Event event, LocalTime now) {
    if (const auto* connected = std::get_if<quic::Connected>(&event)) {
      fingerprint_ = connected->peer.value_or(crypto::Fingerprint{});
      const Nanos left = std::max<Nanos>(request_.patience - (now - dialled_at_), Nanos(0));
      message::Hello hello = request_.hello;
      hello.max_shard_bytes = message::kMaxShardBytes;  // as large as a receive slot holds
      session_.emplace(
          control::ClientSessionParams{.hello = std::move(hello), .welcome_timeout = left}, now);
    } else if (const auto* bytes = std::get_if<quic::StreamBytes>(&event)) {
      stream_.read(bytes->bytes, [&](wire::v1::ControlStream::Event read) {
        if (auto* message = std::get_if<message::ControlMessage>(&read)) {
          if (const auto* update = std::get_if<message::AccessUpdate>(message))
            on_access(update->grants, update->remaining, now);
          tell(std::move(*message), now);
        } else {
          tell(control::BrokenHandshake{}, now);
        }
      });
    } else if (std::holds_alternative<quic::StreamEnded>(event)) {
      tell(control::StreamClosed{}, now);
    } else if (const auto* datagram = std::get_if<quic::DatagramArrived>(&event)) {
      on_datagram(datagram->bytes, now);
    } else if (const auto* arrived = std::get_if<quic::DatagramAcknowledged>(&event)) {
      input_.on_acknowledged(arrived->number, now);
    } else if (const auto* lost = std::get_if<quic::DatagramLost>(&event)) {
      input_.on_lost(lost->number, now);
    } else if (const auto* closed = std::get_if<quic::Closed>(&event)) {
      on_closed(*closed, now);
    }
  }

  void on_datagram(Bytes datagram, LocalTime now) {
    if (const auto timing = wire::v1::parse_host_timing(datagram)) {
      tell(*timing, now);
      std::lock_guard lock(mutex_);
      host_timings_.push_back(*timing);
      if (host_timings_.size() > kMaxHostTimings) host_timings_.pop_front();
      planes_.on_host_timing(*timing);
    } else {
      planes_.on_datagram(datagram, now);
    }
  }

  void on_access(message::Grants grants, std::chrono::seconds remaining, LocalTime now) {
    std::lock_guard lock(mutex_);
    access_ = {.grants = grants, .ends = std::nullopt};
    if (remaining.count() > 0) access_.ends = now + remaining;
  }

  void on_closed(const quic::Closed& closed, LocalTime now) {
    if (!session_) {
      finish(ending_of(closed, request_));
      return;
    }
    control::PeerClosed lost{.code = std::nullopt, .reason = closed.reason};
    if (closed.cause == quic::CloseCause::peer)
      lost.code = static_cast<message::CloseCode>(closed.code);
    tell(std::move(lost), now);
  }

  void tell(control::ClientSession::Input input, LocalTime now) {
    if (session_) session_->handle(std::move(input), now);
  }

  void turn_session(LocalTime now) {
    if (leaving_ && !left_) {
      left_ = true;
      const bool quit = leave_code_ == message::CloseCode::quit;
      tell(quit ? control::Leave::quit : control::Leave::detach, now);
      if (!session_) finish({});
    }
    if (!session_) return;
    if (session_->streaming()) {
      if (const auto mode = mode_wish_.take()) tell(control::ModeWanted{*mode}, now);
      say_wishes(now);
      send_input(now);
      if (const auto test = test_wish_.take()) tell(*test, now);
    }
    if (media_) {
      while (auto news = media_->poll_news()) {
        std::visit([&](auto& what) { tell(what, now); }, *news);
      }
      while (auto frame = media_->poll_frame()) tell(*frame, now);
      while (auto filler = media_->poll_filler()) tell(*filler, now);
      while (const auto frame = decoded_.try_pop()) tell(*frame, now);
      while (const auto frame = presented_.try_pop()) tell(*frame, now);
      tell(media_->totals(), now);
      tell(control::DecoderBacklog{media_->waiting_frames() + frames_in_decoder()}, now);
    }
    pf::turn(*session_, now, [&](control::ClientSession::Output output) {
      std::visit([&](auto& what) { apply(what, now); }, output);
    });
  }

  void say_wishes(LocalTime now) {
    std::deque<message::ControlMessage> wishes;
    std::deque<std::vector<std::byte>> datagrams;
    {
      std::lock_guard lock(outgoing_mutex_);
      wishes.swap(wishes_);
      datagrams.swap(datagrams_);
    }
    for (auto& wish : wishes) {
      control::SendControl send{std::move(wish)};
      apply(send, now);
    }
    // One at a time: QUIC keeps little waiting, and of that the newest. What does not fit a packet
    // is lost like any datagram.
    for (const auto& datagram : datagrams) {
      (void)quic_->send_datagram(datagram, now);
      turn_quic(now);
    }
  }

  void send_input(LocalTime now) {
    input_.turn(now);
    while (!quic_->datagrams_wait()) {
      const auto output = input_.poll();
      if (!output) return;
      const auto bytes = wire::v1::write_input_event(output->event);
      (void)quic_->send_datagram(bytes, now, output->number);  // false: the connection has ended
      turn_quic(now);
    }
  }

  std::uint32_t frames_in_decoder() const {
    const Nanos period = mode().refresh.period();
    return period.count() <= 0 ? 0 : static_cast<std::uint32_t>(Nanos(decode_ns_) / period);
  }

  void apply(control::SendControl& send, LocalTime now) {
    // Of a connection that is over the session already knows why, and says so next.
    if (!quic_->write_stream(wire::v1::ControlStream::write(send.message), now) &&
        quic_->connected()) {
      finish({.cause = Ending::Cause::failed,
              .sentence = "the host does not read what this client says"});
    }
  }
  void apply(control::OpenMedia& open, LocalTime now) {
    auto media = MediaReceiver::open(request_.host.with_port(open.welcome.media_port), open.welcome,
                                     bell_, board_, clock_);
    if (!media) {
      tell(control::MediaFailed{media.error().what}, now);
      return;
    }
    media_ = *std::move(media);
    welcome_ = open.welcome;
    {
      std::lock_guard lock(mutex_);
      mode_ = welcome_.mode;
    }
    on_access(welcome_.grants, welcome_.access_expires_in, now);
    planes_.on_welcome(welcome_);
    tell(control::MediaOpened{media_->local_port()}, now);
    welcomed_ = true;
    caller_bell_.ring();
  }
  void apply(control::ClockUpdated& updated, LocalTime now) {
    std::lock_guard lock(mutex_);
    if (!clock_map_)
      first_host_minus_local_ = updated.map.to_wire(now).since_epoch() - now.since_epoch();
    clock_map_ = updated.map;
  }
  void apply(control::RateChanged& rate, LocalTime) {
    log::info("client", "the host sends {} kbit/s now", rate.bitrate_kbps);
  }
  void apply(control::ModeAnswered& answer, LocalTime) {
    if (!answer.accepted) log::info("client", "the host stays at {}", to_string(answer.mode));
    std::lock_guard lock(mutex_);
    mode_ = answer.mode;
  }
  void apply(control::HostGap& gap, LocalTime) {
    log::info("client", "the host had no pictures for {} ms",
              std::chrono::duration_cast<milliseconds>(gap.length).count());
    std::lock_guard lock(mutex_);
    auto& gaps = interruptions_.host_gaps;
    if (gap.goes_on && !gaps.empty()) gaps.pop_back();
    gaps.push_back(gap.length);
    if (gaps.size() > Interruptions::kMaxKept) gaps.erase(gaps.begin());
  }
  void apply(control::MediaSilent& silent, LocalTime) {
    log::warning("client", "no picture for {:.1f} s: {}",
                 std::chrono::duration<double>(silent.length).count(),
                 silent.healing ? "the host says that it is mending something"
                                : "the host answers, but nothing of the picture arrives");
    std::lock_guard lock(mutex_);
    ++interruptions_.silences;
    interruptions_.silent = true;
    interruptions_.healing = silent.healing;
  }
  void apply(control::MediaBack& back, LocalTime) {
    log::info("client", "pictures come again after {:.1f} s",
              std::chrono::duration<double>(back.length).count());
    std::lock_guard lock(mutex_);
    interruptions_.silent = interruptions_.healing = false;
    interruptions_.longest_silence = std::max(interruptions_.longest_silence, back.length);
  }
  void apply(control::ShowPicture&, LocalTime) {}  // the gate holds back what is not good
  void apply(control::SpeedTested& tested, LocalTime) {
    {
      std::lock_guard lock(mutex_);
      tested_ = tested;
    }
    tested_bell_.ring();
  }
  void apply(control::Close& close, LocalTime now) {
    quic_->close(static_cast<std::uint64_t>(close.code), close.text, now);
  }
  void apply(control::ClientSessionOver& ended, LocalTime) {
    finish({.cause = cause_of(ended),
            .code = ended.code.value_or(message::CloseCode::done),
            .sentence = ended.end == control::ClientEnd::left ? "" : ended.sentence});
  }

  void finish(Ending ending) {
    {
      std::lock_guard lock(mutex_);
      ending_ = std::move(ending);
    }
    over_ = true;
    caller_bell_.ring();
    planes_.end();
    tested_bell_.ring();
    if (media_) media_->wake_consumer();
  }

  const ConnectRequest request_;
  const Clock& clock_;
  Rng& rng_;
  const LocalTime dialled_at_;
  HealthBoard board_;
  Doorbell bell_, caller_bell_, goodbye_bell_, tested_bell_;
  const std::unique_ptr<net::UdpPort> port_;
  const quic::TlsIdentity identity_;

  // Control thread; `media_`, `welcome_` and `fingerprint_` are written before welcomed_ and
  // constant afterwards.
  std::optional<quic::QuicClient> quic_;
  std::optional<control::ClientSession> session_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::client};
  std::unique_ptr<MediaReceiver> media_;
  message::Welcome welcome_;
  crypto::Fingerprint fingerprint_{};
  int refusals_ = 0;
  bool left_ = false;

  // Between threads.
  std::atomic<bool> welcomed_{false}, over_{false}, leaving_{false}, gone_{false};
  std::atomic<message::CloseCode> leave_code_{message::CloseCode::done};
  Latest<DisplayMode> mode_wish_;
  Latest<control::SpeedTestWanted> test_wish_;
  mutable std::mutex mutex_;
  Ending ending_;
  std::optional<control::SpeedTested> tested_;
  DisplayMode mode_;
  std::optional<control::ClockMap> clock_map_;
  Nanos first_host_minus_local_{0};
  Access access_;
  Interruptions interruptions_;
  std::deque<message::HostTiming> host_timings_;
  std::atomic<std::int64_t> decode_ns_{0};
  // A second of 240 Hz; the control thread looks every tenth of one at least.
  static constexpr std::size_t kMaxTold = 256;
  control::FrameDecoded taken_;                        // consumer: the one that it has
  Fifo<control::FrameDecoded, kMaxTold> decoded_;      // consumer → control
  Fifo<control::FramePresented, kMaxTold> presented_;  // presenter → control
  std::mutex outgoing_mutex_;                          // guards the two
  std::deque<message::ControlMessage> wishes_;
  std::deque<std::vector<std::byte>> datagrams_;
  ClientPlanes planes_;
  ClientInput input_;

  SupervisedThread thread_;  // last: it uses all of the above
};

}  // namespace

tl::expected<std::unique_ptr<ClientEndpoint>, Ending> ClientEndpoint::connect(
    const ConnectRequest& request, const Clock& clock, Rng& rng) {
  const Endpoint any = request.host.is_ipv6() ? Endpoint::ipv6({}, 0) : Endpoint::any(0);
  auto port = net::UdpPort::open(any, clock, {.whole_packets = true});
  if (!port)
    return tl::unexpected(Ending{.cause = Ending::Cause::failed, .sentence = port.error().what});
  auto identity = identity_of(request);
  if (!identity) {
    return tl::unexpected(
        Ending{.cause = Ending::Cause::failed, .sentence = identity.error().what});
  }
  auto client =
      std::make_unique<Client>(request, *std::move(port), *std::move(identity), clock, rng);
  if (auto ending = client->wait_for_welcome()) return tl::unexpected(*std::move(ending));
  return client;
}

}  // namespace pf::endpoint
