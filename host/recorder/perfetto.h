// A recording as a trace that ui.perfetto.dev opens: the Chrome trace event format.
//
//   host     one track for each stage, on which each frame is a slice; the hitches above them
//   client   likewise
//   arrows   a frame's slices are one flow, so that a click on one shows where it went
//   counters rate sent, rate asked of the encoder, bytes of each frame, loss as the client told it
//
// Source: "Trace Event Format", Google, October 2016: complete events (X), flows (s, t, f),
// counters (C), metadata (M). Slices of one track must not overlap, so a stage that holds several
// frames at once gets several tracks.
#pragma once

#include <string>

#include "host/recorder/recording.h"

namespace pf::recorder {

// The file's text, some 2 KB a frame.
std::string to_perfetto(const Recording& recording);

}  // namespace pf::recorder
