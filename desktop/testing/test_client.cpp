#include "desktop/testing/test_client.h"

#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "xdg-shell-client-protocol.h"

namespace pf::testing {

// What a desktop leaves to us when it asks for no size.
constexpr SizePx kOwnSize{320, 240};

struct TestClient::Impl {
  struct Buffer {
    wl_buffer* handle = nullptr;
    std::uint32_t* pixels = nullptr;
    bool busy = false;
  };

  ~Impl();
  bool connect(const std::string& socket);
  bool fit();  // makes buffers of the asked size
  void drop_buffers();
  Buffer* free_buffer();
  bool commit(const RectPx& damage);
  void fill(const RectPx& rect, std::uint32_t rgb);

  wl_display* display = nullptr;
  wl_registry* registry = nullptr;
  wl_compositor* compositor = nullptr;
  wl_shm* shm = nullptr;
  xdg_wm_base* shell = nullptr;
  wl_surface* surface = nullptr;
  xdg_surface* role = nullptr;
  xdg_toplevel* window = nullptr;
  SizePx asked = kOwnSize, size;
  bool configured = false, frame_done = true;
  std::array<Buffer, 3> buffers;
  void* memory = nullptr;
  std::size_t memory_bytes = 0;
  std::vector<std::uint32_t> picture;
};

namespace {

using Impl = TestClient::Impl;

constexpr xdg_wm_base_listener kShellListener{
    .ping = [](void*, xdg_wm_base* shell, std::uint32_t serial) {
      xdg_wm_base_pong(shell, serial);
    }};

constexpr wl_registry_listener kRegistryListener{
    .global =
        [](void* data, wl_registry* registry, std::uint32_t name, const char* interface,
           std::uint32_t) {
          auto* impl = static_cast<Impl*>(data);
          const auto bind = [&](const wl_interface& wanted, std::uint32_t version) {
            return wl_registry_bind(registry, name, &wanted, version);
          };
          if (std::strcmp(interface, "wl_compositor") == 0)
            impl->compositor = static_cast<wl_compositor*>(bind(wl_compositor_interface, 4));
          if (std::strcmp(interface, "wl_shm") == 0)
            impl->shm = static_cast<wl_shm*>(bind(wl_shm_interface, 1));
          if (std::strcmp(interface, "xdg_wm_base") == 0)
            impl->shell = static_cast<xdg_wm_base*>(bind(xdg_wm_base_interface, 1));
        },
    .global_remove = [](void*, wl_registry*, std::uint32_t) {}};

constexpr xdg_surface_listener kRoleListener{
    .configure = [](void* data, xdg_surface* role, std::uint32_t serial) {
      static_cast<Impl*>(data)->configured = true;
      xdg_surface_ack_configure(role, serial);
    }};

constexpr xdg_toplevel_listener kWindowListener{
    .configure =
        [](void* data, xdg_toplevel*, std::int32_t width, std::int32_t height, wl_array*) {
          if (width <= 0 || height <= 0) return;
          static_cast<Impl*>(data)->asked = {static_cast<std::uint32_t>(width),
                                             static_cast<std::uint32_t>(height)};
        },
    .close = [](void*, xdg_toplevel*) {}};

constexpr wl_buffer_listener kBufferListener{
    .release = [](void* data, wl_buffer*) { static_cast<Impl::Buffer*>(data)->busy = false; }};

constexpr wl_callback_listener kFrameListener{
    .done = [](void* data, wl_callback* callback, std::uint32_t) {
      static_cast<Impl*>(data)->frame_done = true;
      wl_callback_destroy(callback);
    }};

}  // namespace

TestClient::Impl::~Impl() {
  drop_buffers();
  if (window != nullptr) xdg_toplevel_destroy(window);
  if (role != nullptr) xdg_surface_destroy(role);
  if (surface != nullptr) wl_surface_destroy(surface);
  if (shell != nullptr) xdg_wm_base_destroy(shell);
  if (shm != nullptr) wl_shm_destroy(shm);
  if (compositor != nullptr) wl_compositor_destroy(compositor);
  if (registry != nullptr) wl_registry_destroy(registry);
  if (display != nullptr) wl_display_disconnect(display);
}

bool TestClient::Impl::connect(const std::string& socket) {
  display = wl_display_connect(socket.c_str());
  if (display == nullptr) return false;
  registry = wl_display_get_registry(display);
  wl_registry_add_listener(registry, &kRegistryListener, this);
  wl_display_roundtrip(display);
  if (compositor == nullptr || shm == nullptr || shell == nullptr) return false;
  xdg_wm_base_add_listener(shell, &kShellListener, this);
  surface = wl_compositor_create_surface(compositor);
  role = xdg_wm_base_get_xdg_surface(shell, surface);
  xdg_surface_add_listener(role, &kRoleListener, this);
  window = xdg_surface_get_toplevel(role);
  xdg_toplevel_add_listener(window, &kWindowListener, this);
  wl_surface_commit(surface);
  while (!configured)
    if (wl_display_dispatch(display) < 0) return false;
  return fit();
}

void TestClient::Impl::drop_buffers() {
  for (Buffer& buffer : buffers)
    if (buffer.handle != nullptr) wl_buffer_destroy(buffer.handle);
  buffers = {};
  if (memory != nullptr) munmap(memory, memory_bytes);
  memory = nullptr;
}

bool TestClient::Impl::fit() {
  if (asked == size) return true;
  drop_buffers();
  size = asked;
  const std::size_t one_bytes = std::size_t{size.width} * size.height * 4;
  memory_bytes = one_bytes * buffers.size();
  const int fd = memfd_create("test-client", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(memory_bytes)) != 0) return false;
  memory = mmap(nullptr, memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  wl_shm_pool* pool = wl_shm_create_pool(shm, fd, static_cast<std::int32_t>(memory_bytes));
  close(fd);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    buffers[i].pixels = static_cast<std::uint32_t*>(memory) + one_bytes / 4 * i;
    buffers[i].handle = wl_shm_pool_create_buffer(
        pool, static_cast<std::int32_t>(one_bytes * i), static_cast<std::int32_t>(size.width),
        static_cast<std::int32_t>(size.height), static_cast<std::int32_t>(size.width * 4),
        WL_SHM_FORMAT_XRGB8888);
    wl_buffer_add_listener(buffers[i].handle, &kBufferListener, &buffers[i]);
  }
  wl_shm_pool_destroy(pool);
  picture.assign(one_bytes / 4, 0);
  return true;
}

