// Carries an RTSP conversation to the host: each request on a connection of its own, which the host
// has to close (docs/protocol/gamestream.md section 7.1). Blocking; one thread.
#pragma once

#include <optional>

#include "client/gamestream/protocol/rtsp_conversation.h"
#include "core/base/endpoint.h"

namespace pf::gamestream_client {

// The next request and its answer. `host`: where the RTSP server listens. With a seal everything is
// encrypted.
Result<void> say_next(RtspConversation& conversation, std::optional<RtspSeal>& seal,
                      const Endpoint& host, const Clock& clock);

}  // namespace pf::gamestream_client
