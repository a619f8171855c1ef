#include "host/restore/undo_journal.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/runtime/files.h"

namespace pf::restore {
namespace {

namespace fs = std::filesystem;

// A machine with one setting, kept in a file: what a change of ours is made to. Absent: not set.
class Machine {
 public:
  explicit Machine(std::string path) : path_(std::move(path)) {}
  std::optional<std::string> value() const {
    auto text = read_small_file(path_);
    return text ? std::optional(*text) : std::nullopt;
  }
  void set(const std::optional<std::string>& value) const {
    if (value) {
      ASSERT_TRUE(replace_file(path_, *value, FileMode::secret));
    } else {
      fs::remove(path_);
    }
  }
  Undos undos() const {
    return {{"speed", {.put_back = [this](const Change& change) -> Result<void> {
               if (value() == change.ours) set(change.before);
               return {};
             }}}};
  }

 private:
  std::string path_;
};

class UndoJournalTest : public ::testing::Test {
 protected:
  UndoJournalTest() {
    char name[] = "/tmp/pf-undo-XXXXXX";
    folder = mkdtemp(name);
  }
  ~UndoJournalTest() override { fs::remove_all(folder); }

  std::unique_ptr<UndoJournal> open() const {
    auto journal = UndoJournal::open(folder + "/undo");
    EXPECT_TRUE(journal) << (journal ? "" : journal.error().what);
    return journal ? *std::move(journal) : nullptr;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder + "/undo"), fs::directory_iterator()));
  }

  std::string folder;
};

Change change_from(std::optional<std::string> before) {
  return {.setting = "speed", .place = "", .before = std::move(before), .ours = "fast"};
}

