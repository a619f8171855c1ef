#include "host/blackbox/clip_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "core/runtime/files.h"
#include "host/blackbox/clip_facts.h"
#include "host/recorder/saved_id.h"

namespace pf::blackbox {
namespace {

constexpr std::string_view kVideoFile = ".mkv", kTraceFile = ".perfetto.json", kFactsFile = ".json";
constexpr std::string_view kUnfinished = ".new";
// Saved within one second: a program in a loop.
constexpr int kMaxSameSecond = 100;

// What belongs to a clip, by its name; the ending is what is left. Empty: something else.
std::optional<std::pair<std::string, std::string>> split_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || !recorder::parse_saved_id(name.substr(0, dot)))
    return std::nullopt;
  return std::pair(std::string(name.substr(0, dot)), std::string(name.substr(dot)));
}

std::vector<std::pair<std::string, std::string>> files_in(const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> all;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), closedir);
  if (!open) return all;
  while (const dirent* entry = readdir(open.get()))
    if (auto name = split_name(entry->d_name)) all.push_back(*std::move(name));
  return all;
}

Failure no_such(std::string_view id) {
  return fail(ErrorKind::unavailable, "there is no clip \"{}\"",
              id.substr(0, recorder::kMaxSavedIdBytes));
}

bool newer(const Clip& a, const Clip& b) {
  if (a.saved_at_s != b.saved_at_s) return a.saved_at_s > b.saved_at_s;
  return a.id.size() != b.id.size() ? a.id.size() > b.id.size() : a.id > b.id;
}

}  // namespace

ClipStore::ClipStore(const std::string& state_dir, Bounds bounds)
    : folder_(state_dir + "/clips"), bounds_(bounds) {
  clear_left_overs();
}

std::string ClipStore::path_of(std::string_view id, std::string_view ending) const {
  return fmt::format("{}/{}{}", folder_, id, ending);
}

void ClipStore::clear_left_overs() const {
  const auto files = files_in(folder_);
  for (const auto& [id, ending] : files) {
    const bool whole = std::find(files.begin(), files.end(),
                                 std::pair(id, std::string(kFactsFile))) != files.end();
    if (!whole || ending.ends_with(kUnfinished)) unlink(path_of(id, ending).c_str());
  }
}

void ClipStore::unlink_all(std::string_view id) const {
  // Facts first: without them the others are left-overs.
  for (const std::string_view ending : {kFactsFile, kVideoFile, kTraceFile})
    unlink(path_of(id, ending).c_str());
}

Result<ClipStore::Begun> ClipStore::begin(Clip clip, WireTime now, std::uint64_t most_bytes) {
  const std::lock_guard lock(mutex_);
  PF_TRY_VOID(make_private_folder(folder_));
  look_at_folder();
  const std::string stem = recorder::make_saved_id(clip.session.number, now);
  clip.id = stem;
  for (int i = 2; clips_.count(clip.id) != 0; ++i) {
    if (i > kMaxSameSecond)
      return fail(ErrorKind::exhausted, "too many clips were saved within this second");
    clip.id = fmt::format("{}-{}", stem, i);
  }
  clip.saved_at_s = now.ns() / 1'000'000'000;
  clip.path = path_of(clip.id, kVideoFile);
  PF_TRY(ClipFile video, ClipFile::create(clip.path + std::string(kUnfinished), most_bytes));
  clips_[clip.id] = clip;
  return Begun{std::move(clip), std::move(video)};
}

Result<void> ClipStore::finish(Begun& begun, std::string_view trace) {
  Clip& clip = begun.clip;
  clip.bytes = begun.video.size_bytes();
  clip.trace_bytes = trace.size();
  const auto save = [&]() -> Result<void> {
    PF_TRY_VOID(begun.video.finish_as(clip.path));
    PF_TRY_VOID(replace_file(path_of(clip.id, kTraceFile), trace, FileMode::secret));
    PF_TRY_VOID(replace_file(path_of(clip.id, kFactsFile), write_facts(clip), FileMode::secret));
    return {};
  };
  if (auto saved = save(); !saved) {
    unlink_all(clip.id);
    return saved;
  }
  clip.state = Clip::State::ready;
  const std::lock_guard lock(mutex_);
  clips_[clip.id] = clip;
  keep_within_bounds(clip);
  return {};
}

void ClipStore::give_up(const Clip& clip, const std::string& error) {
  const std::lock_guard lock(mutex_);
  Clip& failed = clips_[clip.id] = clip;
  failed.state = Clip::State::failed;
  failed.error = error;
  forget_old_failures();
}

void ClipStore::forget_old_failures() {
  std::vector<const Clip*> failed;
  for (const auto& [id, clip] : clips_)
    if (clip.state == Clip::State::failed) failed.push_back(&clip);
  std::sort(failed.begin(), failed.end(),
            [](const Clip* a, const Clip* b) { return newer(*a, *b); });
  for (std::size_t i = kMaxFailed; i < failed.size(); ++i) clips_.erase(std::string(failed[i]->id));
}

