// Records a stream as it came, without encoding it again, into a Matroska file that any player
// plays.
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/display_mode.h"
#include "core/base/result.h"

namespace pf::record {

// One thread.
class MkvRecorder {
 public:
  // Creates the file at once, so that a path that cannot be written shows before the stream starts.
  // Nothing is in it until the first key frame.
  static Result<MkvRecorder> open(const std::string& path, SizePx size);
  MkvRecorder(MkvRecorder&&) noexcept;
  MkvRecorder& operator=(MkvRecorder&&) noexcept;
  ~MkvRecorder();  // finishes

  // One H.264 access unit (Annex B). `shown_at` on any time line, the first one recorded becomes
  // zero; what goes back in time is moved up to its predecessor. What comes before a key frame is
  // left out. An error is told once; afterwards nothing is recorded any more, and all is well: a
  // full disk does not end a stream.
  Result<void> add(Bytes access_unit, Nanos shown_at);

  // Writes the index. Without it, after a crash, the file still plays, up to the last second.
  Result<void> finish();

 private:
  class File;  // keeps libavformat out of this header

  explicit MkvRecorder(std::unique_ptr<File> file) noexcept;
  std::unique_ptr<File> file_;
};

}  // namespace pf::record
