#include "firmware/store/secrets.hpp"

#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/domain/keys/key_hash.hpp"
#include "tests/unit/store/key_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;
using domain::KeyOwner;
using domain::KeyRef;

namespace {

Secrets secrets_in(const TemporaryFolder& folder) {
  auto loaded = Secrets::load(folder.key_file());
  REQUIRE(loaded.has_value());
  REQUIRE(loaded->ensure_saved(WallTime{}).has_value());
  return *std::move(loaded);
}

// Digits as binary-coded decimals, four bits each, and as the bytes of a number.
std::vector<std::string> spellings(std::string_view code) {
  std::string packed;
  for (std::size_t i = 0; i + 1 < code.size(); i += 2) {
    packed += static_cast<char>((code[i] - '0') << 4 | (code[i + 1] - '0'));
  }
  std::vector<std::string> all{std::string(code)};
  if (packed.size() > 2) all.push_back(packed);
  return all;
}

std::vector<std::string> spellings_of_card(std::string_view number) {
  const auto number_of_card = card(number).number;
  const auto bytes = number_of_card.bytes();
  const std::string raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {std::string(number), hex(bytes), raw};
}

}  // namespace

TEST_CASE("KEY-24: a code or card that is sealed opens, and seals otherwise each time") {
  TemporaryFolder folder;
  const Secrets secrets = secrets_in(folder);
  const KeyRef whose{KeyOwner::reservation, "r-1", false};
  std::set<Bytes> seen;
  for (const std::string_view digits : {"1234", "90210", "123456", "0000000", "48151623"}) {
    const auto sealed = secrets.seal(whose, code(digits));
    CHECK(sealed.key == secrets.sealing_id());
    CHECK(sealed.bytes.size() == nonce_size + 16 + tag_size);  // the length tells nothing
    CHECK(seen.insert(sealed.bytes).second);
    CHECK(seen.insert(secrets.seal(whose, code(digits)).bytes).second);
    CHECK(secrets.open_code(whose, sealed) == code(digits));
  }
  const KeyRef its_card{KeyOwner::reservation, "r-1", true};
  for (const std::string_view number :
       {"01020304", "04A1B2C3D4E5F6", "0112233445566778", "00112233445566778899"}) {
    const auto sealed = secrets.seal(its_card, card(number).number);
    CHECK(sealed.bytes.size() == nonce_size + 16 + tag_size);
    CHECK(secrets.open_card(its_card, sealed) == card(number).number);
  }
}

TEST_CASE("KEY-24: what is sealed opens for its owner alone, and not if a bit is changed") {
  TemporaryFolder folder;
  const Secrets secrets = secrets_in(folder);
  const KeyRef whose{KeyOwner::reservation, "r-1", false};
  const auto sealed = secrets.seal(whose, code(code_of_guest));
  for (const auto& other :
       {KeyRef{KeyOwner::reservation, "r-2", false}, KeyRef{KeyOwner::reservation, "r-1", true},
        KeyRef{KeyOwner::holder, "r-1", false}, KeyRef{KeyOwner::room, "r-1", false},
        KeyRef{KeyOwner::reservation, "r-", false}, KeyRef{KeyOwner::reservation, "", false}}) {
    CHECK(secrets.open_code(other, sealed).error().code() == ErrorCode::corrupt);
  }
  for (std::size_t i = 0; i < sealed.bytes.size(); ++i) {
    auto changed = sealed;
    changed.bytes[i] ^= 0x10;
    CHECK(secrets.open_code(whose, changed).error().code() == ErrorCode::corrupt);
    changed.bytes.resize(i);
    CHECK(secrets.open_code(whose, changed).error().code() == ErrorCode::corrupt);
  }
  auto renamed = sealed;
  renamed.key = "00000000";
  CHECK(secrets.open_code(whose, renamed).error().code() == ErrorCode::unknown);
  TemporaryFolder other_folder;
  CHECK(secrets_in(other_folder).open_code(whose, sealed).error().code() == ErrorCode::unknown);
}

