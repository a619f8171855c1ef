// Runs a fuzz target over its committed corpus, and over every truncation of each small file,
// without libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  constexpr std::size_t kTruncateBelowBytes = 512;
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::fprintf(stderr, "no corpus at %s\n", argv[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
      for (std::size_t size = bytes.size() < kTruncateBelowBytes ? 0 : bytes.size();
           size <= bytes.size(); ++size) {
        // A copy of exactly this size, so that the address sanitizer sees one byte too far.
        const std::vector<std::uint8_t> exact(data, data + size);
        LLVMFuzzerTestOneInput(exact.data(), exact.size());
      }
      ++files;
    }
  }
  std::printf("%d corpus files replayed\n", files);
  return files > 0 ? 0 : 1;
}
