#include "sound/pipewire/connection.h"

#include <pipewire/pipewire.h>
#include <spa/utils/result.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>

#include "core/runtime/doorbell.h"
#include "core/runtime/unique_fd.h"
#include "sound/pipewire/loop_lock.h"

namespace pf::sound {
namespace {

// Once, and never undone: unloading the library's plug-ins while another connection lives is not
// safe, and loading them anew at each reconnection would be waste.
void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    pw_init(nullptr, nullptr);
    // What goes wrong comes to us as an event and is logged once, by whoever heals it.
    if (std::getenv("PIPEWIRE_DEBUG") == nullptr) pw_log_set_level(SPA_LOG_LEVEL_NONE);
  });
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

// As the library's own local-socket.c looks for it.
ServerAddress users_server() {
  std::string name = variable("PIPEWIRE_REMOTE");
  if (name.empty()) name = "pipewire-0";
  if (name.front() == '/') return {name};
  std::string folder = variable("PIPEWIRE_RUNTIME_DIR");
  if (folder.empty()) folder = variable("XDG_RUNTIME_DIR");
  return folder.empty() ? ServerAddress{} : ServerAddress{folder + "/" + name};
}

bool listens(const ServerAddress& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address.socket_path.empty() || address.socket_path.size() >= sizeof name.sun_path)
    return false;
  std::memcpy(name.sun_path, address.socket_path.c_str(), address.socket_path.size());
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
}

struct Connection::Insides {
  pw_thread_loop* loop = nullptr;
  pw_context* context = nullptr;
  pw_core* core = nullptr;
  spa_hook core_listener{};
  Doorbell* bell = nullptr;
  // The loop's lock guards these two.
  int answered_sync = -1;
  std::string loss;
  std::atomic<bool> lost{false};

  ~Insides() {
    // The thread must stand still before what its callbacks use goes.
    if (loop != nullptr) pw_thread_loop_stop(loop);
    if (core != nullptr) {
      spa_hook_remove(&core_listener);
      pw_core_disconnect(core);
    }
    if (context != nullptr) pw_context_destroy(context);
    if (loop != nullptr) pw_thread_loop_destroy(loop);
  }

  static void on_done(void* data, std::uint32_t id, int sequence) {
    auto& self = *static_cast<Insides*>(data);
    if (id != PW_ID_CORE) return;
    self.answered_sync = sequence;
    pw_thread_loop_signal(self.loop, false);
  }
  static void on_error(void* data, std::uint32_t id, int, int code, const char* message) {
    auto& self = *static_cast<Insides*>(data);
    // Errors of other objects are theirs: a stream hears of its own. And what we asked of an object
    // that went in the same instant comes back as one of the core ("unknown resource").
    if (id != PW_ID_CORE || code == -ENOENT || self.lost) return;
    self.loss = fmt::format("the sound server is gone: {} ({})",
                            message != nullptr ? message : "no reason", spa_strerror(code));
    self.lost.store(true, std::memory_order_release);
    pw_thread_loop_signal(self.loop, false);
    if (self.bell != nullptr) self.bell->ring();
  }

  Result<void> connect(const ServerAddress& address) {
    loop = pw_thread_loop_new("pf-pipewire", nullptr);
    if (loop == nullptr) return fail_os(ErrorKind::exhausted, errno, "cannot make a PipeWire loop");
    // The settings with module-rt: our data thread competes with encoders.
    context = pw_context_new(pw_thread_loop_get_loop(loop),
                             pw_properties_new(PW_KEY_CONFIG_NAME, "client-rt.conf", nullptr), 0);
    if (context == nullptr)
      return fail_os(ErrorKind::unavailable, errno,
                     "cannot load PipeWire's modules (package libpipewire-0.3-modules)");
    core = pw_context_connect(
        context, pw_properties_new(PW_KEY_REMOTE_NAME, address.socket_path.c_str(), nullptr), 0);
    if (core == nullptr)
      return fail_os(ErrorKind::unavailable, errno, "cannot connect to " + address.socket_path);
    static const pw_core_events kEvents{
        .version = PW_VERSION_CORE_EVENTS, .done = on_done, .error = on_error};
    pw_core_add_listener(core, &core_listener, &kEvents, this);
    if (pw_thread_loop_start(loop) != 0)
      return fail(ErrorKind::exhausted, "cannot start PipeWire's thread");
    return {};
  }
};

Connection::Connection(std::unique_ptr<Insides> insides) noexcept : insides_(std::move(insides)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const ServerAddress& address, Doorbell* bell,
                                                     Nanos patience) {
  // Loading the library's modules costs milliseconds, so whoever waits for a server asks this
  // first.
  const ServerAddress asked = address.socket_path.empty() ? users_server() : address;
  if (!listens(asked))
    return fail(ErrorKind::unavailable, "{}",
                asked.socket_path.empty()
                    ? "no PipeWire server runs for this user (XDG_RUNTIME_DIR is not set)"
                    : "no PipeWire server listens at " + asked.socket_path);
  start_library();
  auto insides = std::make_unique<Insides>();
  insides->bell = bell;
  {
    // The library asks for the user's name in a way that takes one thread at a time (getpwuid).
    static std::mutex one_at_a_time;
    std::lock_guard lock(one_at_a_time);
    PF_TRY_VOID(insides->connect(asked));
  }
  std::unique_ptr<Connection> connection(new Connection(std::move(insides)));
  PF_TRY_VOID(connection->round_trip(patience));
  return connection;
}

Result<void> Connection::check() const {
  if (!insides_->lost.load(std::memory_order_acquire)) return {};
  LoopLock lock(insides_->loop);
  return fail(ErrorKind::lost, "{}", insides_->loss);
}

Result<void> Connection::round_trip(Nanos patience) {
  {
    LoopLock lock(insides_->loop);
    timespec deadline{};
    pw_thread_loop_get_time(insides_->loop, &deadline, patience.count());
    const int asked = pw_core_sync(insides_->core, PW_ID_CORE, 0);
    while (!insides_->lost && insides_->answered_sync != asked) {
      if (pw_thread_loop_timed_wait_full(insides_->loop, &deadline) != 0 && !insides_->lost &&
          insides_->answered_sync != asked)
        return fail(ErrorKind::timed_out, "the sound server has not answered for {} ms",
                    std::chrono::duration_cast<milliseconds>(patience).count());
    }
  }
  return check();
}

pw_core* Connection::core() const noexcept { return insides_->core; }
pw_thread_loop* Connection::loop() const noexcept { return insides_->loop; }
void Connection::ring() const noexcept {
  if (insides_->bell != nullptr) insides_->bell->ring();
}

}  // namespace pf::sound
