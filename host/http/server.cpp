#include "host/http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "core/runtime/log.h"
#include "core/runtime/supervised_thread.h"
#include "host/http/connection.h"
#include "host/http/tls_context.h"

namespace pf::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// When the process has no descriptor left, accepting again at once would only burn time.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr int kBacklog = 256;

Result<tcp::acceptor> listen_on(asio::io_context& io, const Listen& listen) {
  tcp::endpoint at;
  at.resize(listen.endpoint.size_bytes());
  std::memcpy(at.data(), listen.endpoint.data(), listen.endpoint.size_bytes());
  tcp::acceptor acceptor(io);
  boost::system::error_code error;
  acceptor.open(at.protocol(), error);
  // So that a host that was restarted gets its port back while old connections linger.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (!error) return acceptor;
  const std::string where = listen.endpoint.to_string();
  const std::string remedy =
      listen.setting.empty() ? "" : fmt::format(", or choose another with {}", listen.setting);
  if (error == asio::error::address_in_use)
    return fail_os(
        ErrorKind::refused, error.value(),
        fmt::format("another program has TCP port {} (ss -ltnp 'sport = {}' names it): stop it{}",
                    listen.endpoint.port(), listen.endpoint.port(), remedy));
  if (error == asio::error::access_denied)
    return fail_os(ErrorKind::refused, error.value(),
                   fmt::format("this user may not listen on {}{}", where, remedy));
  return fail_os(ErrorKind::unavailable, error.value(), "cannot listen on " + where);
}

}  // namespace

// One listening socket. I/O thread only, once it is turned.
class Door {
 public:
  Door(std::shared_ptr<ServerCore> core, tcp::acceptor acceptor, TlsContext tls)
      : core_(std::move(core)), acceptor_(std::move(acceptor)), pause_(core_->io) {
    if (tls != nullptr) tls_.emplace(tls.release());
  }

  Endpoint endpoint() const {
    boost::system::error_code ignored;
    const tcp::endpoint at = acceptor_.local_endpoint(ignored);
    return Endpoint::from_sockaddr(at.data(), at.size()).value_or(Endpoint());
  }

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (core_->closing) return;
      if (error && error != asio::error::connection_aborted) return accept_later(error);
      if (!error) welcome(std::move(socket));
      accept();
    });
  }

  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel(ignored);
  }

 private:
  void accept_later(const boost::system::error_code& error) {
    log::debug(core_->name, "cannot accept a connection: {}", error.message());
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const boost::system::error_code&) {
      if (!core_->closing) accept();
    });
  }

  void welcome(tcp::socket socket) {
    if (core_->connections.size() >= core_->limits.max_connections && !make_room()) {
      core_->dropped.fetch_add(1);
      return;  // the socket closes itself
    }
    core_->accepted.fetch_add(1);
    Connection::begin(core_, std::move(socket), tls_ ? &*tls_ : nullptr);
  }

  // Who is there and asks nothing goes first.
  bool make_room() {
    for (const auto& connection : core_->connections) {
      if (connection->has_asked()) continue;
      connection->drop("asked nothing, and others wait");
      return true;
    }
    return false;
  }

  const std::shared_ptr<ServerCore> core_;
  tcp::acceptor acceptor_;
  std::optional<asio::ssl::context> tls_;
  asio::steady_timer pause_;
};

struct Server::Running {
  std::shared_ptr<ServerCore> core;
  std::vector<std::unique_ptr<Door>> doors;
  std::vector<Endpoint> endpoints;
  // Keeps the thread turning while nobody is connected.
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::thread thread;

  void begin() {
    for (const auto& door : doors) {
      endpoints.push_back(door->endpoint());
      door->accept();
    }
    work.emplace(core->io.get_executor());
    thread = std::thread([this] {
      enter_role({.name = core->name, .role = ThreadRole::control});
      core->io.run();
    });
  }

  ~Running() {
    if (!thread.joinable()) return;
    asio::post(core->io, [this] {
      core->closing = true;
      for (const auto& door : doors) door->close();
      while (!core->connections.empty()) core->connections.front()->close();
      work.reset();  // what was cancelled is carried out, then run() returns
    });
    thread.join();
    core->closed = true;
    core->handler = {};
  }
};

Result<Server> Server::open(ServerParams params, Handler handler) {
  auto running = std::make_unique<Running>();
  running->core =
      std::make_shared<ServerCore>(std::move(params.name), params.limits, std::move(handler));
  for (const Listen& listen : params.listen) {
    TlsContext tls;
    if (listen.tls) {
      PF_TRY(tls, make_tls_context(*listen.tls));
    }
    PF_TRY(tcp::acceptor acceptor, listen_on(running->core->io, listen));
    running->doors.push_back(
        std::make_unique<Door>(running->core, std::move(acceptor), std::move(tls)));
  }
  running->begin();
  return Server(std::move(running));
}

Server::Server(std::unique_ptr<Running> running) noexcept : running_(std::move(running)) {}
Server::~Server() = default;
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;

Endpoint Server::endpoint(std::size_t index) const { return running_->endpoints.at(index); }

Server::Counters Server::counters() const noexcept {
  const ServerCore& core = *running_->core;
  return {.connections = core.connection_count,
          .accepted = core.accepted,
          .requests = core.requests,
          .dropped = core.dropped};
}

}  // namespace pf::http
