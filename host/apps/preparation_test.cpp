#include "host/apps/preparation.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "host/apps/command.h"

namespace pf::apps {
namespace {

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-apps-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> note(const std::string& word) const {
    return {"sh", "-c", "echo " + word + " >> " + folder_ + "/notes"};
  }
  std::string notes() const {
    std::ifstream file(folder_ + "/notes");
    std::string all;
    for (std::string line; std::getline(file, line);) all += line + " ";
    return all;
  }
  std::string folder_;
};

using PreparationTest = Folder;
using CommandTest = Folder;

TEST_F(PreparationTest, RunsStepsInOrderAndUndoesThemBackwardsOnce) {
  {
    Preparation preparation(
        {.steps = {{note("a"), note("-a")}, {note("b"), {}}, {{}, note("-c")}}});
    ASSERT_TRUE(preparation.make());
    ASSERT_TRUE(preparation.make()) << "there is nothing to do a second time";
    EXPECT_EQ(notes(), "a b ");
    preparation.undo();
    EXPECT_EQ(notes(), "a b -c -a ");
    preparation.undo();
  }
  EXPECT_EQ(notes(), "a b -c -a ");
}

TEST_F(PreparationTest, UndoesWhatWasDoneWhenAStepFails) {
  {
    Preparation preparation(
        {.steps = {{note("a"), note("-a")}, {{"false"}, note("-b")}, {note("c"), note("-c")}}});
    const auto made = preparation.make();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::refused);
    EXPECT_NE(made.error().what.find("'false' ended with status 1"), std::string::npos)
        << made.error().what;
    EXPECT_EQ(notes(), "a -a ");
  }
  EXPECT_EQ(notes(), "a -a ");
}

TEST_F(PreparationTest, GoesOnUndoingWhenAnUndoFails) {
  {
    Preparation preparation({.steps = {{{}, note("-a")}, {{}, {"false"}}, {{}, {"/no/such"}}}});
    ASSERT_TRUE(preparation.make());
  }
  EXPECT_EQ(notes(), "-a ");
}

TEST_F(PreparationTest, UndoesWhenItEnds) {
  { ASSERT_TRUE(Preparation({.steps = {{note("a"), note("-a")}}}).make()); }
  EXPECT_EQ(notes(), "a -a ");
}

// A host that prepares, runs and puts back, and is killed by whatever command says so.
void live_with(const std::string& journal_folder, const std::vector<config::PrepStep>& steps) {
  auto journal = restore::UndoJournal::open(journal_folder);
  if (!journal) _exit(1);
  {
    Preparation preparation({.steps = steps}, journal->get());
    if (!preparation.make()) _exit(2);
  }
  journal->reset();
  _exit(0);
}

class KilledHostTest : public Folder {
 protected:
  static std::vector<std::string> kill_host() {
    // Not before it waits for us: its death is to find us running.
    return {"sh", "-c", "kill -9 $PPID; sleep 10"};
  }
  // What the next host puts back, after one that lived with `steps`.
  std::vector<restore::UndoOutcome> next_start(const std::vector<config::PrepStep>& steps) const {
    const pid_t child = fork();
    if (child == 0) live_with(folder_ + "/undo", steps);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    killed_ = WIFSIGNALED(status);
    const auto journal = restore::UndoJournal::open(folder_ + "/undo");
    if (!journal) return {};
    auto outcomes = (*journal)->undo_left_overs(preparation_undos());
    EXPECT_FALSE((*journal)->has_left_overs());
    return outcomes;
  }
  mutable bool killed_ = false;
};

TEST_F(KilledHostTest, HasNothingLeftToUndoWhenItEndedByItself) {
  EXPECT_TRUE(next_start({{note("a"), note("-a")}}).empty());
  EXPECT_FALSE(killed_);
  EXPECT_EQ(notes(), "a -a ");
}

TEST_F(KilledHostTest, IsFollowedByOneThatUndoesTheStepsBackwards) {
  const auto outcomes = next_start(
      {{note("a"), note("-a")}, {note("b"), {}}, {note("c"), note("-c")}, {kill_host(), {}}});
  EXPECT_TRUE(killed_);
  EXPECT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(notes(), "a b c -c -a ");
}

TEST_F(KilledHostTest, IsFollowedByOneThatUndoesAStepHalfDone) {
  const auto outcomes = next_start({{note("a"), note("-a")}, {kill_host(), note("-b")}});
  EXPECT_TRUE(killed_);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error) << outcomes[0].error->what;
  EXPECT_EQ(notes(), "a -b -a ");
}

