// From settings to what sessions are planned from.
#pragma once

#include "host/config/host_config.h"
#include "host/plan/admission.h"
#include "host/plan/session_plan.h"

namespace pf::app {

plan::HostOffer offer_of(const config::HostConfig& config);

// `name`: of session.conflict.
plan::Conflict conflict_of(const std::string& name);

}  // namespace pf::app
