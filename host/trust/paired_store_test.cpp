#include "host/trust/paired_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>

#include <filesystem>
#include <fstream>

#include "core/runtime/files.h"

namespace pf::trust {
namespace {

Device device(std::uint8_t number) {
  Device device;
  device.fingerprint[31] = std::byte{number};
  device.name = "tablet \"" + std::to_string(number) + "\" ü";
  device.paired_at = WireTime(seconds(1'790'000'000 + number));
  return device;
}

std::vector<Device> some_devices() {
  std::vector<Device> devices{device(1), device(2), device(3)};
  devices[1].access.grants = Grants::from_bits(0x05);
  devices[1].access.expires_at = WireTime(seconds(1'800'000'000));
  devices[2].access.grants = Grants::from_bits(0);
  devices[2].last_seen = WireTime(seconds(1'795'000'000));
  devices[2].kind = DeviceKind::moonlight;
  devices[2].play_on = PlayOn::both;
  return devices;
}

TEST(PairedDevices, SurviveTheirText) {
  EXPECT_EQ(*parse_devices(write_devices({})), std::vector<Device>());
  EXPECT_EQ(*parse_devices(write_devices(some_devices())), some_devices());
}

TEST(PairedDevices, NoTruncatedListIsTakenForAWholeOne) {
  const std::string text = write_devices(some_devices());
  const std::size_t whole = text.rfind('}') + 1;
  for (std::size_t size = 0; size < whole; ++size) {
    EXPECT_FALSE(parse_devices(text.substr(0, size))) << size;
  }
}

TEST(PairedDevices, EachMistakeIsNamed) {
  const auto error = [](std::string_view text) {
    const auto devices = parse_devices(text);
    return devices ? "none" : devices.error().what;
  };
  EXPECT_EQ(error(""), "it is not whole, or no JSON");
  EXPECT_EQ(error("[]"), "it is not whole, or no JSON");
  EXPECT_EQ(error(R"({"version": 2, "devices": []})"), "its \"version\" is not 1");
  EXPECT_EQ(error(R"({"version": 1})"), "\"devices\" is missing or no list");
  EXPECT_EQ(error(R"({"version": 1, "devices": [7]})"), "device 1: it is no object");
  EXPECT_EQ(error(R"({"version": 1, "devices": [{"fingerprint": "beef"}]})"),
            "device 1: \"fingerprint\" is not 64 hexadecimal digits");
  const std::string entry =
      R"({"fingerprint":")" + std::string(64, '0') + R"(","name":"a","paired_at_s":1,"grants":[)";
  const auto list = [&](const std::string& rest) {
    return R"({"version": 1, "devices": [)" + rest + "]}";
  };
  EXPECT_EQ(error(list(entry + "]}")), "none");
  EXPECT_EQ(error(list(entry + "],\"kind\":\"moonlight\"}")), "none");
  EXPECT_EQ(error(list(entry + "],\"kind\":\"fridge\"}")),
            "device 1: \"kind\" is neither native nor moonlight");
  EXPECT_EQ(error(list(entry + "],\"play_on\":\"moon\"}")),
            "device 1: \"play_on\" is none of client, both, host");
  EXPECT_EQ(error(list(entry + "\"root\"]}")),
            "device 1: \"grants\" has an entry that is no grant");
  EXPECT_EQ(error(list(entry + "],\"expires_at_s\":-1}")),
            "device 1: \"expires_at_s\" is no time in seconds since 1970");
  EXPECT_EQ(error(list(entry + "],\"expires_at_s\":1e300}")),
            "device 1: \"expires_at_s\" is no time in seconds since 1970");
  EXPECT_EQ(error(list(entry + "]}," + entry + "]}")), "device 2 is listed twice");
}

TEST(PairedDevices, OfOldListsAreNativeAndHeardWhereTheSettingSays) {
  const auto devices =
      parse_devices(R"({"version": 1, "devices": [{"fingerprint":")" + std::string(64, '1') +
                    R"(","name":"old","grants":["pointer"],"paired_at_s":1}]})");
  ASSERT_TRUE(devices);
  EXPECT_EQ(devices->front().kind, DeviceKind::native);
  EXPECT_FALSE(devices->front().play_on);
}

class StoreOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-paired-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/paired.json"; }
  std::string folder_;
};

TEST_F(StoreOnDisk, IsEmptyAtFirstAndThenWhatWasSavedReadableByTheOwnerAlone) {
  const PairedStore store(path());
  EXPECT_EQ(*store.load(), std::vector<Device>());
  ASSERT_TRUE(store.save(some_devices()));
  EXPECT_EQ(*store.load(), some_devices());
  struct stat facts {};
  ASSERT_EQ(stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
}

TEST_F(StoreOnDisk, ADamagedFileIsAnErrorThatSaysWhatToDoAndIsLeftAlone) {
  std::ofstream(path()) << write_devices(some_devices()).substr(0, 200);
  ASSERT_EQ(chmod(path().c_str(), 0600), 0);
  const auto loaded = PairedStore(path()).load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::malformed);
  EXPECT_NE(loaded.error().what.find("restore it from a backup"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path()), 200u);
}

TEST_F(StoreOnDisk, AFileThatOthersMayTouchIsRefused) {
  ASSERT_TRUE(PairedStore(path()).save(some_devices()));
  ASSERT_EQ(chmod(path().c_str(), 0660), 0);
  EXPECT_EQ(PairedStore(path()).load().error().kind, ErrorKind::refused);
}

// What kill -9 while saving leaves: the new file beside the old one, cut at any byte.
TEST_F(StoreOnDisk, SurvivesADeathAtAnyByteOfASave) {
  const PairedStore store(path());
  ASSERT_TRUE(store.save(some_devices()));
  const std::vector<Device> next{device(9)};
  const std::string text = write_devices(next);
  for (std::size_t size = 0; size <= text.size(); size += 7) {
    std::ofstream(path() + ".new") << text.substr(0, size);
    ASSERT_EQ(*store.load(), some_devices()) << size;
  }
  ASSERT_TRUE(store.save(next)) << "the leftover is not in the way";
  EXPECT_EQ(*store.load(), next);
}

// The file size limit stands for a full disk: the write stops in the middle either way.
TEST_F(StoreOnDisk, AFullDiskIsAnErrorAndTheOldListStays) {
  const PairedStore store(path());
  ASSERT_TRUE(store.save(some_devices()));
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit full { 300, before.rlim_max };
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  const auto saved = store.save(std::vector<Device>(20, device(1)));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);

  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().what.find("stays as it was"), std::string::npos) << saved.error().what;
  EXPECT_EQ(*store.load(), some_devices());
  EXPECT_FALSE(std::filesystem::exists(path() + ".new")) << "no half-written file takes up room";
}

}  // namespace
}  // namespace pf::trust