TEST_F(KilledHostTest, IsFollowedByOneThatGoesOnUndoing) {
  // Kills the first one to run it.
  const std::vector<std::string> undo{
      "sh", "-c", "mkdir " + folder_ + "/once && kill -9 $PPID; echo -c >> " + folder_ + "/notes"};
  const auto outcomes =
      next_start({{note("a"), note("-a")}, {note("b"), note("-b")}, {note("c"), undo}});
  EXPECT_TRUE(killed_);
  EXPECT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(notes().substr(notes().size() - 10), " -c -b -a ");
}

TEST_F(KilledHostTest, TriesACommandOnceThatFails) {
  const auto outcomes =
      next_start({{{}, note("-a")}, {{}, {"false"}}, {{}, {"/no/such"}}, {kill_host(), {}}});
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(outcomes[0].error->what, "there is no program '/no/such'");
  EXPECT_EQ(outcomes[1].error->what, "the command 'false' ended with status 1");
  EXPECT_FALSE(outcomes[2].error);
  EXPECT_EQ(notes(), "-a ");
}

TEST_F(KilledHostTest, TakesTheStepThatWasRunningWithIt) {
  (void)next_start({{{"sh", "-c", "kill -9 $PPID; sleep 0.3; echo on >> " + folder_ + "/notes"},
                     {"sleep", "1"}}});
  EXPECT_TRUE(killed_);
  EXPECT_EQ(notes(), "");
}

TEST(PreparationInTheJournal, IsNoCommandWhenItIsSomethingElse) {
  using namespace std::string_literals;
  const auto command = [](std::string ours, std::string setting = "app-preparation") {
    return undo_command_of(
        {.setting = std::move(setting), .place = "", .before = {}, .ours = std::move(ours)});
  };
  EXPECT_EQ(command("user\0/folder\0echo\0\0"s)->words, (std::vector<std::string>{"echo", ""}));
  EXPECT_EQ(command("user\0/folder\0echo\0"s)->run_as, "user");
  for (const std::string& text : {""s, "a"s, "\0\0"s, "\0\0echo"s}) EXPECT_FALSE(command(text));
  EXPECT_FALSE(command("\0\0echo\0"s, "default-sink"));
}

TEST_F(CommandTest, StartsInItsFolderWithOurEnvironment) {
  setenv("PF_APPS_TEST", "seen", 1);
  ASSERT_TRUE(run_to_end({.words = {"sh", "-c", "pwd > notes; echo $PF_APPS_TEST >> notes"},
                          .folder = folder_,
                          .run_as = ""},
                         seconds(10)));
  EXPECT_EQ(notes(), folder_ + " seen ");
}

TEST_F(CommandTest, SaysWhyItCannotBeStarted) {
  const auto sentence = [](const Command& command) {
    const auto run = run_to_end(command, seconds(10));
    return run ? "it ran" : run.error().what;
  };
  EXPECT_EQ(sentence({.words = {"no-such-program"}, .folder = "", .run_as = ""}),
            "there is no program 'no-such-program'");
  EXPECT_EQ(sentence({.words = {"true"}, .folder = "/no/such", .run_as = ""}),
            "the command 'true' cannot start in the folder /no/such");
  EXPECT_EQ(sentence({.words = {"true"}, .folder = "", .run_as = "no-such-user"}),
            "there is no user 'no-such-user'");
  EXPECT_EQ(sentence({.words = {"sh", "-c", "kill -9 $$"}, .folder = "", .run_as = ""}),
            "the command 'sh -c kill -9 $$' was ended by signal 9");
}

TEST_F(CommandTest, IsKilledWithAllItStartedWhenItTakesTooLong) {
  const auto began = std::chrono::steady_clock::now();
  const auto run = run_to_end({.words = {"sh", "-c", "echo $$ > notes; sleep 60 & sleep 60"},
                               .folder = folder_,
                               .run_as = ""},
                              milliseconds(300));
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().kind, ErrorKind::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(30));
  EXPECT_EQ(kill(std::stoi(notes()), 0), -1);
}

TEST_F(CommandTest, RunsAsAnotherUserForRoot) {
  if (geteuid() != 0 || getpwnam("nobody") == nullptr) GTEST_SKIP() << "needs root and nobody";
  std::filesystem::permissions(folder_, std::filesystem::perms::all);
  setenv("PF_APPS_TEST", "secret", 1);
  ASSERT_TRUE(run_to_end({.words = {"sh", "-c", "id -un > notes; echo .$PF_APPS_TEST >> notes"},
                          .folder = folder_,
                          .run_as = "nobody"},
                         seconds(10)));
  EXPECT_EQ(notes(), "nobody . ");
}

}  // namespace
}  // namespace pf::apps
