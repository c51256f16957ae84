#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/services/keys/field_changes.hpp"
#include "firmware/services/keys/key_desk.hpp"
#include "firmware/services/keys/time_input.hpp"

namespace genkan::services {

// {"id","name","devices"}; {"id","name","span":{"start","end"}|"weekly":{"weekdays","from","to"}}
json::object to_json(const domain::KeyGroup& group);
json::object to_json(const domain::ValidityGroup& group);

// Key groups and validity groups (RES-50), as people make and change them; what is left out of a
// change stays. Names are used once (an import finds groups by name). Errors as the reservation
// office's; conflict: the name is used, or somebody still needs the group. Loop thread.
class GroupOffice {
 public:
  static constexpr std::size_t most_groups = 1000;  // of each sort
  static constexpr std::size_t most_devices = 1000;

  explicit GroupOffice(KeyDesk& desk) : desk_(desk) {}

  json::object key_groups() const;       // {"key_groups":[…]}
  json::object validity_groups() const;  // {"validity_groups":[…]}

  boost::asio::awaitable<Result<json::object>> create_key_group(domain::Caller caller,
                                                                json::object request);
  boost::asio::awaitable<Result<json::object>> change_key_group(domain::Caller caller,
                                                                domain::KeyGroupId id,
                                                                json::object request);
  // {"removed":id}. Not with holders, or with reservations that are not over; those that are go
  // with it.
  boost::asio::awaitable<Result<json::object>> remove_key_group(domain::Caller caller,
                                                                domain::KeyGroupId id);
  boost::asio::awaitable<Result<json::object>> create_validity_group(domain::Caller caller,
                                                                     json::object request);
  boost::asio::awaitable<Result<json::object>> change_validity_group(domain::Caller caller,
                                                                     domain::ValidityGroupId id,
                                                                     json::object request);
  // Not with holders.
  boost::asio::awaitable<Result<json::object>> remove_validity_group(domain::Caller caller,
                                                                     domain::ValidityGroupId id);

 private:
  template <class Group>
  using Draft = Result<Group> (GroupOffice::*)(const json::object&, const Group*) const;
  Result<domain::KeyGroup> draft_key_group(const json::object& request,
                                           const domain::KeyGroup* before) const;
  Result<domain::ValidityGroup> draft_validity_group(const json::object& request,
                                                     const domain::ValidityGroup* before) const;
  void read_devices(const JsonFields& fields, domain::KeyGroup& group) const;
  void read_validity(const JsonFields& fields, domain::ValidityGroup& group) const;
  // Made where `id` is empty, changed otherwise.
  template <class Group>
  boost::asio::awaitable<Result<json::object>> save(domain::Caller caller, decltype(Group::id) id,
                                                    json::object request, Draft<Group> draft);

  KeyDesk& desk_;
};

}  // namespace genkan::services
