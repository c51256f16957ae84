#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/api/routes.hpp"

// The handlers of the route table: each reads its request strictly, asks the gateway, and answers.
namespace genkan::api {

boost::asio::awaitable<Response> get_status(Call call);
boost::asio::awaitable<Response> get_devices(Call call);
boost::asio::awaitable<Response> get_device(Call call);
boost::asio::awaitable<Response> post_command(Call call);
boost::asio::awaitable<Response> get_troubles(Call call);
boost::asio::awaitable<Response> get_models(Call call);

boost::asio::awaitable<Response> get_journal(Call call);
boost::asio::awaitable<Response> get_stream(Call call);
boost::asio::awaitable<Response> get_reader(Call call);
boost::asio::awaitable<Response> put_reader(Call call);

boost::asio::awaitable<Response> get_buses(Call call);
boost::asio::awaitable<Response> post_bus_read(Call call);
boost::asio::awaitable<Response> post_bus_write(Call call);
boost::asio::awaitable<Response> post_bus_scan(Call call);
boost::asio::awaitable<Response> get_site(Call call);
boost::asio::awaitable<Response> put_site(Call call);

boost::asio::awaitable<Response> get_openapi(Call call);
boost::asio::awaitable<Response> get_metrics(Call call);

boost::asio::awaitable<Response> get_reservations(Call call);
boost::asio::awaitable<Response> post_reservation(Call call);
boost::asio::awaitable<Response> post_reservation_preview(Call call);
boost::asio::awaitable<Response> get_reservation(Call call);
boost::asio::awaitable<Response> put_reservation(Call call);
boost::asio::awaitable<Response> delete_reservation(Call call);
boost::asio::awaitable<Response> get_calendar(Call call);
boost::asio::awaitable<Response> get_holidays(Call call);
boost::asio::awaitable<Response> put_holidays(Call call);
boost::asio::awaitable<Response> delete_holidays(Call call);

boost::asio::awaitable<Response> get_key_groups(Call call);
boost::asio::awaitable<Response> post_key_group(Call call);
boost::asio::awaitable<Response> put_key_group(Call call);
boost::asio::awaitable<Response> delete_key_group(Call call);
boost::asio::awaitable<Response> get_validity_groups(Call call);
boost::asio::awaitable<Response> post_validity_group(Call call);
boost::asio::awaitable<Response> put_validity_group(Call call);
boost::asio::awaitable<Response> delete_validity_group(Call call);

boost::asio::awaitable<Response> get_holders(Call call);
boost::asio::awaitable<Response> post_holder(Call call);
boost::asio::awaitable<Response> post_holder_import(Call call);
boost::asio::awaitable<Response> get_holder_sample(Call call);
boost::asio::awaitable<Response> get_holder(Call call);
boost::asio::awaitable<Response> put_holder(Call call);
boost::asio::awaitable<Response> delete_holder(Call call);

boost::asio::awaitable<Response> get_temporary_keys(Call call);
boost::asio::awaitable<Response> post_temporary_key(Call call);
boost::asio::awaitable<Response> post_temporary_key_revoke(Call call);
boost::asio::awaitable<Response> get_temporary_key_qr(Call call);
boost::asio::awaitable<Response> get_room_code(Call call);
boost::asio::awaitable<Response> put_room_code(Call call);
boost::asio::awaitable<Response> delete_room_code(Call call);

boost::asio::awaitable<Response> get_lock_keys(Call call);
boost::asio::awaitable<Response> post_lock_check(Call call);
boost::asio::awaitable<Response> post_decision(Call call);
boost::asio::awaitable<Response> post_entry(Call call);

boost::asio::awaitable<Response> post_signed(Call call);
boost::asio::awaitable<Response> get_trust(Call call);
boost::asio::awaitable<Response> post_trust_key(Call call);
boost::asio::awaitable<Response> delete_trust_key(Call call);
boost::asio::awaitable<Response> get_identity(Call call);
boost::asio::awaitable<Response> put_identity(Call call);
boost::asio::awaitable<Response> get_claim(Call call);
boost::asio::awaitable<Response> put_claim(Call call);
boost::asio::awaitable<Response> delete_claim(Call call);
boost::asio::awaitable<Response> put_certificate(Call call);
boost::asio::awaitable<Response> put_cloud_link(Call call);
boost::asio::awaitable<Response> get_receiver(Call call);
boost::asio::awaitable<Response> get_export(Call call);
boost::asio::awaitable<Response> put_import(Call call);
boost::asio::awaitable<Response> post_secrets_rotate(Call call);

// 400 for a file with mistakes: "the site file has 3 mistakes; nothing was changed", and each of
// them, at most 100.
Response mistakes_response(std::string_view what, const std::vector<Problem>& problems);
// The body as a JSON object.
Result<json::object> body_object(const Request& request);

}  // namespace genkan::api
