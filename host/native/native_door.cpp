#include "host/native/native_door.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <utility>
#include <variant>

#include "core/runtime/log.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/system_clock.h"
#include "core/wire/v1/datagrams.h"
#include "host/native/native_client.h"

namespace pf::native {
namespace {

constexpr Nanos kPatience = milliseconds(100);
// Events of all sessions that the control thread has not looked at yet: host timings above all, of
// which losing one costs nothing.
constexpr std::size_t kMaxNews = 4096;
// Sessions that are being ended; each takes a second or two at most, and max_clients bounds how
// many there are.
constexpr std::size_t kMaxEnding = 256;

// What the workers of a session have to say to its machine.
struct Opened {
  encode::StreamParameters parameters;
};
struct Healing {};
struct Ended {
  std::string reason;
};
struct Sent {
  message::HostTiming timing;
  bool idr = false;
};
struct News {
  unsigned session = 0;
  std::variant<Opened, Healing, Ended, Sent> what;
};

message::MediaKeys make_keys(Rng& rng) {
  message::MediaKeys keys;
  rng.fill(keys.aes128.fill());
  rng.fill(keys.salt);
  return keys;
}

message::Welcome welcome_for(const plan::SessionPlan& plan, std::uint16_t media_port, Rng& rng) {
  return {.media_port = media_port,
          .mode = plan.mode,
          .fec = plan.fec,
          .shard_bytes = plan.shard_bytes,
          .keys = make_keys(rng),
          .compositor = message::CompositorKind::wlroots,
          .bitrate_kbps = plan.bitrate_kbps,
          .codec = plan.codec};
}

class Door final : public NativeDoor {
 public:
  Door(DoorParams params, const quic::TlsIdentity& identity, std::unique_ptr<net::UdpPort> port,
       HealthBoard& board, const Clock& clock, Rng& rng, OnSessionOver on_session_over)
      : params_(std::move(params)),
        board_(board),
        clock_(clock),
        rng_(rng),
        on_session_over_(std::move(on_session_over)),
        port_(std::move(port)),
        server_({.idle_timeout = params_.idle_timeout}, identity, rng, clock.now()),
        reaper_({"native reaper", ThreadRole::background}, {}, reaper_bell_, board, clock,
                [this](Shift& shift) { return reap(shift); }),
        control_({"native control", ThreadRole::control}, {}, bell_, board, clock,
                 [this](Shift& shift) { return control(shift); }) {}

  ~Door() override { control_.ask_to_stop(); }

  Endpoint address() const noexcept override { return port_->local(); }
  bool done() const noexcept override {
    return params_.max_sessions != 0 && over_ >= params_.max_sessions;
  }

 private:
  using Handle = quic::ConnectionHandle;

  Result<void> control(Shift& shift) {
    shift.opened();
    std::array<net::Datagram, 64> datagrams;
    while (!shift.over()) {
      turn_all(clock_.now());
      const std::size_t count = port_->receive(datagrams, shift.bell(), patience(clock_.now()));
      for (std::size_t i = 0; i < count; ++i) {
        server_.handle(
            {.remote = datagrams[i].source, .local = port_->local(), .bytes = datagrams[i].bytes},
            datagrams[i].received_at);
      }
      while (auto news = news_.try_pop()) hear(*std::move(news), clock_.now());
    }
    say_goodbye(clock_.now());
    return {};
  }

  Nanos patience(LocalTime now) const {
    Nanos wait = kPatience;
    if (const auto due = server_.next_timeout()) wait = std::min(wait, *due - now);
    for (const auto& [handle, client] : clients_) {
      if (const auto due = client.machine.next_timeout()) wait = std::min(wait, *due - now);
    }
    return std::max(wait, Nanos(0));
  }

  // Connections give events to machines, machines give messages to connections: the last turn of
  // the server takes what the machines have just said to the network.
  void turn_all(LocalTime now) {
    turn_server(now);
    for (auto at = clients_.begin(); at != clients_.end();) {
      NativeClient& client = at->second;
      turn(client.machine, now, [&, handle = at->first](control::HostSession::Output output) {
        std::visit([&](auto& what) { apply(handle, client, what, now); }, output);
      });
      at = client.machine.over() ? clients_.erase(at) : std::next(at);
    }
    turn_server(now);
  }

