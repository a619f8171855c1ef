// The kernels for AVX-512 with GFNI.
#if defined(__x86_64__)  // an instruction set is a platform of its own

#include <immintrin.h>

#include "core/fec/vector_kernel.h"

namespace pf::fec {
namespace {

#include "core/fec/vector_avx512_gfni.h"
// After the vectors it is written in.
#include "core/fec/vector_passes.h"

}  // namespace

extern constinit const FecKernels gf16_avx512_gfni_kernels = gf16_kernels("avx512_gfni");
extern constinit const FecKernels gf8_avx512_gfni_kernels = gf8_kernels("avx512_gfni");

}  // namespace pf::fec

#endif
