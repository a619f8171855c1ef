#include "host/blackbox/clip_file.h"

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/files.h"

namespace pf::blackbox {
namespace {

std::vector<std::byte> counted(std::size_t size, std::size_t from) {
  std::vector<std::byte> bytes(size);
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::byte>(from++ % 251); });
  return bytes;
}

// Pieces smaller and larger than what is written at once, and numbers put in wherever they lie.
TEST(ClipFile, IsWhatWasAppendedAndPatched) {
  std::string folder = "/tmp/pf-clip-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  auto file = ClipFile::create(folder + "/new", 8 << 20);
  ASSERT_TRUE(file) << file.error().what;
  std::vector<std::byte> expected;
  for (const std::size_t size : {100u, 700'000u, 400'000u, 1'100'000u, 5u, 1'048'576u, 300'000u}) {
    const auto piece = counted(size, expected.size());
    file->append(piece);
    expected.insert(expected.end(), piece.begin(), piece.end());
    EXPECT_EQ(file->size_bytes(), expected.size());
  }
  constexpr std::array<std::byte, 3> kNumber{std::byte{0xfd}, std::byte{0xfe}, std::byte{0xff}};
  for (const std::size_t at : {std::size_t{4}, std::size_t{700'098}, expected.size() - 3}) {
    file->patch(at, kNumber);
    std::copy(kNumber.begin(), kNumber.end(), expected.begin() + static_cast<std::ptrdiff_t>(at));
  }
  const std::string path = folder + "/clip";
  ASSERT_TRUE(file->finish_as(path));
  const auto text = read_file(path, 16 << 20);
  ASSERT_TRUE(text) << text.error().what;
  ASSERT_EQ(text->size(), expected.size());
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), text->begin(),
                         [](std::byte a, char b) { return a == static_cast<std::byte>(b); }));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pf::blackbox