  void turn_server(LocalTime now) {
    turn(server_, now, [&](quic::QuicServer::Output output) {
      if (auto* transmit = std::get_if<quic::Transmit>(&output)) {
        port_->send({.base = transmit->bytes.data(),
                     .count = 1,
                     .stride = static_cast<std::uint16_t>(transmit->bytes.size())},
                    transmit->remote);
      } else {
        auto& event = std::get<quic::ServerEvent>(output);
        on_event(event.connection, std::move(event.event), now);
      }
    });
  }

  void on_event(Handle handle, quic::Event event, LocalTime now) {
    if (const auto* connected = std::get_if<quic::Connected>(&event)) {
      greet(handle, *connected, now);
      return;
    }
    const auto at = clients_.find(handle);
    if (at == clients_.end()) return;
    NativeClient& client = at->second;
    if (const auto* bytes = std::get_if<quic::StreamBytes>(&event)) {
      client.machine.handle(control::StreamOpened{}, now);
      client.stream.read(bytes->bytes, [&](wire::v1::ControlStream::Event read) {
        if (auto* message = std::get_if<message::ControlMessage>(&read)) {
          client.machine.handle(std::move(*message), now);
        } else {
          client.machine.handle(control::BrokenHandshake{}, now);
        }
      });
    } else if (std::holds_alternative<quic::StreamEnded>(event)) {
      client.machine.handle(control::StreamClosed{}, now);
    } else if (const auto* closed = std::get_if<quic::Closed>(&event)) {
      control::PeerClosed gone{.code = std::nullopt, .reason = closed->reason};
      if (closed->cause == quic::CloseCause::peer)
        gone.code = static_cast<message::CloseCode>(closed->code);
      client.machine.handle(std::move(gone), now);
    }
  }

  void greet(Handle handle, const quic::Connected& connected, LocalTime now) {
    const Nanos wire_offset = wire_offset_now();
    const control::HostSessionParams params{
        .open = params_.open,
        .has_identity = connected.peer.has_value(),
        .clock = {now, WireTime(now.since_epoch() + wire_offset)}};
    clients_.emplace(handle, NativeClient{.remote = connected.remote,
                                          .wire_offset = wire_offset,
                                          .machine = control::HostSession(params, now)});
  }

  void apply(Handle handle, NativeClient& client, control::SendControl& send, LocalTime now) {
    if (server_.write_stream(handle, wire::v1::ControlStream::write(send.message), now)) return;
    client.machine.handle(
        control::EndSession{message::CloseCode::internal_error, "the client does not read"}, now);
  }
  void apply(Handle, NativeClient& client, control::PlanWanted& wanted, LocalTime now) {
    if (auto planned = plan(client, wanted.hello, now)) {
      client.planned = *std::move(planned);
      return;
    } else {
      const Error& error = planned.error();
      log::info("native", "{} is refused: {}", client.remote.to_string(), error.what);
      client.machine.handle(control::PlanRefused{.code = error.kind == ErrorKind::exhausted
                                                             ? message::CloseCode::busy
                                                             : message::CloseCode::setup_failed,
                                                 .text = error.what},
                            now);
    }
  }
  void apply(Handle, NativeClient& client, control::StartMedia& start, LocalTime) {
    if (client.planned)
      client.planned->outlet->start(client.remote.with_port(start.start.client_media_port));
  }
  void apply(Handle, NativeClient& client, control::RefreshWanted&, LocalTime) {
    // No encoder of today drops references, so a range is answered by a key frame as well.
    if (client.planned) client.planned->session->steering().want_idr();
  }
  void apply(Handle, NativeClient& client, control::LossSeen& loss, LocalTime) {
    if (!client.planned || !client.planned->plan.fec_adaptive) return;
    client.planned->fec.on_loss_report(loss.loss_ppm);
    client.planned->outlet->set_fec_percent(client.planned->fec.percent());
  }
  void apply(Handle, NativeClient& client, control::RateTarget& rate, LocalTime) {
    if (client.planned) client.planned->session->steering().set_bitrate(rate.bitrate_kbps);
  }
  void apply(Handle, NativeClient& client, control::StopMedia&, LocalTime now) {
    end(std::move(client.planned));
    client.machine.handle(control::MediaStopped{}, now);
  }
  void apply(Handle handle, NativeClient&, control::Close& close, LocalTime now) {
    server_.close(handle, static_cast<std::uint64_t>(close.code), close.text, now);
  }
  void apply(Handle, NativeClient& client, control::HostSessionOver& over, LocalTime) {
    log::info("native", "{}: {}", client.remote.to_string(), over.sentence);
    end(std::move(client.planned));
  }

