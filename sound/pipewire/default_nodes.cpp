#include "sound/pipewire/default_nodes.h"

#include <pipewire/extensions/metadata.h>
#include <pipewire/pipewire.h>
#include <spa/utils/json.h>

#include <array>
#include <map>

#include "sound/pipewire/loop_lock.h"

namespace pf::sound {
namespace {

// A node.name that long is nobody's; the metadata itself has no bound.
constexpr std::size_t kMaxNameBytes = 1024;
// Local processes answer within milliseconds; this only bounds a hung one.
constexpr Nanos kChoicePatience = seconds(2);
// When nothing was said for this long, it was said to somebody else, see look_again().
constexpr Nanos kHearingPatience = milliseconds(50);

const char* chosen_key(DefaultNode which) {
  return which == DefaultNode::sink ? "default.configured.audio.sink"
                                    : "default.configured.audio.source";
}
const char* elected_key(DefaultNode which) {
  return which == DefaultNode::sink ? "default.audio.sink" : "default.audio.source";
}

}  // namespace

std::string write_node_name(const std::string& node_name) {
  std::array<char, 6 * kMaxNameBytes + 3> quoted{};  // every byte may become \u00xx
  const int size = spa_json_encode_string(quoted.data(), static_cast<int>(quoted.size()) - 1,
                                          node_name.substr(0, kMaxNameBytes).c_str());
  return fmt::format("{{ \"name\": {} }}",
                     std::string_view(quoted.data(), static_cast<std::size_t>(size)));
}

std::optional<std::string> parse_node_name(const std::string& json) {
  spa_json outer{};
  spa_json inner{};
  spa_json_init(&outer, json.data(), json.size());
  if (spa_json_enter_object(&outer, &inner) <= 0) return std::nullopt;
  std::array<char, kMaxNameBytes> key{};
  std::array<char, kMaxNameBytes> value{};
  while (spa_json_get_string(&inner, key.data(), static_cast<int>(key.size()) - 1) > 0) {
    if (std::string_view(key.data()) == "name") {
      if (spa_json_get_string(&inner, value.data(), static_cast<int>(value.size()) - 1) <= 0)
        return std::nullopt;
      return std::string(value.data());
    }
    const char* other = nullptr;
    if (spa_json_next(&inner, &other) <= 0) return std::nullopt;
  }
  return std::nullopt;
}

struct DefaultNodes::Insides {
  Connection* connection = nullptr;
  pw_registry* registry = nullptr;
  pw_proxy* metadata = nullptr;
  std::uint32_t metadata_id = SPA_ID_INVALID;
  spa_hook registry_listener{};
  spa_hook metadata_listener{};
  spa_hook error_listener{};
  // The loop's lock guards these three.
  std::map<std::string, std::string> values;
  bool gone = false;
  std::string denial;  // the server's reason why we may not change a value

  ~Insides() {
    LoopLock lock(connection->loop());
    let_go();
    if (registry != nullptr) {
      spa_hook_remove(&registry_listener);
      pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
    }
  }

  static int on_property(void* data, std::uint32_t subject, const char* key, const char*,
                         const char* value) {
    auto& self = *static_cast<Insides*>(data);
    if (subject != PW_ID_CORE) return 0;
    if (key == nullptr) {  // all of the subject's
      self.values.clear();
    } else if (value == nullptr) {
      self.values.erase(key);
    } else if (std::string_view(key).substr(0, 8) == "default.") {
      self.values[key] = value;
    }
    pw_thread_loop_signal(self.connection->loop(), false);
    self.connection->ring();
    return 0;
  }

  static void on_metadata_error(void* data, int, int code, const char* message) {
    auto& self = *static_cast<Insides*>(data);
    if (code != -EACCES && code != -EPERM) return;
    self.denial = message != nullptr ? message : "no reason";
    pw_thread_loop_signal(self.connection->loop(), false);
  }

  static void on_global(void* data, std::uint32_t id, std::uint32_t, const char* type,
                        std::uint32_t, const spa_dict* properties) {
    auto& self = *static_cast<Insides*>(data);
    if (self.metadata != nullptr || properties == nullptr ||
        std::string_view(type) != PW_TYPE_INTERFACE_Metadata)
      return;
    const char* name = spa_dict_lookup(properties, PW_KEY_METADATA_NAME);
    if (name == nullptr || std::string_view(name) != "default") return;
    self.metadata_id = id;
    self.listen();
    pw_thread_loop_signal(self.connection->loop(), false);
  }

  void listen() {
    metadata = static_cast<pw_proxy*>(pw_registry_bind(
        registry, metadata_id, PW_TYPE_INTERFACE_Metadata, PW_VERSION_METADATA, 0));
    if (metadata == nullptr) return;
    static const pw_metadata_events kEvents{.version = PW_VERSION_METADATA_EVENTS,
                                            .property = on_property};
    pw_metadata_add_listener(reinterpret_cast<pw_metadata*>(metadata), &metadata_listener, &kEvents,
                             this);
    static const pw_proxy_events kErrors{.version = PW_VERSION_PROXY_EVENTS,
                                         .error = on_metadata_error};
    pw_proxy_add_listener(metadata, &error_listener, &kErrors, this);
  }

