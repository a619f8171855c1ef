#include "host/discovery/machine_facts.h"

#include <gtest/gtest.h>

namespace pf::discovery {
namespace {

TEST(MachineFacts, TheSystemIsNamedFromTheGeneralToTheParticular) {
  EXPECT_EQ(os_chain("NAME=\"Debian\"\nID=debian\n"), "linux/debian");
  EXPECT_EQ(os_chain("ID=bazzite\nID_LIKE=\"fedora\"\n"), "linux/fedora/bazzite");
  EXPECT_EQ(os_chain("ID=linuxmint\nID_LIKE=\"ubuntu debian\""), "linux/ubuntu/linuxmint");
  EXPECT_EQ(os_chain("ID=fedora\nID_LIKE=fedora"), "linux/fedora");
  EXPECT_EQ(os_chain(""), "linux");
  EXPECT_EQ(os_chain("ID="), "linux");
}

TEST(MachineFacts, TheLoopbackInterfaceIsFoundByItsAddressAndTheOneOfAllIsNone) {
  EXPECT_NE(interface_of(Endpoint::loopback(1)), 0u);
  EXPECT_EQ(interface_of(Endpoint::any(1)), 0u);
}

}  // namespace
}  // namespace pf::discovery
