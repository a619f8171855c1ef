#include "host/access/access_store.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/runtime/files.h"

namespace pf::access {
namespace {

constexpr WireTime kNow{seconds(1'800'000'000)};

class AccessStoreTest : public ::testing::Test {
 protected:
  AccessStoreTest() { EXPECT_NE(mkdtemp(folder_), nullptr); }
  ~AccessStoreTest() override {
    ::unlink(file().c_str());
    ::rmdir(folder_);
  }
  std::string file() const { return std::string(folder_) + "/management.json"; }
  std::unique_ptr<AccessStore> open() { return *AccessStore::open(folder_, rng_); }

  char folder_[32] = "/tmp/pf-access-XXXXXX";
  SeededRng rng_{1};
};

TEST_F(AccessStoreTest, ATokenIsGoodUntilItExpiresOrIsRevoked) {
  auto store = open();
  const auto lasting = *store->create_token("backup", Scope::read, {}, kNow);
  const auto short_lived = *store->create_token("test", Scope::admin, kNow + seconds(60), kNow);
  EXPECT_NE(lasting.secret, short_lived.secret);
  EXPECT_EQ(store->check_token(lasting.secret, kNow)->scope, Scope::read);
  EXPECT_EQ(store->check_token(short_lived.secret, kNow)->scope, Scope::admin);
  EXPECT_FALSE(store->check_token(short_lived.secret, kNow + seconds(60)));
  EXPECT_FALSE(store->check_token("pf_" + std::string(64, '0'), kNow));
  EXPECT_EQ(store->revoke_token(lasting.token.id)->name, "backup");
  EXPECT_FALSE(store->check_token(lasting.secret, kNow));
  EXPECT_EQ(store->revoke_token(lasting.token.id).error().kind, ErrorKind::unavailable);
}

TEST_F(AccessStoreTest, RemembersWithoutKeepingASecret) {
  std::string token, password;
  {
    auto store = open();
    EXPECT_FALSE(store->has_password());
    EXPECT_FALSE(store->check_password(""));
    token = store->create_token("backup", Scope::control, kNow + seconds(60), kNow)->secret;
    password = *store->make_password();
  }
  const std::string text = *read_small_file(file());
  EXPECT_EQ(text.find(token), std::string::npos);
  EXPECT_EQ(text.find(password), std::string::npos);
  struct stat facts {};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);

  auto store = open();
  EXPECT_EQ(store->check_token(token, kNow)->expires_at, kNow + seconds(60));
  EXPECT_TRUE(store->check_password(password));
  EXPECT_FALSE(store->check_password(password + "x"));
}

TEST_F(AccessStoreTest, ANewPasswordEndsTheOldOne) {
  auto store = open();
  const std::string first = *store->make_password();
  const auto generation = store->password_generation();
  const std::string second = *store->make_password();
  EXPECT_NE(first, second);
  EXPECT_GT(store->password_generation(), generation);
  EXPECT_FALSE(store->check_password(first));
  EXPECT_TRUE(store->check_password(second));
}

TEST_F(AccessStoreTest, RefusesOneTokenTooManyAndOneWithoutAName) {
  auto store = open();
  for (std::size_t i = 0; i < kMaxTokens; ++i)
    ASSERT_TRUE(store->create_token("script", Scope::read, {}, kNow));
  EXPECT_EQ(store->create_token("script", Scope::read, {}, kNow).error().kind,
            ErrorKind::exhausted);
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string(65, 'x')})
    EXPECT_EQ(store->create_token(name, Scope::read, {}, kNow).error().kind, ErrorKind::malformed);
}

TEST_F(AccessStoreTest, ABrokenFileIsNeverOverwritten) {
  for (const char* broken :
       {"", "{", "{\"version\":2,\"password\":\"\",\"tokens\":[]}",
        "{\"version\":1,\"password\":\"\",\"tokens\":[{\"id\":\"1\"}]}",
        "{\"version\":1,\"password\":\"\",\"tokens\":[{\"id\":\"1\",\"name\":\"n\",\"scope\":"
        "\"read\","
        "\"made_at_s\":1,\"expires_at_s\":\"soon\",\"sha256\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"}]}"}) {
    ASSERT_TRUE(replace_file(file(), broken, FileMode::secret));
    const auto store = AccessStore::open(folder_, rng_);
    ASSERT_FALSE(store.has_value()) << broken;
    EXPECT_NE(store.error().what.find("management.json"), std::string::npos);
    EXPECT_EQ(*read_small_file(file()), broken);
  }
}

}  // namespace
}  // namespace pf::access
