// The document of a transfer, as it is read: strictly, each record for itself.
#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "firmware/services/transfer/transfer.hpp"
#include "firmware/services/transfer/transfer_fields.hpp"
#include "firmware/services/transfer/transfer_words.hpp"

namespace genkan::services {

namespace {

using domain::KeyOwner;
using domain::KeyRef;
using Words = std::span<const std::string_view>;

constexpr std::size_t most_text = 1024;
constexpr std::size_t most_sealed = 128;  // 16 bytes, nonce and tag, in base64url

class Reader {
 public:
  Reader(const json::object& document, const TransferBox& box, const domain::KeyHasher& hasher,
         Problems& problems)
      : document_(document), box_(box), hasher_(hasher), problems_(problems) {}

  ports::KeyMemory read() {
    read_groups();
    read_holders();
    read_reservations();
    read_visitors();
    read_slots();
    return std::move(keys_);
  }

 private:
  // Calls `take` with each entry of the list; what is wrong with one is one problem.
  void each(std::string_view key, Words known, const std::function<void(const JsonFields&)>& take) {
    const auto* list = document_.at(key).if_array();
    if (list == nullptr) return problems_.add(std::string(key), 0, "must be a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string place = cat(key, "[", i, "]");
      const auto* object = list->at(i).if_object();
      if (object == nullptr) {
        problems_.add(place, 0, "must be an object");
        continue;
      }
      Faults faults;
      const JsonFields fields(*object, "", known, faults);
      take(fields);
      if (faults.any()) problems_.add(place, 0, faults.result().error().message());
    }
  }

  std::optional<domain::Code> read_code(const JsonFields& fields, const KeyRef& whose) {
    const auto sealed = fields.text("code", most_sealed);
    if (!sealed) return std::nullopt;
    auto code = box_.open_code(whose, *sealed);
    if (!code) {
      fields.fault("code", code.error().message());
      return std::nullopt;
    }
    hashes_.emplace(whose, hasher_.of(*code));
    return std::move(*code);
  }

  std::optional<domain::Card> read_card(const JsonFields& record, KeyRef whose) {
    static constexpr std::array<std::string_view, 2> known{"name", "number"};
    const json::object* object = record.object("card");
    if (object == nullptr) return std::nullopt;
    const JsonFields fields(*object, "card", known, record.faults());
    const std::string name = fields.text("name", most_text).value_or("card");
    whose.card = true;
    const auto number = box_.open_card(whose, fields.needed_text("number", "it", most_sealed));
    if (!number) {
      fields.fault("number", number.error().message());
      return std::nullopt;
    }
    hashes_.emplace(whose, hasher_.of(*number));
    return domain::Card{*number, name};
  }

  void read_groups() {
    static constexpr std::array<std::string_view, 3> known{"id", "name", "devices"};
    static constexpr std::array<std::string_view, 3> known_validity{"id", "name", "timing"};
    each("key_groups", known,
         [this](const JsonFields& fields) { keys_.key_groups.push_back(key_group(fields)); });
    each("validity_groups", known_validity, [this](const JsonFields& fields) {
      keys_.validity_groups.push_back({read_id<domain::ValidityGroupId>(fields, "id"),
                                       fields.needed_text("name", "a name", most_text),
                                       read_timing(fields)});
    });
  }

  static domain::KeyGroup key_group(const JsonFields& fields) {
    domain::KeyGroup group{read_id<domain::KeyGroupId>(fields, "id"),
                           fields.needed_text("name", "a name", most_text),
                           {}};
    for (auto& id : fields.texts("devices", 4096).value_or(std::vector<std::string>())) {
      group.devices.emplace_back(std::move(id));
    }
    return group;
  }

  void read_holders() {
    static constexpr std::array<std::string_view, 11> known{
        "id",   "outside_id", "name",           "key_group", "enabled", "mail",
        "made", "revision",   "validity_group", "code",      "card"};
    each("holders", known,
         [this](const JsonFields& fields) { keys_.holders.push_back(holder(fields)); });
  }

