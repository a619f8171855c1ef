#include "host/native/native_door.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <utility>
#include <variant>

#include "core/net/traffic_class.h"
#include "core/runtime/latest.h"
#include "host/native/native_client.h"

namespace pf::native {
namespace {

constexpr Nanos kDoorPatience = milliseconds(100);

BookParams book_params(DoorTerms terms, const Endpoint& local) {
  return {.media = local.with_port(terms.data_port),
          .marks_traffic = terms.marks_traffic,
          .offer = std::move(terms.offer),
          .apps = std::move(terms.apps),
          .capture = terms.capture};
}

class Door final : public NativeDoor {
 public:
  Door(DoorParams params, const quic::TlsIdentity& identity, trust::TrustRegistry& trust,
       session::Roster& roster, std::unique_ptr<net::UdpPort> port, HealthBoard& board,
       const Clock& clock, Rng& rng)
      : params_(std::move(params)),
        clock_(clock),
        trust_(trust),
        roster_(roster),
        port_(std::move(port)),
        link_(roster, session::Door::native, bell_),
        book_(book_params(params_.terms, port_->local()), params_.backends, roster, news_, board,
              clock, rng),
        server_({.idle_timeout = params_.terms.idle_timeout}, identity, rng, clock.now()),
        surroundings_{
            .server = server_,
            .book = book_,
            .trust = trust,
            .rng = rng,
            .host = identity.fingerprint().value_or(crypto::Fingerprint{}),
            .end_session =
                [this](unsigned session, message::CloseCode code, const std::string& text) {
                  end(session, code, text, NativeClient::Desktop::lingers);
                },
            .open = params_.terms.open,
            .microphone = params_.microphone},
        control_({"native control", ThreadRole::control}, {}, bell_, board, clock,
                 [this](Shift& shift) { return control(shift); }) {
    trust_.ring_on_change(bell_);
  }

  ~Door() override {
    trust_.stop_ringing(bell_);
    control_.ask_to_stop();
  }

  void set_terms(DoorTerms terms) override {
    new_terms_.put(std::move(terms));
    bell_.ring();
  }
  Endpoint address() const noexcept override { return port_->local(); }
  bool done() const noexcept override {
    return params_.max_sessions != 0 && roster_.over_count() >= params_.max_sessions;
  }

 private:
  using Handle = quic::ConnectionHandle;

  Result<void> control(Shift& shift) {
    shift.opened();
    std::array<net::Datagram, 64> datagrams;
    while (!shift.over()) {
      if (auto terms = new_terms_.take()) adopt(*std::move(terms));
      turn_all(clock_.now());
      const std::size_t count = port_->receive(datagrams, shift.bell(), patience(clock_.now()));
      for (std::size_t i = 0; i < count; ++i) {
        server_.handle(
            {.remote = datagrams[i].source, .local = port_->local(), .bytes = datagrams[i].bytes},
            datagrams[i].received_at);
      }
      while (auto news = news_.poll()) hear(*news, clock_.now());
      while (auto news = roster_.poll(session::Door::native)) {
        if (const auto* wish = std::get_if<session::Roster::EndWish>(&*news)) grant(*wish);
        if (const auto* wish = std::get_if<session::Roster::SteerWish>(&*news)) steer(*wish);
      }
    }
    say_goodbye(clock_.now());
    return {};
  }

  void adopt(DoorTerms terms) {
    server_.set_idle_timeout(terms.idle_timeout);
    surroundings_.open = terms.open;
    book_.set_params(book_params(std::move(terms), port_->local()));
  }

  Nanos patience(LocalTime now) const {
    Nanos wait = kDoorPatience;
    if (const auto due = server_.next_timeout()) wait = std::min(wait, *due - now);
    for (const auto& [handle, client] : clients_) {
      if (const auto due = client.next_timeout()) wait = std::min(wait, *due - now);
    }
    return std::max(wait, Nanos(0));
  }

  // Connections give events to machines, machines give messages to connections: the last turn of
  // the server takes what the machines have just said to the network.
  void turn_all(LocalTime now) {
    turn_server(now);
    for (auto at = clients_.begin(); at != clients_.end();) {
      at->second.turn(now);
      at = at->second.over() ? clients_.erase(at) : std::next(at);
    }
    turn_server(now);
  }

