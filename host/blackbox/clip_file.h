// A file under construction: written from the front, with numbers put in later where they were left
// open. It has no name that anybody would find until it is finished.
//
// The disk is asked for the room first, so that a full one says so before anything is written. Each
// call waits for the disk; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/runtime/unique_fd.h"

namespace pf::blackbox {

class ClipFile {
 public:
  // For the owner alone (0600); what was left there by a crash is replaced. Errors with ENOSPC and
  // its kin in os_code when there is no room for `most_bytes`.
  static Result<ClipFile> create(const std::string& path, std::uint64_t most_bytes);
  ClipFile(ClipFile&&) noexcept = default;
  ClipFile& operator=(ClipFile&&) noexcept = default;
  ~ClipFile();  // unless it was finished, it is deleted

  void append(Bytes bytes) noexcept;
  // Over what was appended before.
  void patch(std::uint64_t at, Bytes bytes) noexcept;
  std::uint64_t size_bytes() const noexcept { return size_bytes_; }

  // Everything is on the disk, or the first error there was; then it has the name `path`.
  Result<void> finish_as(const std::string& path);

 private:
  ClipFile(std::string path, UniqueFd file);
  void flush() noexcept;
  void write_at(std::uint64_t at, Bytes bytes) noexcept;

  std::string path_;  // empty: finished
  UniqueFd file_;
  std::vector<std::byte> waiting_;  // appended, not yet written
  std::uint64_t size_bytes_ = 0;    // with what waits
  int os_code_ = 0;                 // of the first write that failed
};

}  // namespace pf::blackbox