  domain::Holder holder(const JsonFields& fields) {
    domain::Holder holder;
    holder.id = read_id<domain::HolderId>(fields, "id");
    holder.outside_id = fields.text("outside_id", most_text).value_or("");
    holder.name = fields.needed_text("name", "a name", most_text);
    holder.group = read_id<domain::KeyGroupId>(fields, "key_group");
    if (fields.has("validity_group")) {
      holder.validity = read_id<domain::ValidityGroupId>(fields, "validity_group");
    }
    const KeyRef whose{KeyOwner::holder, holder.id.str(), false};
    holder.code = read_code(fields, whose);
    holder.card = read_card(fields, whose);
    holder.enabled = fields.flag("enabled").value_or(true);
    holder.mail = fields.text("mail").value_or("");
    holder.made = read_time(fields, "made");
    holder.revision = read_revision(fields);
    return holder;
  }

  void read_reservations() {
    static constexpr std::array<std::string_view, 12> known{
        "id",   "name",   "device", "key_group", "timing", "kind",
        "mail", "origin", "made",   "revision",  "code",   "card"};
    each("reservations", known,
         [this](const JsonFields& fields) { keys_.reservations.push_back(reservation(fields)); });
  }

  domain::Reservation reservation(const JsonFields& fields) {
    domain::Reservation reservation;
    reservation.id = read_id<domain::ReservationId>(fields, "id");
    reservation.name = fields.needed_text("name", "a name", most_text);
    if (fields.has("key_group")) {
      reservation.target = read_id<domain::KeyGroupId>(fields, "key_group");
    } else {
      reservation.target = read_id<DeviceId>(fields, "device");
    }
    reservation.timing = read_timing(fields);
    const auto kind = domain::key_kind_named(fields.needed_text("kind", "the kind of key"));
    const auto origin = domain::origin_named(fields.text("origin").value_or("here"));
    if (!kind) fields.fault("kind", "is no kind of key");
    if (!origin) fields.fault("origin", "must be here, calendar or booking");
    reservation.kind = kind.value_or(domain::KeyKind::link);
    reservation.origin = origin.value_or(domain::Origin::here);
    const KeyRef whose{KeyOwner::reservation, reservation.id.str(), false};
    reservation.code = read_code(fields, whose);
    reservation.card = read_card(fields, whose);
    reservation.mail = fields.texts("mail", 10).value_or(std::vector<std::string>());
    reservation.made = read_time(fields, "made");
    reservation.revision = read_revision(fields);
    return reservation;
  }

  void read_visitors() {
    static constexpr std::array<std::string_view, 11> known{"id",      "name",  "id_number", "room",
                                                            "once",    "daily", "weekly",    "used",
                                                            "revoked", "made",  "serial"};
    static constexpr std::array<std::string_view, 2> known_code{"room", "code"};
    each("temporary_keys", known, [this](const JsonFields& fields) {
      keys_.temporary_keys.push_back(temporary_key(fields));
    });
    each("room_codes", known_code, [this](const JsonFields& fields) {
      const auto room = read_id<RoomId>(fields, "room");
      const auto code = read_code(fields, {KeyOwner::room, room.str(), false});
      if (!code) return fields.fault("code", "is missing");
      if (!keys_.room_codes.emplace(room, *code).second) {
        fields.fault("room", "is there twice; name each room once");
      }
    });
  }

  static domain::TemporaryKey temporary_key(const JsonFields& fields) {
    domain::TemporaryKey key;
    key.id = read_id<domain::TemporaryKeyId>(fields, "id");
    key.name = fields.needed_text("name", "the visitor's name", most_text);
    key.id_number = fields.text("id_number").value_or("");
    key.room = read_id<RoomId>(fields, "room");
    if (const auto rule = read_rule(fields)) key.rule = *rule;
    key.used = static_cast<std::uint16_t>(fields.integer("used", 0, UINT16_MAX).value_or(0));
    key.revoked = fields.flag("revoked").value_or(false);
    key.made = read_time(fields, "made");
    const auto text = fields.needed_text("serial", "its number");
    const auto serial = parse_integer<std::uint64_t>(text, 1, UINT64_MAX);
    if (!serial) fields.fault("serial", "must be a whole number above 0 in quotes");
    key.serial = serial.value_or(0);
    return key;
  }

