// OpenSSL's AES-128-GCM through EVP, under the contract of README.md.
#include <openssl/evp.h>

#include "tools/bench-peers/workload.h"

namespace pf::bench_peers {
namespace {

void run(const Shape& shape, double milliseconds) {
  if (shape.op != "seal") return;
  constexpr unsigned kAadBytes = 8, kTagBytes = 16;
  const std::size_t stride = kAadBytes + std::size_t{shape.bytes} + kTagBytes;
  std::vector<unsigned char> memory(shape.k * stride);
  const unsigned char key[16] = {};
  unsigned char nonce[12] = {};
  std::uint64_t number = 0;
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  bool sealed = context && EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nullptr, key, nonce) == 1;
  const double ns = time_ns(milliseconds, [&] {
    for (unsigned i = 0; i < shape.k; ++i) {
      unsigned char* const packet = memory.data() + i * stride;
      unsigned char* const body = packet + kAadBytes;
      int written = 0;
      ++number;
      std::memcpy(nonce + 4, &number, 8);
      std::memcpy(packet, &number, 8);
      sealed =
          sealed && EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce) == 1 &&
          EVP_EncryptUpdate(context, nullptr, &written, packet, kAadBytes) == 1 &&
          EVP_EncryptUpdate(context, body, &written, body, static_cast<int>(shape.bytes)) == 1 &&
          EVP_EncryptFinal_ex(context, body + shape.bytes, &written) == 1 &&
          EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, body + shape.bytes) == 1;
    }
  });
  EVP_CIPHER_CTX_free(context);
  if (!sealed) std::abort();
  report("openssl", shape, ns, 0);
}

}  // namespace
}  // namespace pf::bench_peers

int main(int argc, char** argv) {
  return pf::bench_peers::for_each_shape(argc, argv, pf::bench_peers::run);
}
