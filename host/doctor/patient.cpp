#include "host/doctor/patient.h"

#include "host/admin/admin_link.h"
#include "host/config/config_file.h"
#include "host/doctor/test_line.h"
#include "host/doctor/test_session.h"

namespace pf::doctor {
namespace {

using Json = nlohmann::ordered_json;

Result<std::optional<Json>> ask_running_host(const std::vector<std::string>& sockets) {
  auto link = admin::AdminLink::open(sockets);
  if (!link && link.error().kind == ErrorKind::unavailable) return std::optional<Json>();
  if (!link) return tl::unexpected(link.error());
  PF_TRY(auto answer, link->ask("status", Json::object()));
  if (!answer) return fail(ErrorKind::refused, "{}", answer.error().sentence);
  return std::optional<Json>(*std::move(answer));
}

}  // namespace

Patient::Patient(Surroundings surroundings, const Clock& clock, Rng& rng)
    : surroundings_(std::move(surroundings)), clock_(clock), rng_(rng) {}

Patient::~Patient() {
  session_.reset();
  line_.reset();
  sound_server.reset();  // its threads write on the board
}

std::string Patient::config_file() const {
  if (!surroundings_.config_file.empty()) return surroundings_.config_file;
  return surroundings_.paths ? surroundings_.paths->config_file : std::string();
}

Result<std::string> Patient::state_folder() const {
  if (!surroundings_.paths) return tl::unexpected(surroundings_.paths.error());
  return surroundings_.paths->state_dir;
}

const Result<config::HostConfig>& Patient::config() {
  if (config_) return *config_;
  if (config_file().empty()) {
    config_.emplace(tl::unexpected(surroundings_.paths.error()));
  } else {
    config_.emplace(config::load_config(config_file(), surroundings_.overrides));
  }
  return *config_;
}

const Result<std::optional<Json>>& Patient::running_host() {
  if (!running_host_) running_host_.emplace(ask_running_host(surroundings_.admin_sockets));
  return *running_host_;
}

TestLine& Patient::line() {
  if (!line_) line_ = std::make_unique<TestLine>(*this);
  return *line_;
}

TestSession& Patient::session() {
  if (!session_) session_ = std::make_unique<TestSession>(*this);
  return *session_;
}

void Patient::end_line() { line_.reset(); }
void Patient::end_session() { session_.reset(); }

}  // namespace pf::doctor
