// Where the administration socket lies. The environment comes in as a value (host/config/paths.h).
#pragma once

#include <string>
#include <vector>

namespace pf::admin {

// Where a host may listen, the best place first, and so where to look for one:
// $XDG_RUNTIME_DIR/punktfunk/admin.sock, then admin.sock in the state folder (a service without a
// login has no runtime folder). `runtime_dir` may be empty.
std::vector<std::string> socket_paths(const std::string& runtime_dir, const std::string& state_dir);

}  // namespace pf::admin
