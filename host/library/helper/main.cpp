// punktfunk-library: reads the libraries of launchers for punktfunk-host, which starts it for each
// look and kills it when it takes too long. By hand:
//
//   echo '{"scan": "steam", "places": {"home": "/home/me", "data_home": "/home/me/.local/share"}}'
//   |
//     punktfunk-library
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "host/library/helper/grant_wish.h"

namespace {

// The configuration's applications with everything at its longest.
constexpr std::size_t kMaxWishBytes = 4 << 20;

// It is not to disturb what is streamed, nor to go on for ever should its host be gone. The host's
// own patience is shorter.
void be_modest() {
  constexpr unsigned kMostSeconds = 60, kMostCpuSeconds = 20;
  setpriority(PRIO_PROCESS, 0, 15);
  const rlimit cpu{kMostCpuSeconds, kMostCpuSeconds}, no_core{0, 0};
  setrlimit(RLIMIT_CPU, &cpu);
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(kMostSeconds);
}

std::string read_all() {
  std::string text;
  std::array<char, 16 * 1024> part;
  while (text.size() <= kMaxWishBytes) {
    const ssize_t count = read(STDIN_FILENO, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

bool write_all(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

int main() {
  be_modest();
  return write_all(pf::library::grant(read_all())) ? 0 : 1;
}
