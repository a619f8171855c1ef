#include "host/gamestream/server/host_certificate.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/crypto/identity.h"

namespace pf::gamestream {
namespace {

class CertificateOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-nvhttp-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/gamestream-identity.pem";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

TEST_F(CertificateOnDisk, IsMadeOnceForItsOwnerAlone) {
  const auto made = load_or_make_certificate(folder_);
  ASSERT_TRUE(made) << made.error().what;
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(made->signature.size(), 256u);
  const auto again = load_or_make_certificate(folder_);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->identity.certificate_der, made->identity.certificate_der);
}

TEST_F(CertificateOnDisk, IsNeverReplacedWhenDamaged) {
  ASSERT_TRUE(load_or_make_certificate(folder_));
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  const auto size = std::filesystem::file_size(path_);
  const auto damaged = load_or_make_certificate(folder_);
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().what.find("pair all Moonlight clients anew"), std::string::npos)
      << damaged.error().what;
  EXPECT_EQ(std::filesystem::file_size(path_), size);
}

TEST_F(CertificateOnDisk, IsNoIdentityOfTheNativeProtocol) {
  const auto native = crypto::make_identity(crypto::client_names());
  std::ofstream(path_) << native->certificate_pem << native->key_pem.reveal();
  chmod(path_.c_str(), 0600);
  const auto wrong = load_or_make_certificate(folder_);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().what.find("no RSA identity"), std::string::npos) << wrong.error().what;
  chmod(path_.c_str(), 0644);
  EXPECT_EQ(load_or_make_certificate(folder_).error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::gamestream