  void read_slots() {
    static constexpr std::array<std::string_view, 9> known{
        "device", "area", "slot", "owner", "id", "card", "state", "since", "schedule"};
    static constexpr std::array<std::string_view, 2> known_since{"device", "since"};
    each("slot_notes", known, [this](const JsonFields& fields) {
      const auto device = read_id<DeviceId>(fields, "device");
      const domain::SlotNote note = read_note(fields);
      auto& notes = keys_.slot_notes[device];
      const auto same = std::ranges::find(notes, note.address, &domain::SlotNote::address);
      if (same != notes.end()) return fields.fault("slot", "is there twice; name each slot once");
      if (!hashes_.contains(note.key)) keys_.stale_hashes.emplace(device, note.address);
      notes.push_back(note);
    });
    each("coupled_since", known_since, [this](const JsonFields& fields) {
      keys_.coupled_since[read_id<DeviceId>(fields, "device")] = read_time(fields, "since");
    });
  }

  domain::SlotNote read_note(const JsonFields& fields) const {
    static constexpr std::array<std::string_view, 3> owners{"reservation", "holder", "room"};
    static constexpr std::array kinds{KeyOwner::reservation, KeyOwner::holder, KeyOwner::room};
    domain::SlotNote note;
    note.address.area = static_cast<std::uint8_t>(fields.integer("area", 0, 255).value_or(0));
    note.address.number = static_cast<std::uint16_t>(fields.integer("slot", 1, 65'535).value_or(1));
    note.key.owner = kinds[fields.word("owner", owners).value_or(0)];
    note.key.id = fields.needed_text("id", "whose key it is");
    note.key.card = fields.flag("card").value_or(false);
    const auto state = domain::note_state_named(fields.needed_text("state", "its state"));
    if (!state) fields.fault("state", "must be writing, written or removing");
    note.state = state.value_or(domain::NoteState::written);
    note.since = read_time(fields, "since");
    note.schedule = read_schedule(fields);
    if (const auto hash = hashes_.find(note.key); hash != hashes_.end()) note.hash = hash->second;
    return note;
  }

  const json::object& document_;
  const TransferBox& box_;
  const domain::KeyHasher& hasher_;
  Problems& problems_;
  std::map<KeyRef, domain::KeyHash> hashes_;
  ports::KeyMemory keys_;
};

}  // namespace

std::optional<Transfer> read_transfer(const json::object& document, AgreementSecret receive,
                                      const domain::KeyHasher& hasher, Problems& problems) {
  static constexpr std::array<std::string_view, 16> known{
      "format",     "gateway",       "made",           "for",
      "sealed_key", "site",          "key_groups",     "validity_groups",
      "holders",    "reservations",  "temporary_keys", "room_codes",
      "slot_notes", "coupled_since", "holiday_table",  "signature"};
  constexpr std::size_t most_site = std::size_t{1024} * 1024;
  constexpr std::size_t most_table = std::size_t{64} * 1024;
  const auto refuse = [&problems](std::string message) {
    problems.add("", 0, std::move(message));
    return std::nullopt;
  };
  const auto* format = document.if_contains("format");
  if (format == nullptr || *format != json::value(transfer_format)) {
    return refuse(cat("this is no file of keys: its 'format' must be \"", transfer_format, "\""));
  }
  for (const auto key : known) {
    if (!document.contains(key))
      return refuse(cat("'", key, "' is missing; the file is not whole"));
  }
  Faults faults;
  const JsonFields fields(document, "", known, faults);
  const std::string ours = receiver_text(public_key_of(receive));
  const std::string theirs = fields.needed_text("for", "the receiver");
  if (theirs != ours) {
    return refuse(cat("the file was made for another gateway, whose receiver is ",
                      printable(theirs), "; this one's is ", ours));
  }
  const auto box = TransferBox::open(receive, fields.needed_text("sealed_key", "it", 512));
  if (!box) return refuse(box.error().message());
  if (!box->is_signature(fields.needed_text("signature", "it", 128), signed_text(document))) {
    return refuse("the file was changed or damaged since it was made; have it made again");
  }
  Transfer transfer;
  transfer.gateway = fields.needed_text("gateway", "who made it");
  transfer.made = read_time(fields, "made");
  transfer.site = fields.needed_text("site", "the site file", most_site);
  if (faults.any()) return refuse(faults.result().error().message());
  transfer.keys = Reader(document, *box, hasher, problems).read();
  transfer.keys.holiday_table = fields.text("holiday_table", most_table).value_or("");
  if (faults.any()) problems.add("", 0, faults.result().error().message());
  if (!problems.empty()) return std::nullopt;
  return transfer;
}

}  // namespace genkan::services
