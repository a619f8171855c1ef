// A folder that a test makes, full of whatever launchers leave behind, and removes.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "host/library/source.h"

namespace pf::library {

class Tree {
 public:
  Tree() {
    std::string path = std::filesystem::temp_directory_path() / "pf-library-XXXXXX";
    root_ = ::mkdtemp(path.data());
  }
  ~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  const std::string& root() const { return root_; }
  std::string path(std::string_view below) const { return root_ + "/" + std::string(below); }

  std::string write(std::string_view below, std::string_view bytes) const {
    const std::string at = path(below);
    std::filesystem::create_directories(std::filesystem::path(at).parent_path());
    std::ofstream(at, std::ios::binary).write(bytes.data(), std::ssize(bytes));
    return at;
  }
  void folder(std::string_view below) const { std::filesystem::create_directories(path(below)); }
  void link(std::string_view below, const std::string& to) const {
    std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
    std::filesystem::create_symlink(to, path(below));
  }
  void fifo(std::string_view below) const {
    std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
    ASSERT_EQ(::mkfifo(path(below).c_str(), 0600), 0);
  }
  // A file of so many bytes that takes no room.
  void hole(std::string_view below, std::uint64_t size_bytes, std::string_view beginning) const {
    std::filesystem::resize_file(write(below, beginning), size_bytes);
  }

  Query query() const {
    Query query;
    query.places = {.home = root_,
                    .data_home = path(".local/share"),
                    .config_home = path(".config"),
                    .cache_home = path(".cache"),
                    .data_dirs = {path("usr/share")},
                    .flatpak_system = path("var/lib/flatpak")};
    return query;
  }

 private:
  std::string root_;
};

// The head of a picture of that size, which is all that a scan looks at.
inline std::string png_head(std::uint32_t width, std::uint32_t height) {
  std::string head("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
  for (const std::uint32_t side : {width, height})
    for (const int shift : {24, 16, 8, 0}) head += static_cast<char>(side >> shift & 0xFF);
  return head;
}

// APP0, then the frame header; nothing of the picture.
inline std::string jpeg_head(std::uint16_t width, std::uint16_t height) {
  std::string head("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xC0\0\x11\x08", 25);
  for (const std::uint16_t side : {height, width})
    for (const int shift : {8, 0}) head += static_cast<char>(side >> shift & 0xFF);
  return head;
}

inline const Entry* entry_named(const Found& found, std::string_view id) {
  for (const Entry& entry : found.entries)
    if (entry.id == id) return &entry;
  return nullptr;
}

}  // namespace pf::library
