// avahi's two libraries, loaded when first needed and kept.
//
// They are not linked, because no program can link both: each exports its own
// avahi_entry_group_free and calls it through the dynamic linker, so whichever comes first takes
// the other's calls and crashes (avahi 0.8, Debian 12). Loaded apart (RTLD_LOCAL) each finds its
// own. It also means that a machine without them only lacks mDNS.
//
// Any thread. nullptr: the library is not on this machine, or is another one than we know.
#pragma once

#include <avahi-client/client.h>
#include <avahi-client/lookup.h>
#include <avahi-client/publish.h>
#include <avahi-core/core.h>
#include <avahi-core/log.h>
#include <avahi-core/lookup.h>
#include <avahi-core/publish.h>

namespace pf::mdns {

struct ClientLibrary {  // libavahi-client: talks to the daemon
  decltype(&avahi_client_new) client_new;
  decltype(&avahi_client_free) client_free;
  decltype(&avahi_client_errno) client_errno;
  decltype(&avahi_entry_group_new) group_new;
  decltype(&avahi_entry_group_free) group_free;
  decltype(&avahi_entry_group_add_service_strlst) group_add_service;
  decltype(&avahi_entry_group_commit) group_commit;
  decltype(&avahi_service_browser_new) browser_new;
  decltype(&avahi_service_browser_free) browser_free;
  decltype(&avahi_service_resolver_new) resolver_new;
  decltype(&avahi_service_resolver_free) resolver_free;
};
const ClientLibrary* client_library() noexcept;

struct CoreLibrary {  // libavahi-core: a responder
  decltype(&avahi_set_log_function) set_log_function;
  decltype(&avahi_server_config_init) config_init;
  decltype(&avahi_server_config_free) config_free;
  decltype(&avahi_server_new) server_new;
  decltype(&avahi_server_free) server_free;
  decltype(&avahi_server_errno) server_errno;
  decltype(&avahi_server_get_host_name) host_name;
  decltype(&avahi_server_set_host_name) set_host_name;
  decltype(&avahi_s_entry_group_new) group_new;
  decltype(&avahi_s_entry_group_free) group_free;
  decltype(&avahi_server_add_service_strlst) add_service;
  decltype(&avahi_s_entry_group_commit) group_commit;
  decltype(&avahi_s_service_browser_new) browser_new;
  decltype(&avahi_s_service_browser_free) browser_free;
  decltype(&avahi_s_service_resolver_new) resolver_new;
  decltype(&avahi_s_service_resolver_free) resolver_free;
};
const CoreLibrary* core_library() noexcept;

}  // namespace pf::mdns
