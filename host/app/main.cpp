#include <cstdio>

#include "host/app/admin_commands.h"
#include "host/app/apps_command.h"
#include "host/app/blackbox_command.h"
#include "host/app/config_command.h"
#include "host/app/host_app.h"
#include "host/app/library_command.h"
#include "host/app/log_sink.h"
#include "host/app/management.h"
#include "host/app/options.h"
#include "host/app/record_command.h"
#include "host/app/undo_command.h"

int main(int argc, char** argv) {
  int exit_code = pf::app::kExitDone;
  const auto command = pf::app::parse_options(argc, argv, exit_code);
  if (!command) return exit_code;
  if (const auto* request = std::get_if<pf::app::AdminCommand>(&*command))
    return pf::app::run_admin(*request);
  if (const auto* record = std::get_if<pf::app::RecordCommand>(&*command))
    return pf::app::run_record(*record);
  if (const auto* library = std::get_if<pf::app::LibraryCommand>(&*command))
    return pf::app::run_library(*library);
  if (const auto* blackbox = std::get_if<pf::app::BlackBoxCommand>(&*command))
    return pf::app::run_blackbox(*blackbox);
  if (const auto* undo = std::get_if<pf::app::UndoCommand>(&*command))
    return pf::app::run_undo(*undo);
  if (const auto* apps = std::get_if<pf::app::AppsCommand>(&*command))
    return pf::app::run_apps(*apps);
  if (const auto* config = std::get_if<pf::app::ConfigCommand>(&*command))
    return pf::app::run_config(*config);
  if (std::holds_alternative<pf::app::OpenApiCommand>(*command)) return pf::app::print_openapi();
  if (const auto* doctor = std::get_if<pf::app::DoctorCommand>(&*command))
    return pf::app::run_doctor(*doctor);
  const auto* options = std::get_if<pf::app::Options>(&*command);
  pf::app::LogSink log_sink(pf::log::Level::info);  // until the settings are read
  return pf::app::run_host(*options, log_sink);
}
