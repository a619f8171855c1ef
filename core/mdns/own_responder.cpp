#include "core/mdns/own_responder.h"

#include <net/if.h>

#include <algorithm>

#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>

#include "core/runtime/log.h"

namespace pf::mdns {
namespace {

// avahi speaks of every interface it joins: of use to whoever looks for a fault, not to the user.
void log_avahi(AvahiLogLevel level, const char* line) {
  log::write(level <= AVAHI_LOG_WARN ? log::Level::warning : log::Level::debug, "mdns", line);
}

class Config {
 public:
  explicit Config(const OwnResponder::Params& params) {
    core_library()->config_init(&raw_);
    raw_.use_ipv6 = 0;
    raw_.publish_hinfo = 0;  // the kind of machine is nobody's business
    raw_.publish_workstation = 0;
    raw_.publish_domain = 0;
    raw_.enable_wide_area = 0;  // local network only, no DNS server
    raw_.disable_publishing = params.host_label.empty() ? 1 : 0;
    if (!params.host_label.empty()) {
      // One label: dots would make it a name below another one.
      std::string label = params.host_label;
      std::replace(label.begin(), label.end(), '.', '-');
      raw_.host_name = avahi_strdup(label.c_str());
    }
    char name[IF_NAMESIZE];
    if (params.interface_index != 0 && if_indextoname(params.interface_index, name) != nullptr)
      raw_.allow_interfaces = avahi_string_list_new(name, nullptr);
  }
  ~Config() { core_library()->config_free(&raw_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  const AvahiServerConfig* get() const noexcept { return &raw_; }

 private:
  AvahiServerConfig raw_;
};

}  // namespace

Result<std::unique_ptr<OwnResponder>> OwnResponder::open(PollLoop& loop, const Params& params) {
  if (core_library() == nullptr) {
    return fail(ErrorKind::refused,
                "no mDNS: neither an avahi daemon nor avahi's core library (libavahi-core7)");
  }
  core_library()->set_log_function(log_avahi);
  std::unique_ptr<OwnResponder> responder(new OwnResponder);
  const Config config(params);
  int error = 0;
  responder->server_.reset(core_library()->server_new(
      loop.api(), config.get(),
      [](AvahiServer* server, AvahiServerState state, void* self) {
        static_cast<OwnResponder*>(self)->on_state(server, state);
      },
      responder.get(), &error));
  if (responder->server_ == nullptr) {
    return fail(ErrorKind::unavailable, "cannot speak mDNS (UDP port 5353): {}",
                avahi_strerror(error));
  }
  return responder;
}

void OwnResponder::on_state(AvahiServer* server, AvahiServerState state) {
  state_ = state;
  if (state != AVAHI_SERVER_COLLISION) return;
  char* const other = avahi_alternative_host_name(core_library()->host_name(server));
  log::info("mdns", "another machine is called {}.local: this one becomes {}.local",
            core_library()->host_name(server), other);
  core_library()->set_host_name(server, other);
  avahi_free(other);
}

std::string OwnResponder::trouble() const {
  return avahi_strerror(core_library()->server_errno(server_.get()));
}

}  // namespace pf::mdns
