#include "host/plan/admission.h"

#include <gtest/gtest.h>

namespace pf::plan {
namespace {

using Numbers = std::vector<unsigned>;

const std::vector<PresentSession> kTwoOthers{{.number = 3, .device_name = "tablet"},
                                             {.number = 7, .device_name = ""}};

TEST(Admission, TheFirstClientIsLetInWhateverTheRule) {
  for (const Conflict conflict :
       {Conflict::separate, Conflict::join, Conflict::steal, Conflict::reject}) {
    const auto admission = admit({.max_clients = 1, .conflict = conflict}, {});
    ASSERT_TRUE(admission);
    EXPECT_FALSE(admission->joins);
    EXPECT_TRUE(admission->stolen.empty());
  }
}

TEST(Admission, SeparateClientsComeUntilTheHostIsFull) {
  ASSERT_TRUE(admit({.max_clients = 3}, kTwoOthers));
  EXPECT_FALSE(admit({.max_clients = 3}, kTwoOthers)->joins);
  const auto full = admit({.max_clients = 2}, kTwoOthers);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::exhausted);
}

TEST(Admission, WhoJoinsSitsDownWithTheFirst) {
  EXPECT_EQ(admit({.conflict = Conflict::join}, kTwoOthers)->joins, 3u);
  EXPECT_FALSE(admit({.max_clients = 2, .conflict = Conflict::join}, kTwoOthers));
}

TEST(Admission, WhoStealsEndsAllOthers) {
  const auto admission = admit({.max_clients = 1, .conflict = Conflict::steal}, kTwoOthers);
  ASSERT_TRUE(admission);
  EXPECT_EQ(admission->stolen, (Numbers{3, 7}));
}

TEST(Admission, WhoIsRejectedLearnsWhoIsHere) {
  const auto admission = admit({.conflict = Conflict::reject}, kTwoOthers);
  ASSERT_FALSE(admission);
  EXPECT_EQ(admission.error().kind, ErrorKind::exhausted);
  EXPECT_NE(admission.error().what.find("\"tablet\""), std::string::npos);
}

TEST(Admission, ADeviceReplacesItsOwnDeadSessionWhateverTheRule) {
  const std::vector<PresentSession> zombie{{.number = 5, .same_device = true}};
  for (const Conflict conflict :
       {Conflict::separate, Conflict::join, Conflict::steal, Conflict::reject}) {
    const auto admission = admit({.max_clients = 1, .conflict = conflict}, zombie);
    ASSERT_TRUE(admission);
    EXPECT_EQ(admission->replaced, (Numbers{5}));
    EXPECT_TRUE(admission->stolen.empty());
    EXPECT_FALSE(admission->joins) << "its own dead session is nobody to join";
  }
}

TEST(Admission, ADeadSessionTakesNoPlaceFromItsOwnDevice) {
  std::vector<PresentSession> present = kTwoOthers;
  present.push_back({.number = 9, .same_device = true});
  EXPECT_TRUE(admit({.max_clients = 3}, present));
  EXPECT_FALSE(admit({.max_clients = 2}, present));
}

}  // namespace
}  // namespace pf::plan
