// How the administration commands speak to a person, and with which exit code they end.
#pragma once

#include <string>

#include "host/admin/admin_link.h"
#include "host/app/admin_options.h"

namespace pf::app {

Result<admin::AdminLink> open_link(const AdminCommand& command);

// To standard output, at once.
void say(const std::string& text);

// To standard error; give the exit code (docs/administration.md).
int complain(int exit_code, const std::string& sentence);
int complain(const Error& error);
int complain(const admin::AdminLink::Refusal& refusal);

}  // namespace pf::app
