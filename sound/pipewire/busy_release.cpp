#include "sound/pipewire/busy_release.h"

#include <pipewire/extensions/metadata.h>
#include <pipewire/pipewire.h>

#include <optional>
#include <set>
#include <string_view>

#include "sound/pipewire/loop_lock.h"
#include "sound/pipewire/timer.h"

namespace pf::sound {
namespace {

// Local programs answer within milliseconds: what takes longer will take for ever.
constexpr Nanos kPeriod = milliseconds(200);
constexpr int kRounds = 10;

}  // namespace

struct BusyRelease::Insides {
  Connection* connection = nullptr;
  pw_registry* registry = nullptr;
  spa_hook listener{};
  // The loop's thread only.
  std::optional<Timer> timer;
  std::set<std::uint32_t> client_ids;
  int rounds_left = 0;

  ~Insides() {
    LoopLock lock(connection->loop());
    timer.reset();
    if (registry == nullptr) return;
    spa_hook_remove(&listener);
    pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
  }

  static void on_global(void* data, std::uint32_t id, std::uint32_t, const char* type,
                        std::uint32_t, const spa_dict*) {
    auto& self = *static_cast<Insides*>(data);
    const std::string_view what(type);
    if (what == PW_TYPE_INTERFACE_Client) {
      self.client_ids.insert(id);
    } else if (what != PW_TYPE_INTERFACE_Node && what != PW_TYPE_INTERFACE_Metadata) {
      return;
    }
    if (self.rounds_left == 0) self.timer->start(kPeriod);
    self.rounds_left = kRounds;
  }

  static void on_global_remove(void* data, std::uint32_t id) {
    static_cast<Insides*>(data)->client_ids.erase(id);
  }

  void release() {
    for (const std::uint32_t id : client_ids) {
      auto* const proxy = static_cast<pw_proxy*>(
          pw_registry_bind(registry, id, PW_TYPE_INTERFACE_Client, PW_VERSION_CLIENT, 0));
      if (proxy == nullptr) continue;
      pw_client_update_permissions(reinterpret_cast<pw_client*>(proxy), 0, nullptr);
      pw_proxy_destroy(proxy);
    }
    if (--rounds_left > 0) timer->start(kPeriod);
  }
};

BusyRelease::BusyRelease(std::unique_ptr<Insides> insides) noexcept
    : insides_(std::move(insides)) {}
BusyRelease::~BusyRelease() = default;

Result<std::unique_ptr<BusyRelease>> BusyRelease::open(Connection& connection) {
  auto insides = std::make_unique<Insides>();
  insides->connection = &connection;
  LoopLock lock(connection.loop());
  insides->timer.emplace(connection, [self = insides.get()] { self->release(); });
  insides->registry = pw_core_get_registry(connection.core(), PW_VERSION_REGISTRY, 0);
  if (insides->registry == nullptr)
    return fail_os(ErrorKind::lost, errno, "cannot list what the sound server has");
  static const pw_registry_events kEvents{.version = PW_VERSION_REGISTRY_EVENTS,
                                          .global = Insides::on_global,
                                          .global_remove = Insides::on_global_remove};
  pw_registry_add_listener(insides->registry, &insides->listener, &kEvents, insides.get());
  return std::unique_ptr<BusyRelease>(new BusyRelease(std::move(insides)));
}

}  // namespace pf::sound