TEST_CASE("KEY-24: each purpose has a key of its own, the same at every start") {
  TemporaryFolder folder;
  const GatewayKeys keys = secrets_in(folder).keys();
  CHECK(secrets_in(folder).keys().hashing == keys.hashing);
  CHECK(secrets_in(folder).keys().token == keys.token);
  CHECK(secrets_in(folder).keys().link == keys.link);
  CHECK_FALSE(keys.hashing == keys.token);
  CHECK_FALSE(keys.hashing == keys.link);
  CHECK_FALSE(keys.token == keys.link);
  CHECK_FALSE(keys.receive == keys.sealed);
  const std::string file = read_text(folder.key_file());
  for (const auto& key : {keys.hashing, keys.token, keys.link, keys.receive, keys.sealed}) {
    CHECK(file.find(hex(key.bytes())) == std::string::npos);
  }
  const domain::KeyHasher hasher(keys.hashing.bytes());
  CHECK(hasher.of(code("1234")) == domain::KeyHasher(keys.hashing.bytes()).of(code("1234")));
}

TEST_CASE("KEY-24: no code or card number stands in clear in any file of the store") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  ports::KeyChange more;
  more.reservations = {reservation("r-1", code_of_guest)};
  REQUIRE(bench.commit(with(more)).has_value());
  REQUIRE(bench.rotate_key().has_value());
  std::vector<std::string> secret;
  for (const auto digits : {code_of_guest, code_of_room}) {
    for (auto& text : spellings(digits)) secret.push_back(std::move(text));
  }
  for (const auto number : {card_of_guest, card_of_holder}) {
    for (auto& text : spellings_of_card(number)) secret.push_back(std::move(text));
  }
  const auto look = [&] {
    std::size_t looked_at = 0;
    for (const auto& file : folder.files("")) {
      CAPTURE(file);
      const std::string bytes = read_text(file);
      looked_at += bytes.size();
      for (const auto& text : secret) CHECK(bytes.find(text) == std::string::npos);
    }
    return looked_at;
  };
  CHECK(std::filesystem::file_size(folder.database().string() + "-wal") > 1'000);
  CHECK(look() > 10'000);
  // The search finds what is there: the names of card and guest.
  CHECK(read_text(folder.database().string() + "-wal").find("blue") != std::string::npos);
  bench.close();
  CHECK(read_text(folder.database()).find("Guest") != std::string::npos);
  CHECK(look() > 10'000);
}

TEST_CASE("KEY-24: a sealed value moved to another row or column does not open") {
  struct Move {
    const char* what;
    const char* sql;
    std::size_t unreadable;
  };
  const Move moves[] = {
      {"to another reservation",
       "INSERT INTO secrets SELECT owner, 'r-2', part, name, key, sealed FROM secrets "
       "WHERE id = 'r-1' AND part = 'code'; UPDATE reservations SET kind = 'code'",
       1},
      {"to a holder", "UPDATE secrets SET owner = 'holder', id = 'h-2' WHERE id = 'r-1'", 2},
      {"codes exchanged",
       "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE id = 'r-1' AND part = "
       "'code') "
       "WHERE owner = 'room'",
       1},
      {"a card as a code",
       "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE id = 'r-1' AND part = "
       "'card') "
       "WHERE id = 'r-1' AND part = 'code'",
       1},
  };
  for (const auto& move : moves) {
    CAPTURE(move.what);
    TemporaryFolder folder;
    StoreBench bench(folder.database());
    REQUIRE(bench.commit(with(all_keys())).has_value());
    bench.close();
    run_sql(folder.database(), move.sql);
    REQUIRE(bench.reopen().has_value());
    const auto& keys = bench.store->memory().keys;
    CHECK(keys.unreadable_secrets == move.unreadable);
    CHECK(keys.unreadable.size() == move.unreadable);
    CHECK_FALSE(keys.reservations[1].code.has_value());
    CHECK_FALSE(keys.holders[1].code.has_value());
    CHECK_FALSE(keys.holders[1].card.has_value());
    CHECK(keys.reservations[0].code != code(card_of_guest.substr(0, 8)));
    CHECK(bench.store->memory().set_aside == "");
  }
}
