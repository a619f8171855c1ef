// Measures punktfunk-desktop: how many pictures of a drawing client arrive, how old what was drawn is when it has been
// composited, and what that costs.
//
//   desktop-measure [WIDTH HEIGHT HZ DRAWING_MS SECONDS [shared|copied]]
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/runtime/system_clock.h"
#include "desktop/testing/test_client.h"
#include "host/capture/desktop/backend.h"
#include "host/capture/wlr/backend.h"
#include "host/display/desktop/desktop_display.h"

namespace {

using namespace pf;

struct Plan {
  std::uint32_t width = 1280, height = 720, hz = 60;
  double drawing_ms = 0;
  int seconds = 5;
  bool copied = false;
};

struct Seen {
  std::vector<double> drawn_ms, delivered_ms, between_ms;
  int pictures = 0;
};

void print(const char* name, std::vector<double>& values) {
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto at = [&values](double part) {
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
  };
  std::printf("  %-28s p1 %6.2f  p50 %6.2f  p95 %6.2f  p99 %6.2f  max %6.2f ms\n", name, at(0.01),
              at(0.5), at(0.95), at(0.99), values.back());
}

// User and system time of a process, in seconds.
double cpu_seconds(int pid) {
  std::FILE* file = std::fopen(("/proc/" + std::to_string(pid) + "/stat").c_str(), "r");
  if (file == nullptr) return 0;
  char text[1024] = {};
  const std::size_t got = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  unsigned long user = 0, system = 0;
  const char* rest = got > 0 ? std::strrchr(text, ')') : nullptr;
  if (rest != nullptr)
    std::sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double ms(Nanos time) { return static_cast<double>(time.count()) / 1e6; }

// The colour of each picture is the time its drawing began, in microseconds modulo 2^24.
constexpr std::uint32_t kColours = 1 << 24;
std::uint32_t stamp(LocalTime at) { return static_cast<std::uint32_t>(at.ns() / 1000) % kColours; }

[[noreturn]] void draw_for_ever(const std::string& socket, const Plan& plan) {
  const SystemClock clock;
  const auto client = testing::TestClient::open(socket);
  if (client)
    client->animate(100'000'000, [&](int) {
      const LocalTime start = clock.now();
      usleep(static_cast<useconds_t>(plan.drawing_ms * 1000));
      return stamp(start);
    });
  _exit(0);
}

void look(capture::VideoSource& source, const Clock& clock, int seconds_long, Seen& seen) {
  Doorbell bell;
  const LocalTime start = clock.now();
  LocalTime before{};
  while (clock.now() - start < seconds(seconds_long)) {
    auto frame = source.next(bell, milliseconds(100));
    if (!frame) break;
    if (!*frame) continue;
    std::uint32_t colour = 0;
    std::memcpy(&colour, (*frame)->image.pixels, 4);
    const LocalTime at = (*frame)->captured_at;
    seen.drawn_ms.push_back(((stamp(at) - colour) % kColours) / 1e3);
    seen.delivered_ms.push_back(ms((*frame)->delivered_at - at));
    if (seen.pictures++ > 0) seen.between_ms.push_back(ms(at - before));
    before = at;
  }
}

int measure(const Plan& plan) {
  const SystemClock clock;
  auto display = display::desktop::DesktopDisplay::open(
      {.mode = {{plan.width, plan.height}, {plan.hz, 1}}, .command = {}, .run_as = ""});
  if (!display) return std::fprintf(stderr, "%s\n", display.error().what.c_str()), 1;
  const pid_t client = fork();
  if (client == 0) draw_for_ever((*display)->wlr_output().wayland_socket, plan);
  auto source =
      plan.copied ? capture::wlr::backend().open((*display)->wlr_output(), clock)
                  : capture::desktop::backend().open(*(*display)->capture_target(), clock);
  if (!source) return std::fprintf(stderr, "%s\n", source.error().what.c_str()), 1;
  Seen warm_up, seen;
  look(**source, clock, 1, warm_up);
  const double desktop_before = cpu_seconds((*display)->process_id());
  const double client_before = cpu_seconds(client);
  const Nanos own_before = thread_cpu_time();
  const LocalTime start = clock.now();
  look(**source, clock, plan.seconds, seen);
  const double took = ms(clock.now() - start) / 1e3;
  std::printf("%ux%u@%u, drawing takes %.1f ms, pictures are %s: %.2f pictures/s\n", plan.width,
              plan.height, plan.hz, plan.drawing_ms, plan.copied ? "copied" : "shared",
              seen.pictures / took);
  print("drawing began -> composited", seen.drawn_ms);
  print("composited -> delivered", seen.delivered_ms);
  print("between two pictures", seen.between_ms);
  std::printf("  CPU of one core: desktop %.1f %%, client %.1f %%, capture %.1f %%\n",
              (cpu_seconds((*display)->process_id()) - desktop_before) / took * 100,
              (cpu_seconds(client) - client_before) / took * 100,
              ms(thread_cpu_time() - own_before) / took / 10);
  kill(client, SIGKILL);
  waitpid(client, nullptr, 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  if (argc > 3) {
    plan.width = static_cast<std::uint32_t>(std::atoi(argv[1]));
    plan.height = static_cast<std::uint32_t>(std::atoi(argv[2]));
    plan.hz = static_cast<std::uint32_t>(std::atoi(argv[3]));
  }
  if (argc > 4) plan.drawing_ms = std::atof(argv[4]);
  if (argc > 5) plan.seconds = std::atoi(argv[5]);
  if (argc > 6) plan.copied = std::strcmp(argv[6], "copied") == 0;
  return measure(plan);
}