void ClipStore::keep_within_bounds(const Clip& newest) {
  std::vector<Clip> ready;
  std::uint64_t total = 0;
  for (const auto& [id, clip] : clips_) {
    if (clip.state != Clip::State::ready) continue;
    total += clip.bytes + clip.trace_bytes;
    ready.push_back(clip);
  }
  // Who goes first.
  std::sort(ready.begin(), ready.end(), [](const Clip& a, const Clip& b) {
    const bool by_itself = a.why == Clip::Why::hitch, other = b.why == Clip::Why::hitch;
    return by_itself != other ? by_itself : newer(b, a);
  });
  std::size_t count = ready.size();
  for (const Clip& clip : ready) {
    if (count <= bounds_.clips && total <= bounds_.total_bytes) return;
    const bool spared =
        newest.why == Clip::Why::hitch ? clip.why == Clip::Why::asked : clip.id == newest.id;
    if (spared) continue;
    unlink_all(clip.id);
    clips_.erase(clip.id);
    total -= clip.bytes + clip.trace_bytes;
    --count;
  }
}

// Somebody may have tidied up by hand. To ask the folder's time costs nothing; what it says of
// files that we know already is not read again.
void ClipStore::look_at_folder() {
  struct stat facts {};
  if (stat(folder_.c_str(), &facts) != 0) facts = {};
  const std::pair<std::int64_t, std::int64_t> time{facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
  if (time == folder_time_) return;
  folder_time_ = time;
  const auto files = files_in(folder_);
  const auto has_facts = [&](const std::string& id) {
    return std::find(files.begin(), files.end(), std::pair(id, std::string(kFactsFile))) !=
           files.end();
  };
  std::erase_if(clips_, [&](const auto& entry) {
    return entry.second.state == Clip::State::ready && !has_facts(entry.first);
  });
  for (const auto& [id, ending] : files)
    if (ending == kFactsFile && clips_.count(id) == 0) load(id);
}

void ClipStore::load(std::string_view id) {
  const auto text = read_file(path_of(id, kFactsFile), kMaxFactsBytes);
  auto clip = text ? parse_facts(*text) : std::nullopt;
  if (!clip) return;
  clip->id = id;
  clip->path = path_of(id, kVideoFile);
  clips_.insert_or_assign(std::string(id), *std::move(clip));
}

std::vector<Clip> ClipStore::list() {
  const std::lock_guard lock(mutex_);
  look_at_folder();
  std::vector<Clip> all;
  for (const auto& [id, clip] : clips_) all.push_back(clip);
  std::sort(all.begin(), all.end(), newer);
  return all;
}

Result<Clip> ClipStore::find(std::string_view id) {
  const std::lock_guard lock(mutex_);
  look_at_folder();
  const auto at = clips_.find(id);
  if (at == clips_.end()) return no_such(id);
  return at->second;
}

Result<Clip> ClipStore::ready(std::string_view id) {
  PF_TRY(Clip clip, find(id));
  if (clip.state == Clip::State::saving)
    return fail(ErrorKind::exhausted, "the clip {} is still being saved: try again", clip.id);
  if (clip.state == Clip::State::failed)
    return fail(ErrorKind::unavailable, "the clip {} could not be saved: {}", clip.id, clip.error);
  return clip;
}

Result<std::pair<Clip, UniqueFd>> ClipStore::open_video(std::string_view id) {
  PF_TRY(Clip clip, ready(id));
  UniqueFd file(open(clip.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (!file || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return no_such(id);
  clip.bytes = static_cast<std::uint64_t>(facts.st_size);
  return std::pair(std::move(clip), std::move(file));
}

Result<std::string> ClipStore::trace(std::string_view id) {
  PF_TRY(const Clip clip, ready(id));
  return read_file(path_of(clip.id, kTraceFile), static_cast<std::size_t>(std::min<std::uint64_t>(
                                                     clip.trace_bytes, kMaxTraceBytes)));
}

Result<void> ClipStore::remove(std::string_view id) {
  const std::lock_guard lock(mutex_);
  look_at_folder();
  const auto at = clips_.find(id);
  if (at == clips_.end()) return no_such(id);
  if (at->second.state == Clip::State::saving)
    return fail(ErrorKind::exhausted, "the clip {} is still being saved: try again", at->first);
  if (at->second.state == Clip::State::ready &&
      unlink(path_of(at->first, kFactsFile).c_str()) != 0 && errno != ENOENT) {
    return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot delete the clip {}", id));
  }
  unlink_all(at->first);
  clips_.erase(at);
  return {};
}

}  // namespace pf::blackbox
