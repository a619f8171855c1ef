#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "client/trust/client_identity.h"
#include "client/trust/known_hosts.h"

namespace pf::trust {
namespace {

class ClientTrust : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-client-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  KnownHosts hosts() { return KnownHosts::load(folder_ + "/hosts.json").value(); }
  std::string folder_;
};

KnownHost host(std::uint8_t number, std::string address, std::string id = "") {
  KnownHost host;
  host.fingerprint[0] = std::byte{number};
  host.name = "host " + std::to_string(number);
  host.id = std::move(id);
  host.addresses = {std::move(address)};
  host.added_at = WireTime(seconds(1'790'000'000));
  return host;
}

TEST_F(ClientTrust, TheFolderFollowsTheXdgRules) {
  EXPECT_EQ(*client_folder("/state", "/home/a"), "/state/punktfunk/client");
  EXPECT_EQ(*client_folder("", "/home/a"), "/home/a/.local/state/punktfunk/client");
  EXPECT_EQ(*client_folder("relative", "/home/a"), "/home/a/.local/state/punktfunk/client");
  EXPECT_FALSE(client_folder("", ""));
}

TEST_F(ClientTrust, AnIdentityIsMadeOnceForTheOwnerAlone) {
  const std::string path = folder_ + "/deep/identity.pem";
  const auto first = load_or_make_client_identity(path);
  const auto second = load_or_make_client_identity(path);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->certificate_der, second->certificate_der);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  const std::filesystem::directory_iterator entries(folder_ + "/deep");
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(ClientTrust, AnIdentityThatCannotBeUsedIsLeftAlone) {
  const std::string path = folder_ + "/identity.pem";
  std::ofstream(path) << "nonsense";
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  const auto loaded = load_or_make_client_identity(path);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().what.find("pair with all hosts anew"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path), 8u);
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_NE(load_or_make_client_identity(path).error().what.find("chmod 600"), std::string::npos);
}

TEST_F(ClientTrust, HostsAreFoundByIdThenByAddress) {
  KnownHosts known = hosts();
  EXPECT_EQ(known.find("a:1"), nullptr);
  ASSERT_TRUE(known.remember(host(1, "a:1", "id-1")));
  ASSERT_TRUE(known.remember(host(2, "b:1")));
  known = hosts();  // from the disk
  ASSERT_EQ(known.all().size(), 2u);
  EXPECT_EQ(known.find("elsewhere:1", "id-1")->name, "host 1");
  EXPECT_EQ(known.find("a:1")->name, "host 1");
  EXPECT_EQ(known.find("b:1", "id-9")->name, "host 2") << "its id was not known";
  EXPECT_EQ(known.find("a:1", "id-9"), nullptr) << "another host took over the address";
  EXPECT_EQ(known.find("c:1"), nullptr);
}

TEST_F(ClientTrust, AHostThatMovesKeepsItsEntryAndItsNewestAddressComesFirst) {
  KnownHosts known = hosts();
  KnownHost paired = host(1, "a:1");
  paired.paired = true;
  ASSERT_TRUE(known.remember(paired));
  for (int port = 2; port < 20; ++port) {
    ASSERT_TRUE(known.remember(host(1, "a:" + std::to_string(port))));
  }
  ASSERT_EQ(known.all().size(), 1u);
  EXPECT_EQ(known.all()[0].addresses.size(), kMaxHostAddresses);
  EXPECT_EQ(known.all()[0].addresses[0], "a:19");
  EXPECT_TRUE(known.all()[0].paired) << "a later visit does not undo it";
}

TEST_F(ClientTrust, AChangedFingerprintIsRefusedUntilTheHostIsForgotten) {
  KnownHosts known = hosts();
  ASSERT_TRUE(known.remember(host(1, "a:1")));
  const auto again = known.remember(host(2, "a:1"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::refused);
  EXPECT_NE(again.error().what.find("forget it first"), std::string::npos);
  ASSERT_TRUE(known.forget("a:1"));
  ASSERT_TRUE(known.remember(host(2, "a:1")));
}

TEST_F(ClientTrust, PairingByPinReplacesTheCertificateThatWasKnown) {
  KnownHosts known = hosts();
  ASSERT_TRUE(known.remember(host(1, "a:1")));
  KnownHost paired = host(2, "a:1");
  paired.paired = true;
  ASSERT_TRUE(known.remember(paired));
  ASSERT_EQ(known.all().size(), 1u);
  EXPECT_EQ(known.find("a:1")->fingerprint, paired.fingerprint);
}

TEST_F(ClientTrust, HostsAreForgottenByAnyOfTheirNames) {
  for (const char* what : {"host 1", "id-1", "a:1"}) {
    KnownHosts known = hosts();
    ASSERT_TRUE(known.remember(host(1, "a:1", "id-1")));
    ASSERT_TRUE(known.forget(what)) << what;
    EXPECT_TRUE(hosts().all().empty());
    EXPECT_EQ(known.forget(what).error().kind, ErrorKind::unavailable);
    EXPECT_FALSE(known.forget(""));
  }
}

TEST_F(ClientTrust, ATruncatedListIsNeverTakenForAWholeOne) {
  const std::string text = write_known_hosts({host(1, "a:1", "x"), host(2, "b:1")});
  EXPECT_EQ(parse_known_hosts(text)->size(), 2u);
  for (std::size_t size = 0; size < text.rfind('}') + 1; ++size) {
    EXPECT_FALSE(parse_known_hosts(text.substr(0, size))) << size;
  }
  std::ofstream(folder_ + "/hosts.json") << text.substr(0, 50);
  EXPECT_EQ(KnownHosts::load(folder_ + "/hosts.json").error().kind, ErrorKind::malformed);
}

TEST_F(ClientTrust, WhenTheDiskRefusesNothingChanges) {
  KnownHosts known = hosts();
  ASSERT_TRUE(known.remember(host(1, "a:1")));
  std::filesystem::create_directory(folder_ + "/hosts.json.new");  // in the way
  EXPECT_FALSE(known.remember(host(2, "b:1")));
  EXPECT_FALSE(known.forget("a:1"));
  EXPECT_EQ(known.all().size(), 1u);
  EXPECT_EQ(hosts().all().size(), 1u);
}

TEST_F(ClientTrust, WhatHostsSayOfThemselvesIsCleaned) {
  KnownHosts known = hosts();
  KnownHost evil = host(1, "a:1");
  evil.name = "x\x1b[2J" + std::string(1000, 'y');
  ASSERT_TRUE(known.remember(evil));
  EXPECT_LE(known.all()[0].name.size(), kMaxHostTextBytes);
  EXPECT_EQ(known.all()[0].name.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace pf::trust
