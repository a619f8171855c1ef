#include "core/mdns/libraries.h"

#include <dlfcn.h>

#include <optional>

namespace pf::mdns {
namespace {

// The numbers are part of the interface that the headers describe.
constexpr const char* kClientFile = "libavahi-client.so.3";
constexpr const char* kCoreFile = "libavahi-core.so.7";

class Loader {
 public:
  explicit Loader(const char* file) : library_(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {}

  template <class Function>
  Loader& find(const char* name, Function& function) {
    function = library_ == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library_, name));
    complete_ = complete_ && function != nullptr;
    return *this;
  }
  bool complete() const noexcept { return complete_; }

 private:
  void* library_;  // never closed: its code may be running on another thread
  bool complete_ = true;
};

std::optional<ClientLibrary> load_client() {
  ClientLibrary all;
  Loader loader(kClientFile);
  loader.find("avahi_client_new", all.client_new)
      .find("avahi_client_free", all.client_free)
      .find("avahi_client_errno", all.client_errno)
      .find("avahi_entry_group_new", all.group_new)
      .find("avahi_entry_group_free", all.group_free)
      .find("avahi_entry_group_add_service_strlst", all.group_add_service)
      .find("avahi_entry_group_commit", all.group_commit)
      .find("avahi_service_browser_new", all.browser_new)
      .find("avahi_service_browser_free", all.browser_free)
      .find("avahi_service_resolver_new", all.resolver_new)
      .find("avahi_service_resolver_free", all.resolver_free);
  return loader.complete() ? std::optional(all) : std::nullopt;
}

std::optional<CoreLibrary> load_core() {
  CoreLibrary all;
  Loader loader(kCoreFile);
  loader.find("avahi_set_log_function", all.set_log_function)
      .find("avahi_server_config_init", all.config_init)
      .find("avahi_server_config_free", all.config_free)
      .find("avahi_server_new", all.server_new)
      .find("avahi_server_free", all.server_free)
      .find("avahi_server_errno", all.server_errno)
      .find("avahi_server_get_host_name", all.host_name)
      .find("avahi_server_set_host_name", all.set_host_name)
      .find("avahi_s_entry_group_new", all.group_new)
      .find("avahi_s_entry_group_free", all.group_free)
      .find("avahi_server_add_service_strlst", all.add_service)
      .find("avahi_s_entry_group_commit", all.group_commit)
      .find("avahi_s_service_browser_new", all.browser_new)
      .find("avahi_s_service_browser_free", all.browser_free)
      .find("avahi_s_service_resolver_new", all.resolver_new)
      .find("avahi_s_service_resolver_free", all.resolver_free);
  return loader.complete() ? std::optional(all) : std::nullopt;
}

}  // namespace

const ClientLibrary* client_library() noexcept {
  static const std::optional<ClientLibrary> library = load_client();
  return library ? &*library : nullptr;
}

const CoreLibrary* core_library() noexcept {
  static const std::optional<CoreLibrary> library = load_core();
  return library ? &*library : nullptr;
}

}  // namespace pf::mdns
