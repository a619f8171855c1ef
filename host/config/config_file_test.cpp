#include "host/config/config_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/config/settings.h"

namespace pf::config {
namespace {

std::string error_of(std::string_view toml) {
  const auto config = parse_config(toml, "host.toml");
  if (config) return "(no error)";
  EXPECT_EQ(config.error().kind, ErrorKind::malformed);
  return config.error().what;
}

std::string override_error(std::string_view assignment) {
  HostConfig config;
  const auto done = apply_override(config, assignment);
  return done ? "(no error)" : done.error().what;
}

TEST(ParseConfig, GivesTheDefaultsForAnEmptyFile) {
  const auto config = parse_config("", "host.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->network.port, 9777);
  EXPECT_EQ(config->network.bind_address, "0.0.0.0");
  EXPECT_EQ(config->session.max_clients, 4u);
  EXPECT_FALSE(config->session.open);
  EXPECT_EQ(config->session.idle_timeout_ms, 8'000u);
  EXPECT_EQ(config->video.bitrate_kbps, 20'000u);
  EXPECT_EQ(config->video.encoder, "auto");
  EXPECT_TRUE(config->desktop.command.empty());
}

TEST(ParseConfig, ReadsEveryTypeOfSetting) {
  const auto config = parse_config(R"(
# a comment
network.port = 9_778
[session]
open = true
[video]
encoder = "openh264"
bitrate_kbps = 8000000
[desktop]
command = ["foot", "-e", "top"]
run_as = "alice"
)",
                                   "host.toml");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->network.port, 9778);
  EXPECT_TRUE(config->session.open);
  EXPECT_EQ(config->video.encoder, "openh264");
  EXPECT_EQ(config->video.bitrate_kbps, 8'000'000u);
  EXPECT_EQ(config->desktop.command, (std::vector<std::string>{"foot", "-e", "top"}));
  EXPECT_EQ(config->desktop.run_as, "alice");
  EXPECT_EQ(config->video.fec_percent, 10u);  // not mentioned
}

TEST(ParseConfig, NamesTheLineOfAMisspeltKeyAndSuggestsTheRightOne) {
  EXPECT_EQ(error_of("[network]\n\nprot = 9778\n"),
            "host.toml:3: unknown setting 'network.prot': did you mean 'network.port'?");
  EXPECT_EQ(error_of("[video]\nbitrate = 9778\n"),
            "host.toml:2: unknown setting 'video.bitrate': did you mean 'video.bitrate_kbps'?");
}

TEST(ParseConfig, SuggestsASection) {
  EXPECT_EQ(error_of("[vidoe]\nslices = 2\n"),
            "host.toml:1: unknown section [vidoe]: did you mean 'video'?");
  EXPECT_EQ(error_of("[gamepads]\n"), "host.toml:1: unknown section [gamepads]");
}

TEST(ParseConfig, SuggestsTheSectionThatASettingLost) {
  EXPECT_EQ(error_of("port = 9778\n"),
            "host.toml:1: unknown setting 'port': did you mean 'network.port'?");
}

TEST(ParseConfig, NamesTheRange) {
  EXPECT_EQ(error_of("[video]\nbitrate_kbps = 499\n"),
            "host.toml:2: video.bitrate_kbps is 499, but must be a whole number from 500 to "
            "8000000 kbit/s");
  EXPECT_EQ(error_of("[network]\nport = 65536\n"),
            "host.toml:2: network.port is 65536, but must be a whole number from 0 to 65535");
  EXPECT_EQ(error_of("[network]\nport = -1\n"),
            "host.toml:2: network.port is -1, but must be a whole number from 0 to 65535");
}

TEST(ParseConfig, RefusesTheWrongType) {
  EXPECT_EQ(error_of("[network]\nport = '9777'\n"),
            "host.toml:2: network.port is \"9777\", but must be a whole number from 0 to 65535");
  EXPECT_EQ(error_of("[video]\nslices = 2.0\n"),
            "host.toml:2: video.slices is a number with a point, but must be a whole number from 1 "
            "to 32");
  EXPECT_EQ(error_of("[session]\nopen = 1\n"),
            "host.toml:2: session.open is 1, but must be true or false");
  EXPECT_EQ(error_of("[session]\nopen = 2024-01-01\n"),
            "host.toml:2: session.open is a date or time, but must be true or false");
  EXPECT_EQ(error_of("[network.port]\n"),
            "host.toml:1: network.port is a section, but must be a whole number from 0 to 65535");
  EXPECT_NE(
      error_of("[desktop]\ncommand = 'foot -e top'\n").find("must be a list of at most 64 texts"),
      std::string::npos);
  EXPECT_NE(error_of("[desktop]\ncommand = ['foot', 3]\n")
                .find("is a list with something else than texts"),
            std::string::npos);
  EXPECT_EQ(error_of("network = 3\n"),
            "host.toml:1: 'network' is a section: write [network] and its settings below");
  EXPECT_EQ(error_of("[[network]]\nport = 1\n"),
            "host.toml:1: 'network' is a section: write [network] and its settings below");
}

TEST(ParseConfig, RefusesAnUnknownChoiceWithASuggestion) {
  EXPECT_EQ(error_of("[video]\nencoder = 'x265'\n"),
            "host.toml:2: video.encoder is \"x265\", but must be one of auto, x264, openh264: did "
            "you mean 'x264'?");
}

TEST(ParseConfig, RefusesNamesAndTextsThatCannotBeMeant) {
  EXPECT_NE(
      error_of("[network]\nbind_address = 'localhost'\n").find("a numeric IPv4 or IPv6 address"),
      std::string::npos);
  EXPECT_NE(error_of("[desktop]\nrun_as = '../root'\n").find("must be a user name"),
            std::string::npos);
  EXPECT_NE(error_of("[desktop]\ncommand = [\"a\\u0000b\"]\n").find("desktop.command"),
            std::string::npos);
  EXPECT_NE(error_of("[network]\nbind_address = \"\\u001b[2J\"\n").find("\"?[2J\""),
            std::string::npos);
}

TEST(ParseConfig, NamesTheLineOfASyntaxError) {
  EXPECT_EQ(error_of("[network]\nport = \n").rfind("host.toml:2: ", 0), 0u)
      << error_of("[network]\nport = \n");
  EXPECT_EQ(error_of("[network]\nport = 1\nport = 2\n").rfind("host.toml:3: ", 0), 0u);
  EXPECT_EQ(error_of("[network\n").rfind("host.toml:1: ", 0), 0u);
  EXPECT_EQ(error_of("a = \"\xff\xfe\"\n").rfind("host.toml:1: ", 0), 0u);
}

TEST(ParseConfig, ListsAllProblemsInTheOrderOfTheFile) {
  EXPECT_EQ(error_of("[video]\nslices = 0\n[network]\nprot = 1\n"),
            "host.toml:2: video.slices is 0, but must be a whole number from 1 to 32\n"
            "host.toml:4: unknown setting 'network.prot': did you mean 'network.port'?");
}

TEST(ParseConfig, StopsListingAfterAFew) {
  std::string toml;
  for (int i = 0; i < 100; ++i) toml += fmt::format("nonsense{} = 1\n", i);
  const std::string error = error_of(toml);
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 8);
  EXPECT_NE(error.find("… and 92 more"), std::string::npos);
}

TEST(ParseConfig, RefusesWhatIsTooLargeOrTooDeepInBoundedTime) {
  EXPECT_NE(error_of(std::string(kMaxConfigBytes + 1, ' ')).find("larger than 64 KiB"),
            std::string::npos);
  EXPECT_NE(error_of("a = " + std::string(10'000, '[')), "(no error)");
  std::string list = "[desktop]\ncommand = [";
  for (std::size_t i = 0; i <= kMaxListItems; ++i) list += "'a', ";
  EXPECT_NE(error_of(list + "]\n").find("at most 64"), std::string::npos);
}

TEST(ParseApps, ReadsWhatAnApplicationMayHave) {
  const auto config = parse_config(R"(
[[app]]
name = "Steam"
command = ["steam", "-gamepadui"]
working_folder = "/home/alice"
image = "/home/alice/steam.png"
mode = "1920x1080@59.94"
ends_session = false
prep = [{ run = ["a", "1"], undo = ["b"] }, { undo = ["c"] }]
[[app]]
name = "xeyes"
command = ["xeyes"]
[[app.prep]]
run = ["d"]
)",
                                   "host.toml");
  ASSERT_TRUE(config) << config.error().what;
  ASSERT_EQ(config->apps.size(), 2u);
  const AppConfig& steam = config->apps[0];
  EXPECT_EQ(steam.name, "Steam");
  EXPECT_EQ(steam.command, (std::vector<std::string>{"steam", "-gamepadui"}));
  EXPECT_EQ(steam.working_folder, "/home/alice");
  EXPECT_EQ(steam.image, "/home/alice/steam.png");
  EXPECT_EQ(steam.mode, (DisplayMode{{1920, 1080}, {60'000, 1001}}));
  EXPECT_FALSE(steam.ends_session);
  ASSERT_EQ(steam.prep.size(), 2u);
  EXPECT_EQ(steam.prep[0].run, (std::vector<std::string>{"a", "1"}));
  EXPECT_EQ(steam.prep[0].undo, (std::vector<std::string>{"b"}));
  EXPECT_TRUE(steam.prep[1].run.empty());
  EXPECT_TRUE(config->apps[1].ends_session);
  EXPECT_FALSE(config->apps[1].mode);
  ASSERT_EQ(config->apps[1].prep.size(), 1u);
}

TEST(ParseApps, NamesTheLineOfWhatIsWrong) {
  const std::string begin = "[[app]]\nname = 'a'\ncommand = ['b']\n";
  EXPECT_EQ(error_of("[[app]]\nname = 'a'\n"),
            "host.toml:1: an [[app]] needs app.command: a list of texts, the program first");
  EXPECT_EQ(error_of(begin + "comand = ['b']\n"),
            "host.toml:4: unknown setting 'app.comand': did you mean 'command'?");
  EXPECT_EQ(error_of(begin + "mode = '1x1@60'\n"),
            "host.toml:4: app.mode must be a mode from 64x64 to 7680x4320@480, such as "
            "\"1920x1080@60\"");
  EXPECT_EQ(error_of(begin + "image = 'x.png'\n"),
            "host.toml:4: app.image must be an absolute path that ends with .png");
  EXPECT_EQ(error_of(begin + "working_folder = 3\n"),
            "host.toml:4: app.working_folder must be an absolute path");
  EXPECT_EQ(error_of(begin + "ends_session = 'no'\n"),
            "host.toml:4: app.ends_session must be true or false");
  EXPECT_EQ(error_of(begin + begin), "host.toml:4: there is an application 'a' already");
  EXPECT_EQ(error_of("[[app]]\nname = 'Desktop'\ncommand = ['b']\n"),
            "host.toml:1: 'Desktop' is always there and needs no [[app]]; what runs in it is "
            "desktop.command");
  EXPECT_EQ(error_of("[app]\nname = 'a'\n"),
            "host.toml:1: 'app' is a list: write [[app]] and one application below");
  EXPECT_EQ(error_of("app = ['a']\n"),
            "host.toml:1: 'app' is a list: write [[app]] and one application below");
  EXPECT_EQ(error_of("[[apps]]\nname = 'a'\n"),
            "host.toml:1: unknown setting 'apps': did you mean [[app]]?");
}

TEST(ParseApps, NamesTheLineOfAWrongStep) {
  const std::string begin = "[[app]]\nname = 'a'\ncommand = ['b']\nprep = ";
  EXPECT_EQ(error_of(begin + "['x']\n"),
            "host.toml:4: each of app.prep must be { run = [...], undo = [...] }");
  EXPECT_EQ(error_of(begin + "[{ run = 'x' }]\n"),
            "host.toml:4: app.prep.run must be a list of texts, the program first");
  EXPECT_EQ(error_of(begin + "[{ rum = ['x'] }]\n"),
            "host.toml:4: unknown setting 'app.prep.rum': did you mean 'run'?");
  EXPECT_EQ(error_of(begin + "[{ }]\n"), "host.toml:4: a step of app.prep needs run, undo or both");
  EXPECT_EQ(
      error_of(begin + "3\n"),
      "host.toml:4: app.prep must be a list of at most 16 steps { run = [...], undo = [...] }");
}

TEST(ApplyOverride, SetsEveryTypeOfSetting) {
  HostConfig config;
  ASSERT_TRUE(apply_override(config, "network.port=9778"));
  ASSERT_TRUE(apply_override(config, "session.open=true"));
  ASSERT_TRUE(apply_override(config, "video.encoder=x264"));
  ASSERT_TRUE(apply_override(config, "network.bind_address=::1"));
  ASSERT_TRUE(apply_override(config, "desktop.run_as="));
  ASSERT_TRUE(apply_override(config, R"(desktop.command=["sh", "-c", "a=1"])"));
  EXPECT_EQ(config.network.port, 9778);
  EXPECT_TRUE(config.session.open);
  EXPECT_EQ(config.video.encoder, "x264");
  EXPECT_EQ(config.network.bind_address, "::1");
  EXPECT_EQ(config.desktop.command, (std::vector<std::string>{"sh", "-c", "a=1"}));
}

TEST(ApplyOverride, ExplainsWhatIsWrong) {
  EXPECT_EQ(
      override_error("network.port"),
      "'network.port' is no assignment: write --set key=value, such as --set network.port=9778");
  EXPECT_EQ(override_error("network.prot=1"),
            "unknown setting 'network.prot': did you mean 'network.port'?");
  EXPECT_EQ(override_error("network.port=x"),
            "network.port is \"x\", but must be a whole number from 0 to 65535");
  EXPECT_EQ(override_error("network.port="),
            "network.port is \"\", but must be a whole number from 0 to 65535");
  EXPECT_EQ(override_error("session.open=yes"),
            "session.open is \"yes\", but must be true or false");
  EXPECT_NE(override_error("desktop.command=foot").find("must be a list"), std::string::npos);
}

TEST(ApplyOverride, TakesOneValueOnly) {
  EXPECT_NE(override_error("network.port=1\nevil = 2"), "(no error)");
}

TEST(TomlList, IsReadBackAsItWasWritten) {
  const std::vector<std::string> texts{"sh", "-c", "echo \"a\\b\" 'c' = \n\t\x7f[1]", "", "größer"};
  HostConfig config;
  const auto done = apply_override(config, "desktop.command=" + toml_list(texts));
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(config.desktop.command, texts);
}

class LoadConfig : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-config-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(std::string_view text) {
    std::string path = folder_ + "/host.toml";
    std::ofstream(path) << text;
    return path;
  }
  std::string folder_;
};

TEST_F(LoadConfig, TakesAMissingFileAsTheDefaults) {
  const auto config = load_config(folder_ + "/none/host.toml", {});
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->network.port, 9777);
}

TEST_F(LoadConfig, LetsTheCommandLineWin) {
  const std::string path = write("[network]\nport = 1\n");
  const std::vector<std::string> overrides{"network.port=2", "network.port=3"};
  const auto config = load_config(path, overrides);
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->network.port, 3);
}

TEST_F(LoadConfig, NamesTheFileInErrors) {
  const std::string path = write("[network]\nprot = 1\n");
  const auto config = load_config(path, {});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().what,
            path + ":2: unknown setting 'network.prot': did you mean 'network.port'?");
}

TEST_F(LoadConfig, RefusesAFolderInPlaceOfTheFile) {
  const auto config = load_config(folder_, {});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::refused);
  EXPECT_NE(config.error().what.find(folder_), std::string::npos);
}

}  // namespace
}  // namespace pf::config
