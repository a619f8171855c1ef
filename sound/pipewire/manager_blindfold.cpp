#include "sound/pipewire/manager_blindfold.h"

#include <pipewire/pipewire.h>

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "sound/pipewire/loop_lock.h"
#include "sound/pipewire/timer.h"

namespace pf::sound {
namespace {

// It has elected a device some 50 ms after it came, a second on a machine that is very busy.
constexpr Nanos kBlind = seconds(2);
constexpr std::string_view kManagerName = "WirePlumber";  // and "WirePlumber [export]"

std::string_view value_of(const spa_dict& properties, const char* key) {
  const char* value = spa_dict_lookup(&properties, key);
  return value != nullptr ? value : "";
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return number;
}

}  // namespace

struct ManagerBlindfold::Insides {
  Connection* connection = nullptr;
  pw_registry* registry = nullptr;
  spa_hook listener{};
  // The loop's thread only.
  std::optional<Timer> timer;
  std::set<std::uint32_t> managers;                // connections of the newest one
  std::map<std::uint32_t, std::uint32_t> streams;  // node → whose connection
  std::set<std::uint32_t> hidden;                  // connections, from all of the managers
  bool begun = false;                              // what was there before us has been told

  ~Insides() {
    LoopLock lock(connection->loop());
    show();
    timer.reset();
    if (registry == nullptr) return;
    spa_hook_remove(&listener);
    pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
  }

  static void on_global(void* data, std::uint32_t id, std::uint32_t, const char* type,
                        std::uint32_t, const spa_dict* properties) {
    auto& self = *static_cast<Insides*>(data);
    if (properties == nullptr) return;
    const std::string_view what(type);
    if (what == PW_TYPE_INTERFACE_Node) {
      const auto client_id = number_of(value_of(*properties, PW_KEY_CLIENT_ID));
      if (client_id && value_of(*properties, PW_KEY_MEDIA_CLASS).substr(0, 7) == "Stream/")
        self.streams[id] = *client_id;
    } else if (what == PW_TYPE_INTERFACE_Client && self.begun &&
               value_of(*properties, PW_KEY_APP_NAME).substr(0, kManagerName.size()) ==
                   kManagerName) {
      self.hide_from(id);
    }
  }

  static void on_global_remove(void* data, std::uint32_t id) {
    auto& self = *static_cast<Insides*>(data);
    self.streams.erase(id);
    self.managers.erase(id);
    self.hidden.erase(id);
  }

  void hide_from(std::uint32_t manager_id) {
    managers.insert(manager_id);
    for (const auto& [node_id, client_id] : streams) hidden.insert(client_id);
    permit(manager_id, 0);
    timer->start(kBlind);
  }

  void show() {
    for (const std::uint32_t manager_id : managers) permit(manager_id, PW_PERM_ALL);
    managers.clear();
    hidden.clear();
  }

  void permit(std::uint32_t manager_id, std::uint32_t what) const {
    std::vector<pw_permission> all;
    for (const std::uint32_t client_id : hidden) all.push_back({client_id, what});
    auto* const proxy = static_cast<pw_proxy*>(
        pw_registry_bind(registry, manager_id, PW_TYPE_INTERFACE_Client, PW_VERSION_CLIENT, 0));
    if (proxy == nullptr) return;
    pw_client_update_permissions(reinterpret_cast<pw_client*>(proxy),
                                 static_cast<std::uint32_t>(all.size()), all.data());
    pw_proxy_destroy(proxy);
  }
};

ManagerBlindfold::ManagerBlindfold(std::unique_ptr<Insides> insides) noexcept
    : insides_(std::move(insides)) {}
ManagerBlindfold::~ManagerBlindfold() = default;

Result<std::unique_ptr<ManagerBlindfold>> ManagerBlindfold::open(Connection& connection) {
  auto insides = std::make_unique<Insides>();
  insides->connection = &connection;
  {
    LoopLock lock(connection.loop());
    insides->timer.emplace(connection, [self = insides.get()] { self->show(); });
    insides->registry = pw_core_get_registry(connection.core(), PW_VERSION_REGISTRY, 0);
    if (insides->registry == nullptr)
      return fail_os(ErrorKind::lost, errno, "cannot list what the sound server has");
    static const pw_registry_events kEvents{.version = PW_VERSION_REGISTRY_EVENTS,
                                            .global = Insides::on_global,
                                            .global_remove = Insides::on_global_remove};
    pw_registry_add_listener(insides->registry, &insides->listener, &kEvents, insides.get());
  }
  PF_TRY_VOID(connection.round_trip());
  {
    LoopLock lock(connection.loop());
    insides->begun = true;
  }
  return std::unique_ptr<ManagerBlindfold>(new ManagerBlindfold(std::move(insides)));
}

}  // namespace pf::sound
