// What a request makes of a holder, and what a change of one is called in the journal.
#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/holder_office.hpp"
#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

namespace {

using domain::Holder;

constexpr std::array<std::string_view, 8> known_keys{
    "name", "key_group", "validity_group", "code", "card", "enabled", "mail", "outside_id"};

void read_groups(const JsonFields& fields, const domain::KeyBook& book, Holder& holder) {
  if (holder.group.empty() || fields.has("key_group")) {
    const domain::KeyGroupId id(fields.needed_text("key_group", "the id of a key group"));
    if (!id.empty() && book.find(id) == nullptr) {
      fields.fault("key_group", cat("there is no key group '", printable(id.str(), 48),
                                    "'; give the id of one that there is"));
    }
    holder.group = id;
  }
  if (fields.is_null("validity_group")) holder.validity.reset();
  if (const auto text = fields.text("validity_group")) {
    holder.validity = domain::ValidityGroupId(*text);
    if (book.find(*holder.validity) == nullptr) {
      fields.fault("validity_group",
                   cat("there is no validity group '", printable(*text, 48),
                       "'; give the id of one that there is, or null for always"));
    }
  }
}

void tell_doors(const KeyDesk& desk, const Holder& holder, Told& told) {
  const auto* group = desk.book().find(holder.group);
  if (group == nullptr) return;
  std::vector<DeviceId> without;
  std::ranges::copy_if(group->devices, std::back_inserter(without), [&](const DeviceId& door) {
    return (holder.code && !desk.keeps_codes(door)) || (holder.card && !desk.keeps_cards(door));
  });
  if (without.empty()) return;
  told.push_back(cat("at ", names_of(desk.inventory(), without),
                     " the key counts only where the gateway sees it: there is no memory for it"));
}

}  // namespace

Result<HolderDraft> draft_holder(const json::object& request, const KeyDesk& desk,
                                 const Holder* before) {
  Faults faults;
  const JsonFields fields(request, "", known_keys, faults);
  HolderDraft draft;
  if (before != nullptr) draft.holder = *before;
  Holder& holder = draft.holder;
  if (const auto outside = fields.text("outside_id"); outside && *outside != holder.outside_id) {
    fields.fault("outside_id", "is given by an import only; leave it out");
  }
  if (before == nullptr || fields.has("name")) {
    holder.name = fields.needed_text("name", "the holder's name", 1024);
  }
  if (!faults.any()) {
    const auto wrong = domain::reservation_name_fault(holder.name, domain::Origin::here);
    if (!wrong.empty()) fields.fault("name", wrong);
  }
  read_groups(fields, desk.book(), holder);
  const auto card = read_card_wish(fields, "card", holder.card);
  draft.code = read_code_wish(fields, "code");
  holder.enabled = fields.flag("enabled").value_or(holder.enabled);
  if (fields.is_null("mail")) holder.mail.clear();
  if (const auto mail = fields.text("mail")) holder.mail = *mail;
  const auto wrong_mail = mail_fault(holder.mail);
  if (!wrong_mail.empty()) fields.fault("mail", wrong_mail);
  if (faults.any()) return fail(faults.result().error());
  holder.card = card_after(card, holder.card);
  if (draft.code.wish == Wish::none) holder.code.reset();
  const bool code = holder.code || draft.code.wish == Wish::given;
  // One whose code cannot be read any more has none here, and keeps it as long as nobody says else.
  const bool said = before == nullptr || draft.code.wish == Wish::none || card.wish == Wish::none;
  if (said && !code && !holder.card) {
    return fail(ErrorCode::invalid, "code: is missing, and there is no card; give one of them");
  }
  tell_doors(desk, holder, draft.told);
  return draft;
}

FieldChanges changes_between(const domain::KeyBook& book, const Holder& before, const Holder& now) {
  const auto group = [&book](const Holder& holder) {
    const auto* found = book.find(holder.group);
    return found == nullptr ? holder.group.str() : found->name;
  };
  const auto validity = [&book](const Holder& holder) {
    if (!holder.validity) return std::string("always");
    const auto* found = book.find(*holder.validity);
    return found == nullptr ? holder.validity->str() : found->name;
  };
  FieldChanges changes;
  changes.field("name", before.name, now.name);
  if (before.group != now.group) changes.field("key_group", group(before), group(now));
  if (before.validity != now.validity) {
    changes.field("validity_group", validity(before), validity(now));
  }
  changes.secret("code", before.code != now.code);
  changes.secret("card", before.card != now.card);
  changes.field("enabled", json::value(before.enabled), json::value(now.enabled));
  changes.field("mail", before.mail, now.mail);
  return changes;
}

domain::RecordDraft holder_record(const KeyDesk& desk, const domain::Caller& caller,
                                  domain::RecordKind kind, const Holder& holder) {
  return desk.record(caller, kind, {{"holder", holder.id.str()}, {"name", holder.name}});
}

domain::HolderId new_holder_id(const KeyDesk& desk, const std::set<domain::HolderId>& given) {
  return domain::HolderId(desk.new_id("h", [&desk, &given](const std::string& text) {
    const domain::HolderId id(text);
    return desk.book().find(id) != nullptr || given.contains(id);
  }));
}

}  // namespace genkan::services