TestClient::Impl::Buffer* TestClient::Impl::free_buffer() {
  while (true) {
    for (Buffer& buffer : buffers)
      if (!buffer.busy) return &buffer;
    if (wl_display_dispatch(display) < 0) return nullptr;
  }
}

void TestClient::Impl::fill(const RectPx& rect, std::uint32_t rgb) {
  for (std::uint32_t y = rect.y; y < std::min(rect.y + rect.height, size.height); ++y)
    std::fill_n(picture.begin() + std::size_t{y} * size.width + rect.x, rect.width, rgb);
}

bool TestClient::Impl::commit(const RectPx& damage) {
  Buffer* buffer = free_buffer();
  if (buffer == nullptr) return false;
  buffer->busy = true;
  std::copy(picture.begin(), picture.end(), buffer->pixels);
  wl_surface_attach(surface, buffer->handle, 0, 0);
  wl_surface_damage_buffer(
      surface, static_cast<std::int32_t>(damage.x), static_cast<std::int32_t>(damage.y),
      static_cast<std::int32_t>(damage.width), static_cast<std::int32_t>(damage.height));
  wl_surface_commit(surface);
  return wl_display_flush(display) >= 0;
}

TestClient::TestClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TestClient::~TestClient() = default;

std::unique_ptr<TestClient> TestClient::open(const std::string& wayland_socket) {
  auto impl = std::make_unique<Impl>();
  if (!impl->connect(wayland_socket)) return nullptr;
  return std::unique_ptr<TestClient>(new TestClient(std::move(impl)));
}

SizePx TestClient::size_px() const { return impl_->size; }

bool TestClient::paint(const RectPx& rect, std::uint32_t rgb) {
  impl_->fill(rect, rgb);
  return impl_->commit(rect) && wl_display_roundtrip(impl_->display) >= 0;
}

bool TestClient::paint_all(std::uint32_t rgb) {
  return paint({0, 0, impl_->size.width, impl_->size.height}, rgb);
}

bool TestClient::animate(int count, const std::function<std::uint32_t(int)>& rgb_of) {
  const RectPx all{0, 0, impl_->size.width, impl_->size.height};
  for (int i = 0; i < count; ++i) {
    impl_->fill(all, rgb_of(i));
    impl_->frame_done = false;
    wl_callback_add_listener(wl_surface_frame(impl_->surface), &kFrameListener, impl_.get());
    if (!impl_->commit(all)) return false;
    while (!impl_->frame_done)
      if (wl_display_dispatch(impl_->display) < 0) return false;
  }
  return true;
}

bool TestClient::settle() { return wl_display_roundtrip(impl_->display) >= 0 && impl_->fit(); }

}  // namespace pf::testing
