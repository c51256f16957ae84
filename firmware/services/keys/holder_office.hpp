#pragma once

#include <set>

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/codes_in_use.hpp"
#include "firmware/services/keys/field_changes.hpp"
#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/secret_input.hpp"
#include "firmware/services/keys/time_input.hpp"

namespace genkan::services {

// What a request makes of a holder, before a code is drawn.
struct HolderDraft {
  domain::Holder holder;
  CodeWish code;
  Told told;
};
// Reads {"name","key_group","validity_group","code","card","enabled","mail"} (RES-50); what is left
// out stays as it was in `before`. The error is the first mistake.
Result<HolderDraft> draft_holder(const json::object& request, const KeyDesk& desk,
                                 const domain::Holder* before);

// What differs, for the journal.
FieldChanges changes_between(const domain::KeyBook& book, const domain::Holder& before,
                             const domain::Holder& now);
// A record about a holder: {"holder","name"}.
domain::RecordDraft holder_record(const KeyDesk& desk, const domain::Caller& caller,
                                  domain::RecordKind kind, const domain::Holder& holder);
// `given`: those that are given and not yet in the book.
domain::HolderId new_holder_id(const KeyDesk& desk, const std::set<domain::HolderId>& given = {});

struct HolderQuery {
  std::string text;  // in name, outside id or mail; ASCII in either case
  std::optional<domain::KeyGroupId> key_group;
  std::size_t page = 1;
  std::size_t page_size = 50;  // 1 to 200
  Secrets secrets = Secrets::hidden;
};

// Holders of office keys (RES-50, RES-51), as people make and change them by hand. Errors as the
// reservation office's. Loop thread.
class HolderOffice {
 public:
  static constexpr std::size_t most_holders = 20'000;

  explicit HolderOffice(KeyDesk& desk) : desk_(desk) {}

  // {"id","outside_id","name","key_group","validity_group"|null,"enabled","mail","card":{"name"}|
  //  null,"made","revision","keys":[K…]}; with secrets "code" and the card's "number" too.
  json::object to_json(const domain::Holder& holder, Secrets secrets) const;
  Result<json::object> one(const domain::Caller& caller, const domain::HolderId& id,
                           Secrets secrets) const;
  // {"holders":[…],"total","page"} by name.
  Result<json::object> list(const domain::Caller& caller, const HolderQuery& query) const;

  // The holder with "told".
  boost::asio::awaitable<Result<json::object>> create(domain::Caller caller, json::object request,
                                                      Secrets secrets);
  boost::asio::awaitable<Result<json::object>> change(domain::Caller caller, domain::HolderId id,
                                                      json::object request, Secrets secrets);
  boost::asio::awaitable<Result<json::object>> remove(domain::Caller caller, domain::HolderId id);

 private:
  Result<const domain::Holder*> find(const domain::HolderId& id) const;
  Result<> give_code(HolderDraft& draft) const;
  json::object answer(const domain::Holder& holder, const Told& told, Secrets secrets) const;

  KeyDesk& desk_;
};

}  // namespace genkan::services
