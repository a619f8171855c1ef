// What a client demands of a host's answer before it opens the media plane. A careless or hostile
// host must not bring it to divide by zero, to reserve absurd memory or to run without a key.
// Source: docs/protocol/punktfunk1.md section 5.3.
#pragma once

#include <optional>
#include <string>

#include "core/message/handshake.h"

namespace pf::control {

// What is wrong with `welcome` as an answer to `hello`, as part of a sentence; nullopt: nothing.
std::optional<std::string> welcome_fault(const message::Hello& hello,
                                         const message::Welcome& welcome);

}  // namespace pf::control
