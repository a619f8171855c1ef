#include "host/admin/request_tables.h"

#include <array>

#include "host/admin/setting_list.h"

namespace pf::admin {
namespace {

Result<Json> settings(Administration& host, const Json&) { return setting_list(host.config()); }

const std::array kRows{
    Request{"settings", "The settings in force, and what each may be.", {}, settings},
};

}  // namespace

std::span<const Request> setting_requests() { return kRows; }

}  // namespace pf::admin
