#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "host/app/terminal_qr.h"

namespace pf::app {
namespace {

// What was drawn, as modules again.
std::vector<std::string> modules_of(const std::string& text) {
  std::vector<std::string> rows;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    line = line.substr(line.find('m') + 1);
    line = line.substr(0, line.find('\x1b'));
    std::string upper, lower;
    for (std::size_t at = 0; at < line.size();) {
      const std::string_view rest = std::string_view(line).substr(at);
      const bool full = rest.starts_with("█");
      upper += full || rest.starts_with("▀") ? '#' : ' ';
      lower += full || rest.starts_with("▄") ? '#' : ' ';
      at += rest.starts_with(" ") ? 1 : 3;
    }
    rows.push_back(upper);
    rows.push_back(lower);
  }
  return rows;
}

TEST(TerminalQr, DrawsEachModuleWhereItBelongs) {
  const std::array<std::uint8_t, 9> square{1, 0, 1, 0, 1, 0, 0, 0, 1};
  const auto rows = modules_of(draw_modules(square, 3));
  ASSERT_EQ(rows.size(), 12u);  // 3 and the quiet zone, and half a line
  EXPECT_EQ(rows[3], std::string(11, ' '));
  EXPECT_EQ(rows[4], "    # #    ");
  EXPECT_EQ(rows[5], "     #     ");
  EXPECT_EQ(rows[6], "      #    ");
  EXPECT_EQ(rows[7], std::string(11, ' '));
}

TEST(TerminalQr, HasTheThreeCornersOfACode) {
  const auto rows = modules_of(terminal_qr("https://192.168.1.20:47990/"));
  ASSERT_GE(rows.size(), 4u + 21 + 4);
  const std::size_t width = rows[0].size() - 8;
  for (const auto& [x, y] :
       {std::pair<std::size_t, std::size_t>{4, 4}, {4 + width - 7, 4}, {4, 4 + width - 7}}) {
    EXPECT_EQ(rows[y].substr(x, 7), "#######");
    EXPECT_EQ(rows[y + 1].substr(x, 7), "#     #");
    EXPECT_EQ(rows[y + 3].substr(x, 7), "# ### #");
  }
}

TEST(TerminalQr, HasNoneForWhatNoCodeHolds) { EXPECT_EQ(terminal_qr(std::string(4000, 'x')), ""); }

}  // namespace
}  // namespace pf::app
