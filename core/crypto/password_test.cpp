#include "core/crypto/password.h"

#include <gtest/gtest.h>

namespace pf::crypto {
namespace {

TEST(Password, IsKnownAgainAndNothingElseIs) {
  const std::string hash = *hash_password("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$")) << hash;
  EXPECT_EQ(hash.find("horse"), std::string::npos);
  EXPECT_TRUE(verify_password(hash, "correct horse"));
  EXPECT_FALSE(verify_password(hash, "correct hors"));
  EXPECT_NE(*hash_password("correct horse"), hash) << "every hash has its own salt";
}

TEST(Password, NonsenseIsNoHash) {
  for (const char* hash : {"", "secret", "$argon2id$v=19$m=99999999,t=2,p=1$YQ$YQ"})
    EXPECT_FALSE(verify_password(hash, "secret")) << hash;
  EXPECT_FALSE(hash_password(std::string(kMaxPasswordBytes + 1, 'x')).has_value());
}

}  // namespace
}  // namespace pf::crypto
