#include "firmware/base/text.hpp"
#include "firmware/store/key_tables_parts.hpp"
#include "firmware/store/key_text.hpp"

namespace genkan::store {

namespace {

using domain::KeyOwner;
using domain::Reservation;

Result<> save_reservation(Statement& put, const Reservation& reservation) {
  const auto* device = std::get_if<DeviceId>(&reservation.target);
  const auto* group = std::get_if<domain::KeyGroupId>(&reservation.target);
  const std::string timing = text_of(reservation.timing);
  const std::string mail = text_of(reservation.mail);
  return put.bind(1, reservation.id.str())
      .bind(2, reservation.name)
      .bind_optional(3, device != nullptr ? std::string_view(device->str()) : std::string_view())
      .bind_optional(4, group != nullptr ? std::string_view(group->str()) : std::string_view())
      .bind(5, timing)
      .bind(6, domain::name_of(reservation.kind))
      .bind(7, mail)
      .bind(8, domain::name_of(reservation.origin))
      .bind(9, milliseconds(reservation.made))
      .bind(10, std::int64_t{reservation.revision})
      .run();
}

Result<> save_secrets_of(SecretWriter& writer, const Reservation& reservation) {
  const std::string& id = reservation.id.str();
  const bool may_have_code =
      domain::has_code(reservation.kind) || reservation.kind == domain::KeyKind::software_code;
  if (!may_have_code) {
    if (auto removed = writer.remove({KeyOwner::reservation, id, false}); !removed) return removed;
  }
  return save_secrets(writer, KeyOwner::reservation, id, reservation.code, reservation.card);
}

Reservation reservation_from(RowReader& row) {
  Reservation reservation;
  reservation.id = domain::ReservationId(row.text(0));
  reservation.name = row.text(1);
  if (row.is_null(2)) {
    reservation.target = domain::KeyGroupId(row.text(3));
  } else {
    reservation.target = DeviceId(row.text(2));
  }
  reservation.timing = row.named<domain::Timing>(4, timing_from);
  reservation.kind = row.named<domain::KeyKind>(5, domain::key_kind_named);
  reservation.mail = row.named<std::vector<std::string>>(6, list_from);
  reservation.origin = row.named<domain::Origin>(7, domain::origin_named);
  reservation.made = row.time(8);
  reservation.revision = row.integer<std::uint32_t>(9);
  return reservation;
}

}  // namespace

Result<> apply_reservations(const Connection& connection, SecretWriter& writer,
                            const ports::KeyChange& change) {
  if (auto removed = remove_each(connection, "DELETE FROM reservations WHERE id = ?1",
                                 change.reservations_removed);
      !removed) {
    return removed;
  }
  for (const auto& id : change.reservations_removed) {
    if (auto removed = remove_secrets(writer, KeyOwner::reservation, id.str()); !removed) {
      return removed;
    }
  }
  if (change.reservations.empty()) return {};
  auto put = connection.prepare(
      "INSERT OR REPLACE INTO reservations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  if (!put) return fail(put.error());
  for (const auto& reservation : change.reservations) {
    auto saved = save_reservation(*put, reservation);
    if (saved) saved = save_secrets_of(writer, reservation);
    if (!saved) return fail(saved.error().in(reservation.id.str()));
  }
  return {};
}

void load_reservations(const Connection& connection, const OpenedSecrets& opened,
                       ports::KeyMemory& memory, std::optional<Error>& fault) {
  keep_rows(
      connection, "reservations",
      "SELECT id, name, device, key_group, timing, kind, mail, origin, made, revision "
      "FROM reservations ORDER BY id",
      fault, [](RowReader& row, const Statement&) { return reservation_from(row); },
      [&opened, &memory](Reservation reservation) {
        take_secrets(opened, KeyOwner::reservation, reservation.id.str(), reservation.code,
                     reservation.card);
        memory.reservations.push_back(std::move(reservation));
      });
}

}  // namespace genkan::store
