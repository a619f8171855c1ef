#include "host/admin/socket_path.h"

namespace pf::admin {

std::vector<std::string> socket_paths(const std::string& runtime_dir,
                                      const std::string& state_dir) {
  std::vector<std::string> paths;
  // The XDG Base Directory specification: a relative path is to be ignored.
  if (!runtime_dir.empty() && runtime_dir.front() == '/')
    paths.push_back(runtime_dir + "/punktfunk/admin.sock");
  paths.push_back(state_dir + "/admin.sock");
  return paths;
}

}  // namespace pf::admin
