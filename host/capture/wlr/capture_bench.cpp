// What both ways to capture punktfunk-desktop yield and cost, side by side: pictures per second of
// a client that draws as fast as it is let, how old what it drew is when composited, how long until
// it is in our hands, and CPU.
//
// A machine that does other things shows it here. Read the medians, of several runs.
#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/runtime/system_clock.h"
#include "desktop/testing/test_client.h"
#include "host/capture/desktop/backend.h"
#include "host/capture/wlr/backend.h"
#include "host/display/desktop/desktop_display.h"

namespace {

using namespace pf;
using display::CaptureWay;
using display::desktop::DesktopDisplay;

double quantile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

// User and system time of a process so far.
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

pid_t start_client(const std::string& socket, long drawing_us) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const SystemClock clock;
  const auto client = testing::TestClient::open(socket);
  if (client)
    client->animate(100'000'000, [&](int) {
      const LocalTime start = clock.now();
      usleep(static_cast<useconds_t>(drawing_us));
      return stamp(start);
    });
  _exit(0);
}

// Arguments: width, height, Hz, microseconds that the client takes besides painting.
void capture_pictures(benchmark::State& state, CaptureWay way) {
  const SystemClock clock;
  const DisplayMode mode{
      {static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1))},
      {static_cast<std::uint32_t>(state.range(2)), 1}};
  auto opened = DesktopDisplay::open({.mode = mode, .command = {}, .run_as = ""});
  if (!opened) return state.SkipWithError(opened.error().what.c_str());
  DesktopDisplay& display = **opened;
  const pid_t client = start_client(display.wlr_output().wayland_socket, state.range(3));
  auto target = display.capture_target(way);
  const auto backend =
      way == CaptureWay::best ? capture::desktop::backend() : capture::wlr::backend();
  auto source = backend.open(*std::move(target), clock);
  if (!source) return state.SkipWithError(source.error().what.c_str());
  Doorbell bell;
  for (int i = 0; i < 60; ++i) (void)(*source)->next(bell, seconds(1));  // until it has settled

  std::vector<double> drawn_ms, delivered_ms;
  const double desktop_before = cpu_seconds(display.process_id());
  const Nanos capture_before = thread_cpu_time();
  const LocalTime start = clock.now();
  for (auto iteration : state) {
    (void)iteration;
    auto frame = (*source)->next(bell, seconds(10));
    if (!frame || !*frame) return state.SkipWithError("no picture came");
    std::uint32_t colour = 0;
    std::memcpy(&colour, (*frame)->image.pixels, 4);
    drawn_ms.push_back(((stamp((*frame)->captured_at) - colour) % kColours) / 1e3);
    delivered_ms.push_back(ms((*frame)->delivered_at - (*frame)->captured_at));
  }
  const double took_s = ms(clock.now() - start) / 1e3;
  kill(client, SIGKILL);
  waitpid(client, nullptr, 0);
  state.counters["pictures/s"] = static_cast<double>(state.iterations()) / took_s;
  state.counters["drawn_p50_ms"] = quantile(drawn_ms, 0.5);
  state.counters["drawn_p95_ms"] = quantile(drawn_ms, 0.95);
  state.counters["deliver_p50_ms"] = quantile(delivered_ms, 0.5);
  state.counters["desktop_%"] = (cpu_seconds(display.process_id()) - desktop_before) / took_s * 100;
  state.counters["capture_%"] = ms(thread_cpu_time() - capture_before) / took_s / 10;
}

void shared(benchmark::State& state) { capture_pictures(state, CaptureWay::best); }
void copied(benchmark::State& state) { capture_pictures(state, CaptureWay::screencopy); }

BENCHMARK(shared)
    ->Args({1280, 720, 60, 0})
    ->Args({1280, 720, 60, 4'000})
    ->Args({1280, 720, 60, 25'000})
    ->Args({1280, 720, 120, 0})
    ->Args({1920, 1080, 60, 0})
    ->Iterations(300)
    ->UseRealTime();
BENCHMARK(copied)
    ->Args({1280, 720, 60, 0})
    ->Args({1920, 1080, 60, 0})
    ->Iterations(300)
    ->UseRealTime();

}  // namespace
