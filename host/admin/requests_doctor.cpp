#include "host/admin/request_tables.h"

#include <array>

#include "host/admin/arguments.h"

namespace pf::admin {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json to_json(const doctor::RungStatus& rung) {
  return {{"name", rung.name},
          {"checks", rung.checks},
          {"state", rung.state},
          {"took_ms", rung.took_ms},
          {"what", text_or_null(rung.what)},
          {"fix", text_or_null(rung.fix)}};
}

Json to_json(const doctor::DoctorStatus& status) {
  return {{"running", status.running},
          {"verdict", text_or_null(status.verdict)},
          {"started_at_s", date(status.started_at)},
          {"rungs", list_of(status.rungs, [](const auto& rung) { return to_json(rung); })}};
}

Result<Json> doctor_status(Administration& host, const Json&) {
  const doctor::DoctorControl& control = host.controls().doctor;
  if (!control.status) return fail(ErrorKind::unavailable, "this host has no doctor");
  return to_json(control.status());
}

Result<Json> doctor_start(Administration& host, const Json& arguments) {
  const doctor::DoctorControl& control = host.controls().doctor;
  if (!control.start) return fail(ErrorKind::unavailable, "this host has no doctor");
  PF_TRY_VOID(control.start());
  return doctor_status(host, arguments);
}

}  // namespace

std::span<const Request> doctor_requests() {
  static const std::array rows{
      Request{"doctor", "What the doctor has found, and finds now.", {}, doctor_status},
      Request{"doctor-start", "Looks for what is broken on this machine.", {}, doctor_start},
  };
  return rows;
}

}  // namespace pf::admin
