// The reference page of all settings, in Markdown: docs/settings.md is this text.
#pragma once

#include <string>

namespace pf::config {

std::string describe();

}  // namespace pf::config
