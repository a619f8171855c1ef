// What the nvhttp server makes of a request: its answer, or the work that has to be done first.
// Pure, and all that a stranger's bytes meet besides host/http's parser and Query's.
// Source: docs/protocol/gamestream.md sections 2 to 6.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "host/gamestream/protocol/nvhttp_answers.h"
#include "host/gamestream/protocol/query.h"
#include "host/gamestream/server/launch_book.h"
#include "host/http/message.h"
#include "host/trust/device.h"

namespace pf::gamestream {

// An app as it is offered.
struct AppEntry {
  App app;
  bool needs_grant = true;  // `launch`; the desktop itself is for whoever may stream
};

// Who asks.
struct Asker {
  enum class Way : std::uint8_t {
    plain,     // HTTP: anybody
    stranger,  // TLS without a certificate that we know, or whose access is over
    paired,
  };
  Way way = Way::plain;
  trust::Device device;  // of `paired`
};

// What there is, at the time of the request.
struct NvhttpView {
  std::string host_name;
  std::string unique_id;
  std::string mac;  // for a paired asker
  std::uint16_t http_port = 0, https_port = 0, rtsp_port = 0;
  std::uint32_t codec_modes = 0;
  bool encryption_required = false;
  const std::vector<AppEntry>* apps = nullptr;
  std::vector<RunningApp> running;
};

// What has to be done before the answer is known.
struct DoPairing {  // phases 1 to 4: the pairing desk answers
  Query query;
};
struct DoUnpair {  // the answer goes out at once
  Query query;
  http::Response answer;
};
struct DoLaunch {
  Launch launch;  // without id and tokens
};
struct DoCancel {};
struct DoBoxArt {  // of an app that is offered
  std::int32_t app_id = 0;
};
using Decision = std::variant<http::Response, DoPairing, DoUnpair, DoLaunch, DoCancel, DoBoxArt>;

Decision decide(const http::Request& request, const Asker& asker, const NvhttpView& view);

// The answer to a launch that the door has decided about.
http::Response launch_answer(const Launch& launch, std::uint16_t rtsp_port,
                             const Result<void>& outcome);
http::Response cancel_answer(const Result<void>& outcome);
http::Response box_art_answer(const std::string& png);

// An XML body; the HTTP status is 200 whatever the body says.
http::Response xml_response(std::string body);

// "192.168.1.20"; "[fe80::1]" for the other family.
std::string address_text(const Endpoint& endpoint);

}  // namespace pf::gamestream