  // Starts everything the client's session needs; that it works is news, later.
  Result<std::unique_ptr<PlannedSession>> plan(const NativeClient& client,
                                               const message::Hello& hello, LocalTime now) {
    const auto sessions = std::count_if(clients_.begin(), clients_.end(), [](const auto& entry) {
      return entry.second.planned != nullptr;
    });
    if (static_cast<std::size_t>(sessions) >= params_.max_clients) {
      return fail(ErrorKind::exhausted,
                  "the host is busy: it serves {} clients at once, and they are here",
                  params_.max_clients);
    }
    PF_TRY(plan::SessionPlan plan, plan_session(params_.offer, hello, client.remote.is_ipv6()));
    PF_TRY(auto media_port,
           net::UdpPort::open(port_->local().with_port(params_.data_port), clock_, {}));

    auto planned = std::make_unique<PlannedSession>();
    planned->number = ++last_session_;
    planned->welcome = welcome_for(plan, media_port->local().port(), rng_);
    planned->wire_offset = client.wire_offset;
    planned->planned_at = now;
    planned->fec = video::FecAdaptation(plan.fec.percent);
    planned->plan = std::move(plan);
    log::info("native", "session {}: {} asks for {} at {} kbit/s", planned->number,
              client.remote.to_string(), to_string(planned->plan.mode), planned->plan.bitrate_kbps);
    start_session(*planned, std::move(media_port));
    return planned;
  }

  void start_session(PlannedSession& planned, std::unique_ptr<net::UdpPort> media_port) {
    const plan::SessionPlan& plan = planned.plan;
    const unsigned number = planned.number;
    pipeline::VideoWork work{
        .display = {.mode = plan.mode, .command = plan.command, .run_as = plan.run_as},
        .capture = params_.capture,
        .encode = {.size_px = plan.mode.size_px,
                   .refresh = plan.mode.refresh,
                   .bitrate_kbps = plan.bitrate_kbps,
                   .slices = plan.slices}};
    const auto open_outlet =
        [&](session::SessionParts& parts) -> std::unique_ptr<pipeline::FrameOutlet> {
      const bool timing_wanted = plan.host_timing_wanted;
      auto outlet = std::make_unique<NativeOutlet>(
          OutletParams{.shard_bytes = plan.shard_bytes,
                       .max_frame_bytes = plan.max_frame_bytes,
                       .fec = plan.fec,
                       .keys = planned.welcome.keys,
                       .wire_offset = planned.wire_offset},
          std::move(media_port), parts, clock_,
          [this, number, timing_wanted](const message::HostTiming& timing, bool idr) {
            if (timing_wanted || idr) tell({number, Sent{timing, idr}});
          });
      planned.outlet = outlet.get();
      return outlet;
    };
    planned.session = std::make_unique<session::Session>(
        fmt::format("session {}", number), std::move(work), params_.backends, plan.bitrate_kbps,
        open_outlet, board_, clock_,
        session::SessionEvents{.opened =
                                   [this, number](const encode::StreamParameters& is) {
                                     tell({number, Opened{is}});
                                   },
                               .healing =
                                   [this, number](const Error&) {
                                     tell({number, Healing{}});
                                   },
                               .over =
                                   [this, number](const Error& error) {
                                     tell({number, Ended{error.what}});
                                   }});
  }

  // Any thread.
  void tell(News news) {
    if (news_.try_push(std::move(news))) bell_.ring();
  }

  // Control thread. A session that has ended meanwhile is not there any more.
  void hear(News news, LocalTime now) {
    const auto at = std::find_if(clients_.begin(), clients_.end(), [&](const auto& entry) {
      return entry.second.planned && entry.second.planned->number == news.session;
    });
    if (at == clients_.end()) return;
    std::visit([&](auto& what) { hear(at->first, at->second, what, now); }, news.what);
  }

