// How a session sounds: channels, codec, repetition. Pure.
#pragma once

#include "host/plan/session_plan.h"

namespace pf::plan {

// Never fails: what the client wishes and cannot have becomes Opus at 48 kHz, without a word, as
// the protocol says. Source: docs/protocol/punktfunk1.md section 15.
SoundPlan plan_sound(const SoundOffer& offer, const message::Hello& hello,
                     std::uint32_t video_bitrate_kbps);

}  // namespace pf::plan
