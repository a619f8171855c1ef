// What a running host does with new settings, and with what is new in its library: sessions that
// run are left alone.
#pragma once

#include <functional>

#include "host/app/gamestream.h"
#include "host/app/live_backends.h"
#include "host/app/log_sink.h"
#include "host/blackbox/blackbox.h"
#include "host/config/live_config.h"
#include "host/library/library.h"
#include "host/native/native_door.h"
#include "host/pipeline/mic_worker.h"
#include "host/restore/undo_journal.h"
#include "host/session/roster.h"

namespace pf::app {

// The parts of the host that go by settings which may change. The references outlive whoever
// follows.
struct Followers {
  LiveBackends& backends;
  restore::UndoJournal* journal = nullptr;
  session::Roster& roster;
  blackbox::BlackBox& blackbox;
  native::NativeDoor& door;
  GameStream* gamestream = nullptr;  // null: not served
  pipeline::MicWorker& microphone;
  LogSink& logs;
  library::Library& library;
  // Tells the network anew, where what it is told has changed.
  std::function<void(const config::HostConfig&)> announce;
};

config::LiveConfig::Prepare follow_settings(Followers followers);

}  // namespace pf::app