  void hear(Handle, NativeClient& client, Opened& opened, LocalTime now) {
    PlannedSession& planned = *client.planned;
    if (std::exchange(planned.announced, true)) {
      client.machine.handle(control::SourceHealed{}, now);
      return;
    }
    planned.welcome.colour = {.primaries = opened.parameters.colour.primaries,
                              .transfer = opened.parameters.colour.transfer,
                              .matrix = opened.parameters.colour.matrix,
                              .full_range = opened.parameters.colour.full_range};
    client.machine.handle(control::PlanReady{.welcome = planned.welcome}, now);
  }
  void hear(Handle, NativeClient& client, Healing&, LocalTime now) {
    client.machine.handle(control::SourceLost{}, now);
  }
  void hear(Handle, NativeClient& client, Ended& ended, LocalTime now) {
    if (client.planned->announced) {
      client.machine.handle(control::EndSession{message::CloseCode::game_exited, ended.reason},
                            now);
    } else {
      client.machine.handle(control::PlanRefused{message::CloseCode::setup_failed, ended.reason},
                            now);
    }
  }
  void hear(Handle handle, NativeClient& client, Sent& sent, LocalTime now) {
    if (sent.idr) client.machine.handle(control::KeyframeSent{}, now);
    if (client.planned->plan.host_timing_wanted) {
      // False when the path is full: the next frame's timing is worth more.
      (void)server_.send_datagram(handle, wire::v1::write_host_timing(sent.timing), now);
    }
  }

  // Joining a session's threads takes too long for this thread: the reaper does it.
  void end(std::unique_ptr<PlannedSession> planned) {
    if (!planned) return;
    PF_CHECK(ending_.try_push(std::move(planned)));
    reaper_bell_.ring();
  }

  Result<void> reap(Shift& shift) {
    shift.opened();
    for (;;) {
      while (auto ended = ending_.try_pop()) bury(**ended);
      if (shift.over()) return {};
      shift.bell().wait(kPatience);
    }
  }

  void bury(PlannedSession& planned) {
    planned.session->stop();
    on_session_over_({.number = planned.number,
                      .plan = planned.plan,
                      .parts = planned.session->parts(),
                      .wire_offset = planned.wire_offset,
                      .duration = clock_.now() - planned.planned_at});
    ++over_;
  }

  void say_goodbye(LocalTime now) {
    for (auto& [handle, client] : clients_) end(std::move(client.planned));
    server_.close_all(static_cast<std::uint64_t>(message::CloseCode::done), "done", now);
    clients_.clear();
    turn_server(now);
  }

  const DoorParams params_;
  HealthBoard& board_;
  const Clock& clock_;
  Rng& rng_;
  const OnSessionOver on_session_over_;
  Doorbell bell_, reaper_bell_;
  const std::unique_ptr<net::UdpPort> port_;
  Mailbox<News> news_{kMaxNews};                                 // workers → control
  Mailbox<std::unique_ptr<PlannedSession>> ending_{kMaxEnding};  // control → reaper
  std::atomic<std::uint32_t> over_{0};

  // Control thread.
  quic::QuicServer server_;
  std::map<Handle, NativeClient> clients_;
  unsigned last_session_ = 0;

  SupervisedThread reaper_;   // ends after control_, which feeds it
  SupervisedThread control_;  // ends first
};

}  // namespace

Result<std::unique_ptr<NativeDoor>> NativeDoor::open(DoorParams params,
                                                     const quic::TlsIdentity& identity,
                                                     HealthBoard& board, const Clock& clock,
                                                     Rng& rng, OnSessionOver on_session_over) {
  auto port = net::UdpPort::open(params.listen, clock, {});
  if (!port) {
    if (port.error().os_code == EADDRINUSE) {
      port.error().what +=
          ": end the program that has it (another punktfunk-host?), or choose another with --port";
    }
    return tl::unexpected(std::move(port).error());
  }
  return std::unique_ptr<NativeDoor>(std::make_unique<Door>(std::move(params), identity,
                                                            *std::move(port), board, clock, rng,
                                                            std::move(on_session_over)));
}

}  // namespace pf::native
