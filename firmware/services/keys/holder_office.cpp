#include "firmware/services/keys/holder_office.hpp"

#include <algorithm>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/card_text.hpp"
#include "firmware/services/keys/key_json.hpp"
#include "firmware/services/keys/text_search.hpp"

namespace genkan::services {

namespace {

using domain::Holder;
using domain::HolderId;
using domain::RecordKind;

bool matches(const Holder& holder, const HolderQuery& query) {
  if (query.key_group && holder.group != *query.key_group) return false;
  return contains(holder.name, query.text) || contains(holder.outside_id, query.text) ||
         contains(holder.mail, query.text) || holder.id.str() == query.text;
}

}  // namespace

json::object HolderOffice::to_json(const Holder& holder, Secrets secrets) const {
  json::object object;
  object["id"] = holder.id.str();
  object["outside_id"] = holder.outside_id;
  object["name"] = holder.name;
  object["key_group"] = holder.group.str();
  object["validity_group"] = nullptr;
  if (holder.validity) object["validity_group"] = holder.validity->str();
  object["card"] = card_json(holder.card, secrets);
  if (secrets == Secrets::shown) object["code"] = code_json(holder.code);
  object["enabled"] = holder.enabled;
  object["mail"] = holder.mail;
  object["made"] = format_time(holder.made);
  object["revision"] = holder.revision;
  const auto* group = desk_.book().find(holder.group);
  const auto doors = group == nullptr ? std::vector<DeviceId>() : group->devices;
  ExpectedKeys expected{domain::KeyOwner::holder,
                        holder.id.str(),
                        holder.code.has_value(),
                        holder.card.has_value(),
                        {}};
  if (holder.enabled && !doors.empty()) {
    expected.opens = domain::current_or_next(desk_.book().timing_of(holder),
                                             desk_.needs().zones.of(doors.front()),
                                             desk_.needs().holidays, desk_.now());
  }
  object["keys"] = keys_json(desk_, expected, doors);
  return object;
}

json::object HolderOffice::answer(const Holder& holder, const Told& told, Secrets secrets) const {
  json::object object = to_json(holder, secrets);
  object["told"] = json::array(told.begin(), told.end());
  return object;
}

Result<const Holder*> HolderOffice::find(const HolderId& id) const {
  const auto* found = desk_.book().find(id);
  if (found != nullptr) return found;
  return fail(ErrorCode::unknown, cat("there is no holder '", printable(id.str(), 48), "'"));
}

Result<json::object> HolderOffice::one(const domain::Caller& caller, const HolderId& id,
                                       Secrets secrets) const {
  if (auto may = desk_.may_see(caller, secrets); !may) return fail(may.error());
  const auto found = find(id);
  if (!found) return fail(found.error());
  return to_json(**found, secrets);
}

Result<json::object> HolderOffice::list(const domain::Caller& caller,
                                        const HolderQuery& query) const {
  constexpr std::size_t most_page = 200;
  if (auto may = desk_.may_see(caller, query.secrets); !may) return fail(may.error());
  if (query.page < 1 || query.page > 1'000'000 || query.page_size < 1 ||
      query.page_size > most_page) {
    return fail(ErrorCode::invalid, "'page' goes from 1 to 1000000, 'page_size' from 1 to 200");
  }
  std::vector<const Holder*> found;
  for (const auto& [id, holder] : desk_.book().holders()) {
    if (matches(holder, query)) found.push_back(&holder);
  }
  std::ranges::sort(found, [](const Holder* a, const Holder* b) {
    return std::tie(a->name, a->id) < std::tie(b->name, b->id);
  });
  json::array list;
  const std::size_t first = (query.page - 1) * query.page_size;
  for (std::size_t i = first; i < std::min(found.size(), first + query.page_size); ++i) {
    list.emplace_back(to_json(*found[i], query.secrets));
  }
  return json::object{{"holders", std::move(list)}, {"total", found.size()}, {"page", query.page}};
}

Result<> HolderOffice::give_code(HolderDraft& draft) const {
  if (draft.code.wish != Wish::given) return {};
  Holder& holder = draft.holder;
  const auto* group = desk_.book().find(holder.group);
  const auto doors = group == nullptr ? std::vector<DeviceId>() : group->devices;
  const CodesInUse in_use(desk_, doors, std::nullopt, holder.id.str());
  const auto taken = [&in_use](const domain::Code& code) { return in_use.has(code); };
  auto code = domain::code_from_pattern(draft.code.pattern, desk_.needs().random, taken);
  if (!code) return fail(code.error().in("code"));
  holder.code = std::move(*code);
  if (draft.code.fixed() && in_use.has(*holder.code)) {
    const std::string owner = in_use.owner_of(*holder.code);
    draft.told.push_back(cat("the code is in use", owner.empty() ? "" : cat(" by '", owner, "'"),
                             " on the same doors: one of the two is not set at a time"));
  }
  return {};
}

boost::asio::awaitable<Result<json::object>> HolderOffice::create(domain::Caller caller,
                                                                  json::object request,
                                                                  Secrets secrets) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk_.may_see(caller, secrets); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  if (desk_.book().holders().size() >= most_holders) {
    co_return fail(ErrorCode::conflict, cat("there are ", most_holders,
                                            " holders already; delete some that are not needed"));
  }
  auto draft = draft_holder(request, desk_, nullptr);
  if (!draft) co_return fail(draft.error());
  draft->holder.id = new_holder_id(desk_);
  draft->holder.made = desk_.now();
  if (auto given = give_code(*draft); !given) co_return fail(given.error());
  ports::Change change;
  change.records.push_back(holder_record(desk_, caller, RecordKind::holder_made, draft->holder));
  change.keys.holders.push_back(draft->holder);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return answer(draft->holder, draft->told, secrets);
}

boost::asio::awaitable<Result<json::object>> HolderOffice::change(domain::Caller caller,
                                                                  HolderId id, json::object request,
                                                                  Secrets secrets) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  if (auto may = desk_.may_see(caller, secrets); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto found = find(id);
  if (!found) co_return fail(found.error());
  const Holder before = **found;
  auto draft = draft_holder(request, desk_, &before);
  if (!draft) co_return fail(draft.error());
  if (auto given = give_code(*draft); !given) co_return fail(given.error());
  auto changes = changes_between(desk_.book(), before, draft->holder);
  if (changes.empty()) co_return answer(before, draft->told, secrets);
  draft->holder.revision = before.revision + 1;
  ports::Change change;
  auto record = holder_record(desk_, caller, RecordKind::holder_changed, draft->holder);
  record.body["changed"] = changes.take();
  change.records.push_back(std::move(record));
  change.keys.holders.push_back(draft->holder);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return answer(draft->holder, draft->told, secrets);
}

boost::asio::awaitable<Result<json::object>> HolderOffice::remove(domain::Caller caller,
                                                                  HolderId id) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto found = find(id);
  if (!found) co_return fail(found.error());
  ports::Change change;
  change.records.push_back(holder_record(desk_, caller, RecordKind::holder_removed, **found));
  change.keys.holders_removed.push_back(id);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return json::object{{"removed", id.str()}};
}

}  // namespace genkan::services
