#include "host/gamestream/server/nvhttp_rules.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "host/gamestream/protocol/pairing_ceremony.h"
#include "host/gamestream/protocol/xml_answer.h"

namespace pf::gamestream {
namespace {

using Way = Asker::Way;

// What one request is decided by.
struct Context {
  const http::Request& request;
  const Query& query;
  const Asker& asker;
  const NvhttpView& view;
};

const RunningApp* running_for(const Asker& asker, const NvhttpView& view) {
  for (const RunningApp& app : view.running) {
    // Without a certificate nobody has an app of his own: the host is busy when anybody's runs.
    if (asker.way != Way::paired || app.device == asker.device.fingerprint) return &app;
  }
  return nullptr;
}

bool may_start(const Asker& asker, const AppEntry& entry) {
  return !entry.needs_grant || asker.device.access.grants.allows(message::Grant::launch);
}

Decision server_info(const Context& context) {
  const NvhttpView& view = context.view;
  const RunningApp* const running = running_for(context.asker, view);
  return xml_response(gamestream::server_info(
      {.host_name = view.host_name,
       .unique_id = view.unique_id,
       .mac = view.mac,
       .local_ip = context.request.local.is_ipv4() ? address_text(context.request.local) : "",
       .http_port = view.http_port,
       .https_port = view.https_port,
       .codec_modes = view.codec_modes,
       .current_app = running == nullptr ? 0 : running->app.id},
      context.asker.way == Way::paired));
}

Decision pair(const Context& context) {
  if (context.asker.way == Way::plain) return DoPairing{context.query};
  // Phase 5: that TLS let the client in is the proof.
  if (context.query.text("phrase") == "pairchallenge")
    return xml_response(XmlAnswer().element("paired", 1).finish());
  return xml_response(pairing_refusal(404, "Invalid pairing request"));
}

Decision unpair(const Context& context) {
  http::Response done = xml_response(XmlAnswer().finish());
  if (context.asker.way != Way::plain) return done;
  return DoUnpair{context.query, std::move(done)};
}

Decision app_list(const Context& context) {
  std::vector<App> apps;
  for (const AppEntry& entry : *context.view.apps) {
    if (may_start(context.asker, entry)) apps.push_back(entry.app);
  }
  return xml_response(gamestream::app_list(apps));
}

Decision app_asset(const Context& context) {
  const auto id = context.query.number("appid");
  for (const AppEntry& entry : *context.view.apps) {
    if (entry.app.id == id) return DoBoxArt{entry.app.id};
  }
  return http::text_response(404, "there is no such app");
}

Result<App> app_to_start(const Context& context, std::int32_t id) {
  for (const AppEntry& entry : *context.view.apps) {
    if (entry.app.id != id) continue;
    if (may_start(context.asker, entry)) return entry.app;
    return fail(ErrorKind::refused, "This device may not start apps: ask who runs the host");
  }
  return fail(ErrorKind::unavailable, "There is no such app any more");
}

Launch launch_of(const Context& context, const LaunchRequest& wanted, LaunchVerb verb) {
  Launch launch;
  launch.verb = verb;
  launch.device = context.asker.device.fingerprint;
  launch.device_name = context.asker.device.name;
  launch.grants = context.asker.device.access.grants;
  launch.client = context.request.peer;
  launch.local = context.request.local;
  launch.mode = wanted.mode;
  launch.hdr = wanted.hdr;
  launch.channel_count = wanted.channel_count;
  launch.play_on_host_too = wanted.play_on_host_too;
  launch.key = wanted.key;
  launch.key_id = wanted.key_id;
  launch.encrypted_rtsp = wanted.can_encrypt_rtsp;
  launch.pads = wanted.pads;
  launch.pads_persist = wanted.pads_persist;
  return launch;
}

Decision start(const Context& context, LaunchVerb verb) {
  const auto wanted = parse_launch(context.query, verb);
  // Whatever was asked for: this is what clients know of a request that lacks something.
  if (!wanted) return xml_response(not_launched(LaunchVerb::resume, 400, wanted.error().what));
  if (context.view.encryption_required && !wanted->can_encrypt_rtsp) {
    return xml_response(not_launched(
        verb, 403, "This host demands encryption, which this version of the client cannot do"));
  }
  const RunningApp* const running = running_for(context.asker, context.view);
  Launch launch = launch_of(context, *wanted, verb);
  if (verb == LaunchVerb::launch) {
    auto app = app_to_start(context, wanted->app_id);
    if (!app) {
      const int status_code = app.error().kind == ErrorKind::refused ? 403 : 404;
      return xml_response(not_launched(verb, status_code, app.error().what));
    }
    launch.app = *std::move(app);
  } else if (running == nullptr) {
    return xml_response(not_launched(verb, 503, "No running app to resume"));
  } else {
    launch.app = running->app;
  }
  return DoLaunch{std::move(launch)};
}

Decision launch(const Context& context) { return start(context, LaunchVerb::launch); }
Decision resume(const Context& context) { return start(context, LaunchVerb::resume); }
Decision cancel(const Context&) { return DoCancel{}; }

struct Route {
  std::string_view path;
  bool over_http;  // too
  Decision (*decide)(const Context&);
};
constexpr std::array<Route, 8> kRoutes{{
    {"/serverinfo", true, server_info},
    {"/pair", true, pair},
    {"/unpair", true, unpair},
    {"/applist", false, app_list},
    {"/appasset", false, app_asset},
    {"/launch", false, launch},
    {"/resume", false, resume},
    {"/cancel", false, cancel},
}};

int status_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::refused:
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::internal:
      return 500;
    default:
      return 503;
  }
}

}  // namespace

http::Response xml_response(std::string body) {
  return {.status = 200,
          .headers = {{"Content-Type", "application/xml"}},
          .body = std::move(body),
          .last = true};
}

std::string address_text(const Endpoint& endpoint) {
  const std::string whole = endpoint.to_string();
  return whole.substr(0, whole.rfind(':'));
}

Decision decide(const http::Request& request, const Asker& asker, const NvhttpView& view) {
  if (request.method != "GET") return http::text_response(405, "only GET is understood here");
  const auto query = Query::parse(request.target);
  if (!query) return xml_response(XmlAnswer(400, "This request cannot be read").finish());
  if (asker.way == Way::stranger) return xml_response(unauthorised_answer(query->path()));
  const auto route = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& one) {
    return one.path == query->path() && (one.over_http || asker.way == Way::paired);
  });
  if (route == kRoutes.end()) return xml_response(not_found());
  return route->decide({request, *query, asker, view});
}

http::Response launch_answer(const Launch& launch, std::uint16_t rtsp_port,
                             const Result<void>& outcome) {
  if (outcome) {
    return xml_response(
        launched(launch.verb, fmt::format("{}://{}:{}", launch.encrypted_rtsp ? "rtspenc" : "rtsp",
                                          address_text(launch.local), rtsp_port)));
  }
  const int status_code = status_code_of(outcome.error().kind);
  // A launch while an app runs is refused with the other verb's element.
  const LaunchVerb element = status_code == 400 ? LaunchVerb::resume : launch.verb;
  return xml_response(not_launched(element, status_code, outcome.error().what));
}

http::Response cancel_answer(const Result<void>& outcome) {
  if (outcome) return xml_response(cancelled());
  return xml_response(XmlAnswer(status_code_of(outcome.error().kind), outcome.error().what)
                          .element("cancel", 0)
                          .finish());
}

http::Response box_art_answer(const std::string& png) {
  return {.status = 200, .headers = {{"Content-Type", "image/png"}}, .body = png, .last = true};
}

}  // namespace pf::gamestream
