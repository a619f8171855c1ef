#include "core/crypto/spake2.h"

#include <sodium.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/crypto/sha256.h"

namespace pf::crypto {
namespace {

static_assert(crypto_core_ed25519_BYTES == 32 && crypto_core_ed25519_SCALARBYTES == 32);
static_assert(crypto_core_ed25519_NONREDUCEDSCALARBYTES == 64 &&
              crypto_auth_hmacsha256_BYTES == 32);

using Point = std::array<unsigned char, 32>;

// What the PIN is multiplied with, so that each side's message hides it: M for A, N for B.
constexpr Point kM{0x15, 0xcf, 0xd1, 0x8e, 0x38, 0x59, 0x52, 0x98, 0x2b, 0x6a, 0x8f,
                   0x8c, 0x78, 0x54, 0x96, 0x3b, 0x58, 0xe3, 0x43, 0x88, 0xc8, 0xe6,
                   0xda, 0xe8, 0x91, 0xdb, 0x75, 0x64, 0x81, 0xa0, 0x23, 0x12};
constexpr Point kN{0xf0, 0x4f, 0x2e, 0x7e, 0xb7, 0x34, 0xb2, 0xa8, 0xf8, 0xb4, 0x72,
                   0xea, 0xf9, 0xc3, 0xc6, 0x32, 0x57, 0x6a, 0xc6, 0x4a, 0xea, 0x65,
                   0x0b, 0x49, 0x6a, 0x8a, 0x20, 0xff, 0x00, 0xe5, 0x83, 0xc3};

constexpr std::string_view kPinLabel = "SPAKE2 pw";
constexpr std::size_t kPinBytes = 48;

const Point& blinding_of(PairingSide side) { return side == PairingSide::client ? kM : kN; }
std::byte side_byte(PairingSide side) {
  return side == PairingSide::client ? std::byte{'A'} : std::byte{'B'};
}
PairingSide other(PairingSide side) {
  return side == PairingSide::client ? PairingSide::host : PairingSide::client;
}

const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw_into(MutableBytes bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

void hmac(Bytes key, std::initializer_list<Bytes> parts, MutableBytes into) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, raw(key), key.size());
  for (const Bytes part : parts) crypto_auth_hmacsha256_update(&state, raw(part), part.size());
  crypto_auth_hmacsha256_final(&state, raw_into(into));
  sodium_memzero(&state, sizeof state);
}

// HKDF-SHA256 (RFC 5869) without a salt, 48 bytes of it, as a big-endian number modulo the group's
// order.
Secret<32> pin_scalar_of(std::string_view pin) {
  const std::array<std::byte, 32> no_salt{};
  Secret<32> extracted;
  hmac(no_salt, {as_bytes(pin)}, extracted.fill());
  Secret<64> expanded;
  const std::byte one{1}, two{2};
  const auto first = expanded.fill().first<32>(), second = expanded.fill().last<32>();
  hmac(extracted.reveal(), {as_bytes(kPinLabel), Bytes(&one, 1)}, first);
  hmac(extracted.reveal(), {first, as_bytes(kPinLabel), Bytes(&two, 1)}, second);
  Secret<64> number;  // little-endian, as the library has it
  std::reverse_copy(expanded.reveal().begin(), expanded.reveal().begin() + kPinBytes,
                    number.fill().begin());
  Secret<32> scalar;
  crypto_core_ed25519_scalar_reduce(raw_into(scalar.fill()), raw(number.reveal()));
  return scalar;
}

// Uniform: 512 random bits modulo a 253-bit order leave no bias worth a name.
Secret<32> draw_scalar(Rng& rng) {
  PF_CHECK(sodium_init() >= 0);  // the library asks for it; again and again is fine
  Secret<32> scalar;
  while (scalar.all_zero()) {  // as good as never twice
    Secret<64> random;
    rng.fill(random.fill());
    crypto_core_ed25519_scalar_reduce(raw_into(scalar.fill()), raw(random.reveal()));
  }
  return scalar;
}

// False: not a point of the group, or the neutral one comes out.
bool multiply(const Secret<32>& scalar, const unsigned char* point, Secret<32>& into) {
  return crypto_scalarmult_ed25519_noclamp(raw_into(into.fill()), raw(scalar.reveal()), point) == 0;
}

}  // namespace

Spake2::Spake2(PairingSide side, std::string_view pin, Bytes client_identity, Bytes host_identity,
               Rng& rng)
    : side_(side), scalar_(draw_scalar(rng)), pin_scalar_(pin_scalar_of(pin)) {
  const auto put_hash = [&](std::size_t offset, Bytes of) {
    const Sha256 hash = sha256(of);
    std::copy(hash.begin(), hash.end(), identities_.fill().begin() + static_cast<long>(offset));
  };
  put_hash(0, as_bytes(pin));
  put_hash(32, client_identity);
  put_hash(64, host_identity);

  Secret<32> own, blinding;
  PF_CHECK(crypto_scalarmult_ed25519_base_noclamp(raw_into(own.fill()), raw(scalar_.reveal())) ==
           0);
  PF_CHECK(multiply(pin_scalar_, blinding_of(side_).data(), blinding));
  message_[0] = side_byte(side_);
  PF_CHECK(crypto_core_ed25519_add(raw_into(MutableBytes(message_).subspan(1)), raw(own.reveal()),
                                   raw(blinding.reveal())) == 0);
}

std::optional<Secret<32>> Spake2::finish(Bytes message) const noexcept {
  const PairingSide peer = other(side_);
  if (message.size() != kMessageBytes || message[0] != side_byte(peer)) return std::nullopt;
  const Bytes point = message.subspan(1);
  if (crypto_core_ed25519_is_valid_point(raw(point)) != 1) return std::nullopt;

  Secret<32> blinding, unblinded, shared;
  PF_CHECK(multiply(pin_scalar_, blinding_of(peer).data(), blinding));
  if (crypto_core_ed25519_sub(raw_into(unblinded.fill()), raw(point), raw(blinding.reveal())) !=
      0) {
    return std::nullopt;
  }
  // Fails when the peer sent nothing but the blinding: no honest secret is zero. A stranger learns
  // from it whether his guess was right, but no more than from any other guess.
  if (!multiply(scalar_, raw(unblinded.reveal()), shared)) return std::nullopt;

  Secret<96 + 3 * 32> transcript;
  ByteWriter out(transcript.fill());
  out.put(identities_.reveal());
  const Bytes own = Bytes(message_).subspan(1);
  out.put(side_ == PairingSide::client ? own : point);
  out.put(side_ == PairingSide::client ? point : own);
  out.put(shared.reveal());
  Sha256 key = sha256(transcript.reveal());
  const Secret<32> result{std::span<const std::byte, 32>(key)};
  wipe(key);
  return result;
}

Confirmation confirmation(PairingSide side, const Secret<32>& key, const Fingerprint& client,
                          const Fingerprint& host) noexcept {
  const std::string_view label =
      side == PairingSide::client ? "punktfunk-pair-client" : "punktfunk-pair-host";
  Confirmation result;
  hmac(key.reveal(), {as_bytes(label), client, host}, result);
  return result;
}

bool same(const Confirmation& a, const Confirmation& b) noexcept {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pf::crypto
