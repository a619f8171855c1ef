// Against a real server, and with hosts that die.
#include "host/audio/pipewire/default_device_lease.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "testing/sound_server.h"

namespace pf::audio::pipewire {
namespace {

using restore::UndoJournal;
using sound::Connection;
using sound::DefaultNode;
using sound::DefaultNodes;
using testing::SoundProgram;

class DefaultDeviceLeaseTest : public ::testing::Test {
 protected:
  DefaultDeviceLeaseTest() {
    server.add_null_sink("users");
    server.add_null_sink("ours");
    connect();
  }
  // The library's threads do not live through a fork.
  void disconnect() {
    nodes.reset();
    connection.reset();
  }
  void connect() {
    disconnect();
    connection = Connection::open(address, nullptr).value();
    nodes = DefaultNodes::open(*connection).value();
  }
  std::unique_ptr<UndoJournal> open_journal() const {
    return UndoJournal::open(server.folder() + "/undo").value();
  }
  auto take(UndoJournal* journal) {
    return DefaultDeviceLease::take(*connection, address, journal, DefaultNode::sink, "ours");
  }
  std::optional<std::string> chosen() const { return nodes->chosen(DefaultNode::sink); }

  testing::SoundServer server;
  sound::ServerAddress address{server.socket_path()};
  std::unique_ptr<Connection> connection;
  std::unique_ptr<DefaultNodes> nodes;
};

TEST_F(DefaultDeviceLeaseTest, GivesBackWhatTheUserHadChosen) {
  ASSERT_TRUE(nodes->choose(DefaultNode::sink, "users"));
  const auto journal = open_journal();
  auto lease = take(journal.get());
  ASSERT_TRUE(lease) << lease.error().what;
  EXPECT_EQ(chosen(), "ours");
  EXPECT_EQ(take(journal.get()).error().kind, ErrorKind::exhausted);
  lease->reset();
  EXPECT_EQ(chosen(), "users");
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(DefaultDeviceLeaseTest, LeavesNoChoiceWhereThereWasNone) {
  { const auto lease = take(nullptr); }
  EXPECT_EQ(chosen(), std::nullopt);
}

TEST_F(DefaultDeviceLeaseTest, LeavesAloneWhatSomebodyChoseMeanwhile) {
  const auto journal = open_journal();
  auto lease = take(journal.get());
  ASSERT_TRUE(lease);
  ASSERT_TRUE(nodes->choose(DefaultNode::sink, "users"));
  lease->reset();
  EXPECT_EQ(chosen(), "users");
}

TEST_F(DefaultDeviceLeaseTest, TakesOverAfterTheServerDiedUnderIt) {
  ASSERT_TRUE(nodes->choose(DefaultNode::sink, "users"));
  const auto journal = open_journal();
  auto lease = take(journal.get());
  ASSERT_TRUE(lease);
  server.kill(SoundProgram::pipewire);
  while ((*lease)->check()) std::this_thread::sleep_for(milliseconds(5));
  lease->reset();
  EXPECT_TRUE(journal->has_left_overs());
  nodes.reset();
  server.start();
  connect();
  server.add_null_sink("users");
  server.add_null_sink("ours");
  lease = take(journal.get());
  ASSERT_TRUE(lease) << lease.error().what;
  lease->reset();
  EXPECT_EQ(chosen(), "users");
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(DefaultDeviceLeaseTest, TheNextHostGivesBackWhatAKilledOneHad) {
  ASSERT_TRUE(nodes->choose(DefaultNode::sink, "users"));
  disconnect();
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t host = fork();
  if (host == 0) {
    auto own = Connection::open(address, nullptr);
    const auto journal = open_journal();
    auto lease = DefaultDeviceLease::take(**own, address, journal.get(), DefaultNode::sink, "ours");
    (void)!write(told[1], lease ? "y" : "n", 1);
    pause();
  }
  char answer = 0;
  ASSERT_EQ(read(told[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  kill(host, SIGKILL);
  waitpid(host, nullptr, 0);
  connect();
  EXPECT_EQ(chosen(), "ours");
  const auto journal = open_journal();
  const auto outcomes = journal->undo_left_overs(default_device_undos());
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].error) << outcomes[0].error->what;
  for (int i = 0; i < 400 && chosen() != "users"; ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(chosen(), "users");
}

TEST_F(DefaultDeviceLeaseTest, WaitsInTheJournalWhileItsServerDoesNotRun) {
  const auto journal = open_journal();
  const restore::Change change{.setting = "default-sink",
                               .place = "/tmp/pf-no-such-server/pipewire-0",
                               .before = "users",
                               .ours = "ours"};
  ASSERT_TRUE(journal->note(change));
  journal->leave(change);
  const auto outcomes = journal->undo_left_overs(default_device_undos());
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].error->kind, ErrorKind::unavailable);
  EXPECT_TRUE(journal->has_left_overs());
}

}  // namespace
}  // namespace pf::audio::pipewire
