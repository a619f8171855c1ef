// Gamepads between the words of Moonlight clients (docs/protocol/gamestream.md sections 8.5 and
// 8.6) and those of host/input. Pure but for the call.
#pragma once

#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/control_session.h"
#include "host/input/gamepads.h"

namespace pf::gamestream {

void pass_on(const PadReport& report, input::Gamepads& gamepads);

HostControl in_words_of_clients(const input::PadFeedback& feedback);

}  // namespace pf::gamestream
