#include "host/restore/undo_journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/runtime/files.h"
#include "core/runtime/log.h"

namespace pf::restore {
namespace {

constexpr const char* kCategory = "undo";
constexpr const char* kEnding = ".json";

std::string lock_path(const std::string& folder, const std::string& name) {
  return folder + "/" + name + ".lock";
}
std::string file_path(const std::string& folder, const std::string& name) {
  return folder + "/" + name + kEnding;
}

// Empty: somebody holds it, or removed the file while we took it.
UniqueFd take_lock(const std::string& path) {
  UniqueFd lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return {};
  struct stat held {};
  struct stat named {};
  if (fstat(lock.get(), &held) != 0 || stat(path.c_str(), &named) != 0 ||
      held.st_ino != named.st_ino)
    return {};
  return lock;
}

std::vector<std::string> journal_names(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  if (!listing) return names;
  while (const dirent* entry = readdir(listing.get())) {
    const std::string file = entry->d_name;
    const std::size_t at = file.rfind(kEnding);
    if (at != std::string::npos && at > 0 && at + std::string(kEnding).size() == file.size())
      names.push_back(file.substr(0, at));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

UndoJournal::UndoJournal(std::string folder, std::string name, UniqueFd lock) noexcept
    : folder_(std::move(folder)), name_(std::move(name)), lock_(std::move(lock)) {}

Result<std::unique_ptr<UndoJournal>> UndoJournal::open(const std::string& folder) {
  PF_TRY_VOID(make_private_folder(folder));
  // The number may be taken when containers with processes of their own share a home.
  for (int attempt = 0; attempt < 16; ++attempt) {
    const std::string name =
        attempt == 0 ? fmt::format("{}", getpid()) : fmt::format("{}-{}", getpid(), attempt);
    UniqueFd lock = take_lock(lock_path(folder, name));
    if (!lock) continue;
    std::unique_ptr<UndoJournal> journal(new UndoJournal(folder, name, std::move(lock)));
    PF_TRY_VOID(journal->adopt_orphans());
    return journal;
  }
  return fail(ErrorKind::refused, "cannot lock a journal of our own in {}", folder);
}

UndoJournal::~UndoJournal() {
  if (!entries_.empty()) return;
  unlink(file_path(folder_, name_).c_str());
  unlink(lock_path(folder_, name_).c_str());
}

Result<void> UndoJournal::adopt_orphans() {
  std::lock_guard lock(mutex_);
  for (const std::string& name : journal_names(folder_)) PF_TRY_VOID(adopt(name));
  return {};
}

Result<void> UndoJournal::adopt(const std::string& name) {
  // Ours as well: an earlier process may have had our number.
  const bool own = name == name_;
  const UniqueFd orphan = own ? UniqueFd() : take_lock(lock_path(folder_, name));
  if (!own && !orphan) return {};  // its owner lives
  const std::string path = file_path(folder_, name);
  PF_TRY(const std::string text, read_small_file(path));
  auto changes = parse_changes(text);
  if (!changes) {
    // Kept for whoever wants to look, under a name that is not found again.
    log::error(kCategory, "{} cannot be read ({}): put aside as {}.damaged", path,
               changes.error().what, path);
    std::rename(path.c_str(), (path + ".damaged").c_str());
    if (!own) unlink(lock_path(folder_, name).c_str());
    return {};
  }
  for (Change& change : *changes) {
    // Of two entries for one subject the older knows the true state; its file comes first or last,
    // and an undo that finds nothing of ours changes nothing.
    if (find_locked(change) == entries_.end() && entries_.size() < kMaxChanges)
      entries_.push_back({std::move(change), false});
  }
  if (own) return {};
  PF_TRY_VOID(write_locked());
  unlink(path.c_str());
  unlink(lock_path(folder_, name).c_str());
  return {};
}

Result<void> UndoJournal::write_locked() const {
  std::vector<Change> changes;
  for (const Entry& entry : entries_) changes.push_back(entry.change);
  const std::string text = write_changes(changes);
  if (text.size() > kMaxSmallFileBytes)
    return fail(ErrorKind::exhausted, "the undo journal would have {} bytes: more than can be read",
                text.size());
  return replace_file(file_path(folder_, name_), text, FileMode::secret);
}

std::vector<UndoJournal::Entry>::iterator UndoJournal::find_locked(const Change& subject) {
  return std::find_if(entries_.begin(), entries_.end(), [&subject](const Entry& entry) {
    return entry.change.same_subject(subject);
  });
}

Result<void> UndoJournal::note(const Change& change) {
  for (const std::string* text : {&change.setting, &change.place, &change.ours}) {
    if (text->size() > kMaxChangeTextBytes)
      return fail(ErrorKind::refused, "{} cannot be noted: it has {} bytes, and at most {} fit",
                  change.setting, text->size(), kMaxChangeTextBytes);
  }
  std::lock_guard lock(mutex_);
  const auto found = find_locked(change);
  if (found != entries_.end()) {
    if (found->in_use)
      return fail(ErrorKind::exhausted, "{} is already changed to {}", change.setting,
                  found->change.ours);
    const Entry older = *found;
    found->change.ours = change.ours;
    found->in_use = true;
    auto written = write_locked();
    if (!written) *found = older;
    return written;
  }
  if (entries_.size() == kMaxChanges)
    return fail(ErrorKind::exhausted, "{} changes wait to be undone: punktfunk-host undo",
                kMaxChanges);
  entries_.push_back({change, true});
  auto written = write_locked();
  if (!written) entries_.pop_back();
  return written;
}

Result<void> UndoJournal::strike(const Change& change) {
  std::lock_guard lock(mutex_);
  const auto found = find_locked(change);
  if (found == entries_.end()) return {};
  entries_.erase(found);
  return write_locked();
}

void UndoJournal::leave(const Change& change) {
  std::lock_guard lock(mutex_);
  const auto found = find_locked(change);
  if (found != entries_.end()) found->in_use = false;
}

std::optional<Change> UndoJournal::find(const Change& subject) const {
  std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_)
    if (entry.change.same_subject(subject)) return entry.change;
  return std::nullopt;
}

bool UndoJournal::has_left_overs() const {
  std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.in_use; });
}

// The last one before `end`, which is there afterwards; in use from now on, so that nobody changes
// its subject while it is being put back.
std::optional<Change> UndoJournal::claim_left_over(std::size_t& end) {
  std::lock_guard lock(mutex_);
  for (end = std::min(end, entries_.size()); end > 0;) {
    Entry& entry = entries_[--end];
    if (entry.in_use) continue;
    entry.in_use = true;
    return entry.change;
  }
  return std::nullopt;
}

std::vector<UndoOutcome> UndoJournal::undo_left_overs(const Undos& undos) {
  std::vector<UndoOutcome> outcomes;
  std::size_t end = kMaxChanges;
  while (const auto change = claim_left_over(end)) {
    const auto undo = undos.find(change->setting);
    Result<void> undone =
        undo != undos.end()
            ? undo->second.put_back(*change)
            : fail(ErrorKind::unavailable, "this version cannot undo {}", change->setting);
    const bool done_with =
        undone || (undo != undos.end() && undo->second.on_failure == Undo::OnFailure::forget);
    if (done_with) {
      if (auto struck = strike(*change); undone) undone = struck;
    } else {
      leave(*change);
    }
    outcomes.push_back({*change, undone ? std::nullopt : std::optional(undone.error())});
  }
  return outcomes;
}

std::vector<std::string> UndoJournal::busy_owners() const {
  std::vector<std::string> owners;
  for (const std::string& name : journal_names(folder_)) {
    if (name == name_) continue;
    const auto text = read_small_file(file_path(folder_, name));
    const auto changes = text ? parse_changes(*text) : Result<std::vector<Change>>();
    if (changes && !changes->empty()) owners.push_back(name);
  }
  return owners;
}

}  // namespace pf::restore
