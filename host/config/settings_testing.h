// For tests: a folder with a configuration file in it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "core/base/check.h"

namespace pf::config {

class SettingsFolder {
 public:
  SettingsFolder() { PF_CHECK(mkdtemp(folder_) != nullptr); }
  ~SettingsFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SettingsFolder(const SettingsFolder&) = delete;
  SettingsFolder& operator=(const SettingsFolder&) = delete;

  std::string folder() const { return folder_; }
  std::string path() const { return folder() + "/host.toml"; }

  // In its place, as simple editors do.
  void write(std::string_view text) const { std::ofstream(path(), std::ios::binary) << text; }
  // A new file in place of the old one, as careful editors do.
  void replace(std::string_view text) const {
    std::ofstream(path() + "~", std::ios::binary) << text;
    std::filesystem::rename(path() + "~", path());
  }
  std::string text() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

 private:
  char folder_[32] = "/tmp/pf-settings-XXXXXX";
};

}  // namespace pf::config
