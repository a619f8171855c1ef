#include "desktop/allocator.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wlr/render/drm_format_set.h>

#include "desktop/say.h"

/* Rows start on cache lines, which suits the SIMD kernels that convert them. */
#define STRIDE_ALIGN_BYTES 64u

static void buffer_destroy(struct wlr_buffer* base) {
  struct pf_buffer* buffer = pf_buffer_from(base);
  munmap(buffer->pixels, buffer->size_bytes);
  close(buffer->memfd);
  free(buffer);
}

static bool buffer_get_shm(struct wlr_buffer* base, struct wlr_shm_attributes* attributes) {
  const struct pf_buffer* buffer = pf_buffer_from(base);
  *attributes = (struct wlr_shm_attributes){.fd = buffer->memfd,
                                            .format = buffer->format,
                                            .width = base->width,
                                            .height = base->height,
                                            .stride = (int)buffer->stride_bytes};
  return true;
}

static bool buffer_begin_access(struct wlr_buffer* base, uint32_t flags, void** data,
                                uint32_t* format, size_t* stride) {
  const struct pf_buffer* buffer = pf_buffer_from(base);
  *data = buffer->pixels;
  *format = buffer->format;
  *stride = buffer->stride_bytes;
  return true;
}

static void buffer_end_access(struct wlr_buffer* base) {}

static const struct wlr_buffer_impl buffer_impl = {
    .destroy = buffer_destroy,
    .get_shm = buffer_get_shm,
    .begin_data_ptr_access = buffer_begin_access,
    .end_data_ptr_access = buffer_end_access,
};

struct pf_buffer* pf_buffer_from(struct wlr_buffer* buffer) {
  return buffer->impl == &buffer_impl ? wl_container_of(buffer, (struct pf_buffer*)NULL, base)
                                      : NULL;
}

/* Size, mapping and seals of a fresh memfd; on failure nothing is left mapped. */
static bool give_memory(struct pf_buffer* buffer) {
  if (ftruncate(buffer->memfd, (off_t)buffer->size_bytes) != 0) return false;
  buffer->pixels =
      mmap(NULL, buffer->size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->memfd, 0);
  if (buffer->pixels == MAP_FAILED) return false;
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (fcntl(buffer->memfd, F_ADD_SEALS, seals) == 0) return true;
  munmap(buffer->pixels, buffer->size_bytes);
  return false;
}

static struct wlr_buffer* create_buffer(struct wlr_allocator* allocator, int width, int height,
                                        const struct wlr_drm_format* format) {
  static uint32_t last_number;
  if (format->format != DRM_FORMAT_XRGB8888 && format->format != DRM_FORMAT_ARGB8888) return NULL;
  struct pf_buffer* buffer = calloc(1, sizeof *buffer);
  if (buffer == NULL) return NULL;
  buffer->format = format->format;
  buffer->stride_bytes = ((uint32_t)width * 4 + STRIDE_ALIGN_BYTES - 1) & ~(STRIDE_ALIGN_BYTES - 1);
  buffer->size_bytes = (uint64_t)buffer->stride_bytes * (uint32_t)height;
  buffer->memfd = memfd_create("punktfunk-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (buffer->memfd < 0 || !give_memory(buffer)) {
    pf_say("no memory for a picture of %d x %d: %s", width, height, strerror(errno));
    if (buffer->memfd >= 0) close(buffer->memfd);
    free(buffer);
    return NULL;
  }
  buffer->number = ++last_number;
  wlr_buffer_init(&buffer->base, &buffer_impl, width, height);
  return &buffer->base;
}

static void destroy_allocator(struct wlr_allocator* allocator) { free(allocator); }

static const struct wlr_allocator_interface allocator_impl = {
    .create_buffer = create_buffer,
    .destroy = destroy_allocator,
};

struct wlr_allocator* pf_allocator_create(void) {
  struct wlr_allocator* allocator = calloc(1, sizeof *allocator);
  if (allocator != NULL)
    wlr_allocator_init(allocator, &allocator_impl, WLR_BUFFER_CAP_DATA_PTR | WLR_BUFFER_CAP_SHM);
  return allocator;
}
