// Makes events out of what the administration answers, by comparing it with what it answered
// before. One place sees every change this way, whichever door or thread it came from; what comes
// and goes between two looks is nobody's news. One thread.
#pragma once

#include <nlohmann/json.hpp>

#include "host/admin/administration.h"
#include "host/management/event_log.h"

namespace pf::management {

class EventWatch {
 public:
  // The first look makes no events: it is what a reader asks for when it begins.
  void look(admin::Administration& host, EventLog& log);

 private:
  nlohmann::ordered_json before_;  // null: never looked
};

}  // namespace pf::management