  void let_go() {
    if (metadata == nullptr) return;
    spa_hook_remove(&metadata_listener);
    spa_hook_remove(&error_listener);
    pw_proxy_destroy(metadata);
    metadata = nullptr;
  }

  static void on_global_remove(void* data, std::uint32_t id) {
    auto& self = *static_cast<Insides*>(data);
    if (id != self.metadata_id) return;
    self.gone = true;
    pw_thread_loop_signal(self.connection->loop(), false);
    self.connection->ring();
  }

  Result<void> watch(Nanos patience) {
    LoopLock lock(connection->loop());
    registry = pw_core_get_registry(connection->core(), PW_VERSION_REGISTRY, 0);
    if (registry == nullptr)
      return fail_os(ErrorKind::lost, errno, "cannot list what the sound server has");
    static const pw_registry_events kEvents{.version = PW_VERSION_REGISTRY_EVENTS,
                                            .global = on_global,
                                            .global_remove = on_global_remove};
    pw_registry_add_listener(registry, &registry_listener, &kEvents, this);
    timespec deadline{};
    pw_thread_loop_get_time(connection->loop(), &deadline, patience.count());
    while (metadata == nullptr && connection->check()) {
      if (pw_thread_loop_timed_wait_full(connection->loop(), &deadline) != 0)
        return fail(ErrorKind::timed_out,
                    "no session manager (wireplumber) runs beside the sound server");
    }
    return {};
  }

  // All values anew: to whoever binds the object they are told in any case.
  Result<void> look_again(Nanos patience) {
    {
      LoopLock lock(connection->loop());
      PF_TRY_VOID(check());
      let_go();
      values.clear();
      listen();
      if (metadata == nullptr) gone = true;
    }
    PF_TRY_VOID(connection->round_trip(patience));
    return check();
  }

  Result<void> check() const {
    PF_TRY_VOID(connection->check());
    LoopLock lock(connection->loop());
    if (gone) return fail(ErrorKind::lost, "the session manager (wireplumber) is gone");
    return {};
  }

  // The manager owns the values and tells everybody: done is when we are told.
  Result<void> set(DefaultNode which, const std::optional<std::string>& node_name) {
    PF_TRY_VOID(ask_for(which, node_name));
    const bool done = wait_for(which, node_name, kHearingPatience) ||
                      (look_again(kChoicePatience) && wait_for(which, node_name, kChoicePatience));
    PF_TRY_VOID(check());
    if (done) return {};
    LoopLock lock(connection->loop());
    if (!denial.empty())
      return fail(ErrorKind::refused,
                  "PipeWire does not let this program choose the default device ({}): its access "
                  "rules must grant all, or audio.play_on be \"both\"",
                  denial);
    return fail(ErrorKind::timed_out,
                "the session manager (wireplumber) does not take another default device");
  }

  Result<void> ask_for(DefaultNode which, const std::optional<std::string>& node_name) {
    LoopLock lock(connection->loop());
    PF_TRY_VOID(check());
    denial.clear();
    const std::string value = node_name ? write_node_name(*node_name) : "";
    pw_metadata_set_property(reinterpret_cast<pw_metadata*>(metadata), PW_ID_CORE,
                             chosen_key(which), node_name ? "Spa:String:JSON" : nullptr,
                             node_name ? value.c_str() : nullptr);
    return {};
  }

  bool wait_for(DefaultNode which, const std::optional<std::string>& node_name, Nanos patience) {
    LoopLock lock(connection->loop());
    timespec deadline{};
    pw_thread_loop_get_time(connection->loop(), &deadline, patience.count());
    while (value_of(chosen_key(which)) != node_name) {
      if (!denial.empty() || !check() ||
          pw_thread_loop_timed_wait_full(connection->loop(), &deadline) != 0)
        return false;
    }
    return true;
  }

  std::optional<std::string> value_of(const char* key) const {
    LoopLock lock(connection->loop());
    const auto found = values.find(key);
    if (found == values.end()) return std::nullopt;
    return parse_node_name(found->second);
  }
};

DefaultNodes::DefaultNodes(std::unique_ptr<Insides> insides) noexcept
    : insides_(std::move(insides)) {}
DefaultNodes::~DefaultNodes() = default;

Result<std::unique_ptr<DefaultNodes>> DefaultNodes::open(Connection& connection, Nanos patience) {
  auto insides = std::make_unique<Insides>();
  insides->connection = &connection;
  PF_TRY_VOID(insides->watch(patience));
  // The properties follow the binding: one round trip later they are here.
  PF_TRY_VOID(connection.round_trip(patience));
  return std::unique_ptr<DefaultNodes>(new DefaultNodes(std::move(insides)));
}

Result<void> DefaultNodes::check() const { return insides_->check(); }
Result<void> DefaultNodes::look_again(Nanos patience) { return insides_->look_again(patience); }

std::optional<std::string> DefaultNodes::chosen(DefaultNode which) const {
  return insides_->value_of(chosen_key(which));
}
std::optional<std::string> DefaultNodes::elected(DefaultNode which) const {
  return insides_->value_of(elected_key(which));
}
Result<void> DefaultNodes::choose(DefaultNode which, const std::string& node_name) {
  return insides_->set(which, node_name);
}
Result<void> DefaultNodes::clear(DefaultNode which) { return insides_->set(which, std::nullopt); }

}  // namespace pf::sound
