#include "sound/pipewire/manager_watch.h"

#include <pipewire/extensions/metadata.h>
#include <pipewire/pipewire.h>
#include <spa/param/param.h>
#include <spa/param/port-config.h>
#include <spa/pod/builder.h>

#include <array>
#include <atomic>
#include <map>
#include <optional>

#include "sound/pipewire/busy_release.h"
#include "sound/pipewire/loop_lock.h"
#include "sound/pipewire/manager_blindfold.h"

namespace pf::sound {
namespace {

// Which of its two sides of ports the manager sets. Empty: not a node of sound.
std::optional<spa_direction> side_of(std::string_view media_class) {
  if (media_class == "Audio/Sink" || media_class == "Stream/Input/Audio")
    return SPA_DIRECTION_INPUT;
  if (media_class == "Audio/Source" || media_class == "Stream/Output/Audio")
    return SPA_DIRECTION_OUTPUT;
  return std::nullopt;
}

std::string_view value_of(const spa_dict& properties, const char* key) {
  const char* value = spa_dict_lookup(&properties, key);
  return value != nullptr ? value : "";
}

}  // namespace

struct ManagerWatch::Insides {
  Connection* connection = nullptr;
  std::unique_ptr<Connection> help_connection;
  std::unique_ptr<BusyRelease> release;
  std::unique_ptr<ManagerBlindfold> blindfold;
  pw_registry* registry = nullptr;
  spa_hook listener{};
  std::atomic<bool> present{false};
  std::atomic<unsigned> arrivals{0};
  // The loop's thread only.
  std::uint32_t manager_id = SPA_ID_INVALID;  // of what only a manager makes
  std::map<std::uint32_t, spa_direction> nodes;

  ~Insides() {
    if (registry == nullptr) return;
    LoopLock lock(connection->loop());
    spa_hook_remove(&listener);
    pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
  }

  static void on_global(void* data, std::uint32_t id, std::uint32_t, const char* type,
                        std::uint32_t, const spa_dict* properties) {
    auto& self = *static_cast<Insides*>(data);
    if (properties == nullptr) return;
    const std::string_view what(type);
    if (what == PW_TYPE_INTERFACE_Node) {
      if (const auto side = side_of(value_of(*properties, PW_KEY_MEDIA_CLASS)))
        self.nodes[id] = *side;
    } else if (what == PW_TYPE_INTERFACE_Metadata &&
               value_of(*properties, PW_KEY_METADATA_NAME) == "default") {
      self.manager_id = id;
      ++self.arrivals;
      self.tell(true);
    }
  }

  static void on_global_remove(void* data, std::uint32_t id) {
    auto& self = *static_cast<Insides*>(data);
    self.nodes.erase(id);
    if (id != self.manager_id) return;
    self.manager_id = SPA_ID_INVALID;
    // Now, on this thread: the next manager looks at the nodes some 30 ms after its start.
    for (const auto& [node_id, side] : self.nodes) self.unsettle(node_id, side);
    self.tell(false);
  }

  void tell(bool is_present) {
    present.store(is_present, std::memory_order_release);
    connection->ring();
  }

  void unsettle(std::uint32_t node_id, spa_direction side) const {
    auto* const proxy = static_cast<pw_proxy*>(
        pw_registry_bind(registry, node_id, PW_TYPE_INTERFACE_Node, PW_VERSION_NODE, 0));
    if (proxy == nullptr) return;
    std::array<std::byte, 256> space;
    spa_pod_builder builder{};
    spa_pod_builder_init(&builder, space.data(), space.size());
    const auto* const param = static_cast<const spa_pod*>(spa_pod_builder_add_object(
        &builder, SPA_TYPE_OBJECT_ParamPortConfig, SPA_PARAM_PortConfig,
        SPA_PARAM_PORT_CONFIG_direction, SPA_POD_Id(side), SPA_PARAM_PORT_CONFIG_mode,
        SPA_POD_Id(SPA_PARAM_PORT_CONFIG_MODE_convert)));
    pw_node_set_param(reinterpret_cast<pw_node*>(proxy), SPA_PARAM_PortConfig, 0, param);
    pw_proxy_destroy(proxy);  // the server does what was asked before
  }
};

ManagerWatch::ManagerWatch(std::unique_ptr<Insides> insides) noexcept
    : insides_(std::move(insides)) {}
ManagerWatch::~ManagerWatch() = default;

Result<std::unique_ptr<ManagerWatch>> ManagerWatch::open(Connection& connection,
                                                         const ServerAddress& address) {
  auto insides = std::make_unique<Insides>();
  insides->connection = &connection;
  PF_TRY(insides->help_connection, Connection::open(address, nullptr));
  PF_TRY(insides->release, BusyRelease::open(*insides->help_connection));
  PF_TRY(insides->blindfold, ManagerBlindfold::open(*insides->help_connection));
  {
    LoopLock lock(connection.loop());
    insides->registry = pw_core_get_registry(connection.core(), PW_VERSION_REGISTRY, 0);
    if (insides->registry == nullptr)
      return fail_os(ErrorKind::lost, errno, "cannot list what the sound server has");
    static const pw_registry_events kEvents{.version = PW_VERSION_REGISTRY_EVENTS,
                                            .global = Insides::on_global,
                                            .global_remove = Insides::on_global_remove};
    pw_registry_add_listener(insides->registry, &insides->listener, &kEvents, insides.get());
  }
  PF_TRY_VOID(connection.round_trip());
  return std::unique_ptr<ManagerWatch>(new ManagerWatch(std::move(insides)));
}

unsigned ManagerWatch::arrivals() const noexcept { return insides_->arrivals; }
bool ManagerWatch::present() const noexcept {
  return insides_->present.load(std::memory_order_acquire);
}

}  // namespace pf::sound