  void turn_server(LocalTime now) {
    turn(server_, now, [&](quic::QuicServer::Output output) {
      if (auto* transmit = std::get_if<quic::Transmit>(&output)) {
        // It carries sound, and what has to be as quick.
        const bool marked =
            params_.terms.marks_traffic && net::in_private_network(transmit->remote);
        port_->send({.base = transmit->bytes.data(),
                     .count = 1,
                     .stride = static_cast<std::uint16_t>(transmit->bytes.size())},
                    transmit->remote, marked ? net::dscp_of(net::Traffic::sound) : net::kUnmarked);
      } else {
        const auto& event = std::get<quic::ServerEvent>(output);
        on_event(event.connection, event.event, now);
      }
    });
  }

  void on_event(Handle handle, const quic::Event& event, LocalTime now) {
    if (const auto* connected = std::get_if<quic::Connected>(&event)) {
      clients_.try_emplace(handle, handle, *connected, surroundings_, now);
    } else if (const auto at = clients_.find(handle); at != clients_.end()) {
      at->second.on_event(event, now);
    }
  }

  // A session that has ended meanwhile is not there any more.
  void hear(News& news, LocalTime now) {
    if (NativeClient* client = client_of(news.session)) client->hear(news, now);
  }

  void grant(const session::Roster::EndWish& wish) {
    const bool by_operator = wish.desktop == session::Roster::Desktop::ends;
    end(wish.number, by_operator ? message::CloseCode::done : message::CloseCode::busy, wish.why,
        by_operator ? NativeClient::Desktop::ends : NativeClient::Desktop::lingers);
  }

  void steer(const session::Roster::SteerWish& wish) {
    if (NativeClient* client = client_of(wish.number)) client->steer(wish.wish, clock_.now());
  }

  // At once: whoever comes instead needs its place, its port and its desktop. Another door hears of
  // its session soon.
  void end(unsigned session, message::CloseCode code, const std::string& text,
           NativeClient::Desktop desktop) {
    NativeClient* client = client_of(session);
    if (client == nullptr) return roster_.wish_end(session, text);
    client->end_session(code, text, desktop, clock_.now());
    client->turn(clock_.now());
  }

  NativeClient* client_of(unsigned session) noexcept {
    for (auto& [handle, client] : clients_) {
      if (client.session_number() == session) return &client;
    }
    return nullptr;
  }

  void say_goodbye(LocalTime now) {
    clients_.clear();
    server_.close_all(static_cast<std::uint64_t>(message::CloseCode::done), "done", now);
    turn_server(now);
  }

  const DoorParams params_;
  const Clock& clock_;
  trust::TrustRegistry& trust_;
  session::Roster& roster_;
  Doorbell bell_;
  const std::unique_ptr<net::UdpPort> port_;
  NewsBox news_{bell_};  // workers → control
  Latest<DoorTerms> new_terms_;
  session::DoorLink link_;  // ends after control_, which gives its sessions back
  SessionBook book_;

  // Control thread.
  quic::QuicServer server_;
  ClientSurroundings surroundings_;
  std::map<Handle, NativeClient> clients_;

  SupervisedThread control_;  // ends first
};

}  // namespace

Result<std::unique_ptr<NativeDoor>> NativeDoor::open(DoorParams params,
                                                     const quic::TlsIdentity& identity,
                                                     trust::TrustRegistry& trust,
                                                     session::Roster& roster, HealthBoard& board,
                                                     const Clock& clock, Rng& rng) {
  auto port = net::UdpPort::open(params.listen, clock, {.whole_packets = true});
  if (!port) {
    if (port.error().os_code == EADDRINUSE) {
      port.error().what +=
          ": end the program that has it (another punktfunk-host?), or choose another with --port";
    }
    return tl::unexpected(std::move(port).error());
  }
  return std::unique_ptr<NativeDoor>(std::make_unique<Door>(
      std::move(params), identity, trust, roster, *std::move(port), board, clock, rng));
}

}  // namespace pf::native
