#include "host/recorder/recording_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/runtime/files.h"
#include "core/runtime/unique_fd.h"
#include "host/recorder/saved_id.h"

namespace pf::recorder {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kEnding = ".json";
// Saved within one second: a program in a loop.
constexpr int kMaxSameSecond = 100;

std::optional<SavedRecording> parse_id(std::string_view id) {
  auto saved = parse_saved_id(id);
  if (!saved) return std::nullopt;
  return SavedRecording{
      .id = std::move(saved->id), .session = saved->session, .saved_at_s = saved->saved_at_s};
}

Failure no_such(std::string_view id) {
  return fail(ErrorKind::unavailable, "there is no recording \"{}\"",
              id.substr(0, kMaxSavedIdBytes));
}

}  // namespace

std::string RecordingStore::path_of(std::string_view id) const {
  return fmt::format("{}/{}{}", folder_, id, kEnding);
}

// Asks for the blocks and gives them back: what the system says it has free is not always for us.
Result<void> RecordingStore::has_room() const {
  PF_TRY_VOID(make_private_folder(folder_));
  const UniqueFd file(open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file || fallocate(file.get(), 0, 0, kUsualBytes) == 0 || errno == EOPNOTSUPP) return {};
  return fail_os(ErrorKind::exhausted, errno,
                 fmt::format("a recording finds no place in {}", folder_));
}

Result<SavedRecording> RecordingStore::save(const Recording& recording, WireTime now) {
  const std::string text = to_json(recording).dump() + "\n";
  if (text.size() > kMaxRecordingBytes)
    return fail(ErrorKind::exhausted,
                "the recording would take {} bytes, and may take {}: save "
                "fewer seconds",
                text.size(), kMaxRecordingBytes);
  const std::lock_guard lock(mutex_);
  PF_TRY_VOID(make_private_folder(folder_));
  const std::string stem = make_saved_id(recording.session.number, now);
  std::string id = stem;
  for (int i = 2; access(path_of(id).c_str(), F_OK) == 0; ++i) {
    if (i > kMaxSameSecond)
      return fail(ErrorKind::exhausted, "too many recordings were saved within this second");
    id = fmt::format("{}-{}", stem, i);
  }
  PF_TRY_VOID(replace_file(path_of(id), text, FileMode::secret));
  keep_within_bounds();
  SavedRecording saved = *parse_id(id);
  saved.bytes = text.size();
  return saved;
}

std::vector<SavedRecording> RecordingStore::list() const {
  const std::lock_guard lock(mutex_);
  return scan();
}

std::vector<SavedRecording> RecordingStore::scan() const {
  std::vector<SavedRecording> all;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(folder_.c_str()), closedir);
  if (!folder) return all;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(kEnding)) continue;
    auto saved = parse_id(name.substr(0, name.size() - kEnding.size()));
    struct stat facts {};
    if (!saved || lstat(path_of(saved->id).c_str(), &facts) != 0 || !S_ISREG(facts.st_mode))
      continue;
    saved->bytes = static_cast<std::uint64_t>(facts.st_size);
    all.push_back(*std::move(saved));
  }
  std::sort(all.begin(), all.end(), [](const SavedRecording& a, const SavedRecording& b) {
    if (a.saved_at_s != b.saved_at_s) return a.saved_at_s > b.saved_at_s;
    return a.id.size() != b.id.size() ? a.id.size() > b.id.size() : a.id > b.id;
  });
  return all;
}

// The newest stays whatever it takes.
void RecordingStore::keep_within_bounds() {
  std::uint64_t total = 0;
  std::size_t kept = 0;
  for (const SavedRecording& saved : scan()) {
    total += saved.bytes;
    const bool fits = kept < kMaxRecordings && total <= kMaxTotalBytes;
    if (kept == 0 || fits) {
      ++kept;
    } else {
      unlink(path_of(saved.id).c_str());
    }
  }
}

Result<Recording> RecordingStore::load(std::string_view id) const {
  if (!parse_id(id)) return no_such(id);
  const auto text = read_file(path_of(id), kMaxRecordingBytes);
  if (!text && text.error().os_code == ENOENT) return no_such(id);
  if (!text) return tl::unexpected(text.error());
  const Json json = Json::parse(*text, nullptr, false);
  return parse_recording(json);
}

Result<SavedRecording> RecordingStore::remove(std::string_view id) {
  const std::lock_guard lock(mutex_);
  auto saved = parse_id(id);
  if (!saved) return no_such(id);
  if (unlink(path_of(id).c_str()) == 0) return *std::move(saved);
  if (errno == ENOENT) return no_such(id);
  return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot delete the recording {}", id));
}

}  // namespace pf::recorder