TEST_F(UndoJournalTest, LeavesNothingBehindWhenAllIsStruckOut) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal->note(change_from("slow")));
    EXPECT_EQ(fs::status(folder + "/undo").permissions(), fs::perms::owner_all);
    for (const auto& file : fs::directory_iterator(folder + "/undo"))
      EXPECT_EQ(file.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_TRUE(journal->strike(change_from("slow")));
    EXPECT_FALSE(journal->has_left_overs());
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(UndoJournalTest, KeepsTheFirstStateWhenALeftOverIsTakenOver) {
  const auto journal = open();
  ASSERT_TRUE(journal->note(change_from("slow")));
  journal->leave(change_from("slow"));
  Change again = change_from("fast");  // what a restarted worker finds: our own value
  again.ours = "faster";
  ASSERT_TRUE(journal->note(again));
  EXPECT_EQ(journal->find(again)->before, "slow");
  EXPECT_EQ(journal->find(again)->ours, "faster");
}

TEST_F(UndoJournalTest, GivesASubjectToOneUserAtATime) {
  const auto journal = open();
  ASSERT_TRUE(journal->note(change_from("slow")));
  EXPECT_EQ(journal->note(change_from("slow")).error().kind, ErrorKind::exhausted);
  journal->leave(change_from("slow"));
  const auto outcomes = journal->undo_left_overs({{"speed", {.put_back = [&](const Change& change) {
                                                     // Nobody can have it while it is put back.
                                                     EXPECT_FALSE(journal->note(change));
                                                     return Result<void>();
                                                   }}}});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_FALSE(journal->find(change_from({})));
}

TEST_F(UndoJournalTest, KeepsWhatCannotBeUndoneAndSaysWhy) {
  const auto journal = open();
  ASSERT_TRUE(journal->note(change_from("slow")));
  ASSERT_TRUE(journal->note({.setting = "colour", .place = "", .before = {}, .ours = "red"}));
  journal->leave(change_from({}));
  journal->leave({.setting = "colour", .place = "", .before = {}, .ours = ""});
  const auto outcomes =
      journal->undo_left_overs({{"speed", {.put_back = [](const Change&) -> Result<void> {
                                   return fail(ErrorKind::unavailable, "busy");
                                 }}}});
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_NE(outcomes[0].error->what.find("colour"), std::string::npos);
  EXPECT_EQ(outcomes[1].error->what, "busy");
  EXPECT_TRUE(journal->has_left_overs());
}

TEST_F(UndoJournalTest, ForgetsWhatIsNotWorthTryingAgainAndSaysWhy) {
  const auto journal = open();
  ASSERT_TRUE(journal->note(change_from("slow")));
  journal->leave(change_from({}));
  const auto outcomes = journal->undo_left_overs(
      {{"speed",
        {.put_back = [](const Change&) -> Result<void> { return fail(ErrorKind::refused, "no"); },
         .on_failure = Undo::OnFailure::forget}}});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].error->what, "no");
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(UndoJournalTest, UndoesTheNewestFirst) {
  const auto journal = open();
  std::string order;
  for (const char* place : {"1", "2", "3"}) {
    const Change change{.setting = "speed", .place = place, .before = {}, .ours = "x"};
    ASSERT_TRUE(journal->note(change));
    journal->leave(change);
  }
  journal->undo_left_overs({{"speed", {.put_back = [&](const Change& change) {
                               order += change.place;
                               return Result<void>();
                             }}}});
  EXPECT_EQ(order, "321");
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(UndoJournalTest, RefusesATextThatItCouldNotReadAgain) {
  const auto journal = open();
  Change change = change_from({});
  change.ours.assign(kMaxChangeTextBytes + 1, 'x');
  EXPECT_EQ(journal->note(change).error().kind, ErrorKind::refused);
  EXPECT_FALSE(journal->find(change));
}

TEST_F(UndoJournalTest, RefusesOneChangeTooMany) {
  const auto journal = open();
  for (std::size_t i = 0; i < kMaxChanges; ++i) {
    ASSERT_TRUE(
        journal->note({.setting = "s", .place = std::to_string(i), .before = {}, .ours = "x"}));
  }
  EXPECT_EQ(journal->note(change_from({})).error().kind, ErrorKind::exhausted);
}

TEST_F(UndoJournalTest, PutsADamagedFileAsideAndGoesOn) {
  fs::create_directories(folder + "/undo");
  for (const std::string text : {"", "{", "[]", R"({"version": 2, "changes": []})",
                                 R"({"version": 1, "changes": [{"setting": 7}]})"}) {
    std::ofstream(folder + "/undo/1.json") << text;
    const auto journal = open();
    EXPECT_FALSE(journal->has_left_overs());
    EXPECT_TRUE(fs::exists(folder + "/undo/1.json.damaged")) << text;
    fs::remove(folder + "/undo/1.json.damaged");
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(UndoJournalTest, LeavesTheEntriesOfALivingProcessAlone) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t other = fork();
  if (other == 0) {
    const auto journal = open();
    (void)journal->note(change_from("slow"));
    (void)!write(ready[1], "x", 1);
    pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const auto journal = open();
  EXPECT_FALSE(journal->has_left_overs());
  EXPECT_EQ(journal->busy_owners(), std::vector<std::string>{std::to_string(other)});
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}

// The life of a change, which stops dead after `steps` steps.
void live(const std::string& folder, const Machine& machine, int steps) {
  const auto die_after = [&steps] {
    if (--steps <= 0) kill(getpid(), SIGKILL);
  };
  auto journal = UndoJournal::open(folder);
  if (!journal) _exit(1);
  die_after();
  const Change change = change_from(machine.value());
  if (!(*journal)->note(change)) _exit(1);
  die_after();
  machine.set(change.ours);
  die_after();
  machine.set(change.before);
  die_after();
  if (!(*journal)->strike(change)) _exit(1);
  die_after();
  journal->reset();
  die_after();
  _exit(0);
}

TEST_F(UndoJournalTest, AProcessKilledAtAnyStepLeavesTheMachineAsItWasAfterTheNextStart) {
  const Machine machine(folder + "/machine");
  for (const std::optional<std::string>& original :
       {std::optional<std::string>("slow"), std::optional<std::string>()}) {
    for (int step = 1; step <= 6; ++step) {
      machine.set(original);
      const pid_t child = fork();
      if (child == 0) live(folder + "/undo", machine, step);
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFSIGNALED(status)) << step;
      ASSERT_EQ(machine.value() == "fast", step == 3) << step;
      {
        const auto journal = open();
        for (const auto& outcome : journal->undo_left_overs(machine.undos()))
          EXPECT_FALSE(outcome.error) << outcome.error->what;
        EXPECT_FALSE(journal->has_left_overs());
      }
      EXPECT_EQ(machine.value(), original) << "killed after step " << step;
    }
  }
}

TEST_F(UndoJournalTest, AProcessKilledAtARandomInstantDoesToo) {
  const Machine machine(folder + "/machine");
  machine.set("slow");
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto journal = UndoJournal::open(folder + "/undo");
      if (!journal) _exit(1);
      for (;;) {
        const Change change = change_from(machine.value());
        (void)(*journal)->note(change);
        machine.set(change.ours);
        machine.set(change.before);
        (void)(*journal)->strike(change);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(2'000 + 1'466 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto journal = open();
    journal->undo_left_overs(machine.undos());
    ASSERT_EQ(machine.value(), "slow") << "round " << round;
  }
}

RC_GTEST_PROP(ChangeFile, ReadsWhatItWrote, ()) {
  std::vector<Change> changes;
  const auto text = rc::gen::string<std::string>();
  const auto ascii = [&text] {
    std::string value = *text;
    for (char& c : value) c = static_cast<char>(c & 0x7F);
    return value;
  };
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
    Change change{.setting = ascii(), .place = ascii(), .before = {}, .ours = ascii()};
    if (*rc::gen::arbitrary<bool>()) change.before = ascii();
    changes.push_back(std::move(change));
  }
  const auto read = parse_changes(write_changes(changes));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == changes);
}

}  // namespace
}  // namespace pf::restore
