#include "firmware/base/cipher.hpp"

#include <cstddef>
#include <cstdlib>

#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>

#include "firmware/base/random.hpp"

// Forgets to say that it is C (2.28).
extern "C" {
#include <mbedtls/constant_time.h>
}

namespace genkan {

namespace {

// What can only fail by a mistake of ours or for want of memory, and must not go on then.
void require(int result) {
  if (result != 0) std::abort();
}

class Gcm {
 public:
  explicit Gcm(CipherKey key) {
    mbedtls_gcm_init(&context_);
    require(mbedtls_gcm_setkey(&context_, MBEDTLS_CIPHER_ID_AES, key.data(), 256));
  }
  ~Gcm() { mbedtls_gcm_free(&context_); }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;
  mbedtls_gcm_context* get() { return &context_; }

 private:
  mbedtls_gcm_context context_{};
};

class Hmac {
 public:
  explicit Hmac(ByteView key) {
    mbedtls_md_init(&context_);
    require(mbedtls_md_setup(&context_, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1));
    require(mbedtls_md_hmac_starts(&context_, key.data(), key.size()));
  }
  ~Hmac() { mbedtls_md_free(&context_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  void add(ByteView part) { require(mbedtls_md_hmac_update(&context_, part.data(), part.size())); }
  Digest finish() {
    Digest digest{};
    require(mbedtls_md_hmac_finish(&context_, digest.data()));
    return digest;
  }

 private:
  mbedtls_md_context_t context_{};
};

}  // namespace

Bytes seal(CipherKey key, ByteView plain, ByteView associated) {
  Bytes sealed(nonce_size + plain.size() + tag_size);
  const std::span nonce(sealed.data(), nonce_size);
  fill_random(nonce);
  Gcm gcm(key);
  require(mbedtls_gcm_crypt_and_tag(gcm.get(), MBEDTLS_GCM_ENCRYPT, plain.size(), nonce.data(),
                                    nonce.size(), associated.data(), associated.size(),
                                    plain.data(), sealed.data() + nonce_size, tag_size,
                                    sealed.data() + nonce_size + plain.size()));
  return sealed;
}

Result<Bytes> unseal(CipherKey key, ByteView sealed, ByteView associated) {
  if (sealed.size() < nonce_size + tag_size) {
    return fail(ErrorCode::corrupt, "the sealed data is cut short");
  }
  const auto nonce = sealed.first(nonce_size);
  const auto tag = sealed.last(tag_size);
  const auto hidden = sealed.subspan(nonce_size, sealed.size() - nonce_size - tag_size);
  Bytes plain(hidden.size());
  Gcm gcm(key);
  if (mbedtls_gcm_auth_decrypt(gcm.get(), hidden.size(), nonce.data(), nonce.size(),
                               associated.data(), associated.size(), tag.data(), tag.size(),
                               hidden.data(), plain.data()) != 0) {
    return fail(ErrorCode::corrupt,
                "the sealed data does not open: the key is another one, or the data was changed");
  }
  return plain;
}

Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
  Hmac hmac(key);
  for (const auto part : parts) hmac.add(part);
  return hmac.finish();
}

void hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::span<std::uint8_t> out) {
  require(mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt.data(), salt.size(),
                       secret.data(), secret.size(), info.data(), info.size(), out.data(),
                       out.size()));
}

bool equal_in_constant_time(ByteView one, ByteView other) {
  return one.size() == other.size() && mbedtls_ct_memcmp(one.data(), other.data(), one.size()) == 0;
}

void wipe(std::span<std::uint8_t> secret) {
  if (!secret.empty()) mbedtls_platform_zeroize(secret.data(), secret.size());
}

}  // namespace genkan
