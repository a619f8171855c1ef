#include "host/config/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "host/config/config_file.h"
#include "host/config/reference.h"

namespace pf::config {
namespace {

TEST(Settings, HaveUniqueKeysInSectionsThatStandTogether) {
  std::set<std::string_view> keys, finished_sections;
  std::string_view section;
  for (const Setting& setting : settings()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    const std::string_view own = setting.key.substr(0, setting.key.find('.'));
    if (own != section) {
      EXPECT_TRUE(finished_sections.insert(own).second) << own << " is torn apart";
      section = own;
    }
    EXPECT_EQ(setting.sentence.back(), '.') << setting.key;
  }
}

TEST(Settings, AcceptTheirOwnDefaults) {
  const HostConfig defaults;
  for (const Setting& setting : settings()) {
    HostConfig config;
    if (const auto* whole = std::get_if<WholeNumber>(&setting.type)) {
      EXPECT_TRUE(assign(config, setting, whole->get(defaults))) << setting.key;
    } else if (const auto* text = std::get_if<Text>(&setting.type)) {
      EXPECT_TRUE(assign(config, setting, std::string(text->at(config)))) << setting.key;
    } else if (const auto* choice = std::get_if<Choice>(&setting.type)) {
      EXPECT_TRUE(assign(config, setting, std::string(choice->at(config)))) << setting.key;
    }
  }
}

TEST(Settings, TakeBothEndsOfTheirRangeAndNothingBeyond) {
  for (const Setting& setting : settings()) {
    const auto* whole = std::get_if<WholeNumber>(&setting.type);
    if (whole == nullptr) continue;
    HostConfig config;
    ASSERT_TRUE(assign(config, setting, whole->least)) << setting.key;
    EXPECT_EQ(whole->get(config), whole->least);
    ASSERT_TRUE(assign(config, setting, whole->most)) << setting.key;
    EXPECT_EQ(whole->get(config), whole->most);
    EXPECT_FALSE(assign(config, setting, whole->least - 1)) << setting.key;
    EXPECT_FALSE(assign(config, setting, whole->most + 1)) << setting.key;
    EXPECT_EQ(whole->get(config), whole->most) << "a refused value leaves the old one";
  }
}

TEST(Settings, AreDescribedByTheReferencePage) {
  std::ifstream file(PF_DOCS "/settings.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  if (page != describe()) std::ofstream(PF_BIN_DIR "/settings.md") << describe();
  EXPECT_EQ(page, describe()) << "copy " PF_BIN_DIR "/settings.md to docs/settings.md";
}

}  // namespace
}  // namespace pf::config
