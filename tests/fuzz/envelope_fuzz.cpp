// What comes from the cloud before anybody is believed: envelopes, claims, keys, certificates,
// enrolment files. Any text is either taken or told of; what is taken holds together.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "firmware/base/certificate.hpp"
#include "firmware/base/jwe.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/domain/cloud/claim.hpp"
#include "firmware/domain/cloud/envelope.hpp"

namespace {

void require(bool so) {
  if (!so) std::abort();
}

void envelope(std::string_view text) {
  if (const auto jws = genkan::jws_read(text)) {
    require(genkan::is_kid(jws->kid) && text.starts_with(jws->signing_input));
  }
  if (const auto claims = genkan::domain::read_envelope(text)) {
    require(genkan::domain::is_jti(claims->jti) && claims->expires > claims->issued);
    require(claims->sub.size() <= 64 && claims->request.path.starts_with("/v1/"));
  }
}

// Whoever may write on the broker gets this far only with a signature; its signer may be mistaken.
void sealed(std::string_view text) {
  // Bob's of RFC 7518, appendix C: the seed's.
  static const auto receiver = genkan::P256Key::from_pem(
      "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIFRJg2aQ11yvKfDdAp3bMbPduKup0tUVxQEkZegX1KncoAoGCCqGSM49\n"
      "AwEHoUQDQgAEweNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF/PxMR7yWcI74CV\n"
      "K1P40lVf5yuEHtBFiGKLHTeKWUk5UA7JyQ==\n"
      "-----END EC PRIVATE KEY-----\n");
  require(receiver.has_value());
  if (const auto plain = genkan::jwe_open(*receiver, text)) require(plain->size() < text.size());
  genkan::domain::Envelope envelope;
  envelope.jti = "c-51c08f27ab6e93d4";
  envelope.aud = "gw-1";
  envelope.request.sealed = "";
  if (genkan::domain::take_sealed(envelope, text, "cloud-1")) {
    require(envelope.request.body.has_value() != envelope.request.text.has_value());
  }
}

void enrolment(std::string_view text) {
  const auto value = genkan::parse_unambiguous_json(text, genkan::max_jws);
  if (!value || !value->is_object()) return;
  static_cast<void>(genkan::domain::trust_key_from_json(value->get_object()));
  static_cast<void>(genkan::P256Public::from_jwk(value->get_object()));
  const auto file = genkan::domain::read_enrolment(value->get_object());
  if (file) require(file->command_keys.size() <= genkan::domain::most_trust_keys);
}

void certificates(std::string_view text) {
  static_cast<void>(genkan::read_csr(text));
  const auto list = genkan::read_certificates(text);
  if (list)
    require(!list->empty() && list->size() <= 4 &&
            list->front().not_after() > genkan::WallTime::min());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  envelope(text);
  sealed(text);
  enrolment(text);
  certificates(text);
  return 0;
}
