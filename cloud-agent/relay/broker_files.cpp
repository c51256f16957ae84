#include "cloud-agent/relay/broker_files.hpp"

#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

std::string listener(std::uint16_t port, const std::filesystem::path& folder,
                     std::string_view authority) {
  const auto file = [&folder](std::string_view name) { return (folder / name).string(); };
  return cat("listener ", port, "\ncafile ", file(authority), "\ncertfile ",
             file(broker_file::certificate), "\nkeyfile ", file(broker_file::key),
             "\ntls_version tlsv1.2\nrequire_certificate true\nuse_identity_as_username true\n");
}

std::string listeners(const CloudSettings& settings, const std::filesystem::path& folder) {
  if (!settings.broker.tls) {
    return cat("# In clear, for trials on this machine alone: everybody may do everything.\n",
               "listener ", settings.broker.port, " 127.0.0.1\nallow_anonymous true\n");
  }
  return cat(
      "# The name (CN) in a client's certificate is the user.\nacl_file ",
      (folder / broker_file::access).string(), "\nallow_anonymous false\n",
      "\n# For gateways, whose name is their id. It is the client id too, whatever the client "
      "says,\n"
      "# so that none can throw another one out by taking its client id.\n",
      listener(settings.broker.port, folder, broker_file::authority),
      "use_username_as_clientid true\n"
      "\n# For the cloud's programs, each with a client id of its own, and Home Assistant. Their\n"
      "# authority signs no gateways: a gateway has no business here.\n",
      listener(settings.own_broker->port, folder, broker_file::own_authority));
}

}  // namespace

std::string mosquitto_settings(const CloudSettings& settings, const std::filesystem::path& folder) {
  return cat("# The broker of cloud ", settings.name, ", made by genkan-cloud init; mosquitto 2.\n",
             "# mosquitto -c ", (folder / broker_file::settings).string(),
             "\nper_listener_settings false\n\n", listeners(settings, folder),
             "\n# Without it, Nagle's algorithm holds messages back by up to 40 ms.\n"
             "set_tcp_nodelay true\n"
             "\n# Sessions, and what waits in them, outlive a restart.\n"
             "persistence true\npersistence_location ",
             folder.string(),
             "/\nautosave_interval 60\npersistent_client_expiration 7d\n"
             "\n# While the cloud is away, events of all gateways wait here. What does not fit is "
             "dropped, and\n# the cloud asks for it later.\n"
             "max_inflight_messages 100\nmax_queued_messages 100000\nmax_queued_bytes 268435456\n"
             "\n# The contract's messages have 64 KiB at most, and their properties some more.\n"
             "max_packet_size 131072\n"
             "\n# QoS 0 is for now, not for later: what Home Assistant wants of a gateway that is "
             "away is\n# forgotten.\nqueue_qos0_messages false\n"
             "\nlog_dest stderr\nlog_type error\nlog_type warning\nlog_type notice\n");
}

std::string mosquitto_access(std::string_view cloud) {
  return cat(
      "# Who may do what. %u is the name in the client's certificate: of a gateway, its id. A "
      "pattern holds\n# for everybody, so each names the user's own level, and nothing of another "
      "gateway's.\n"
      "\n# A gateway writes under its own prefix alone, and reads what is meant for it alone.\n"
      "pattern write genkan/1/%u/presence\n"
      "pattern readwrite genkan/1/%u/device/+/state\n"
      "pattern write genkan/1/%u/event/+\n"
      "pattern write genkan/1/%u/answer/+\n"
      "pattern read genkan/1/%u/request\n"
      "\n# Home Assistant at the same broker, if it is used.\n"
      "pattern readwrite homeassistant/device/%u/+/config\n"
      "pattern read genkan/1/%u/ha/+/set\n"
      "\n# The cloud hears everything and asks everything: it alone writes requests. What it asks "
      "is signed\n# besides; the broker need not be believed.\n"
      "user ",
      broker_user(cloud),
      "\n"
      "topic read genkan/1/+/presence\n"
      "topic read genkan/1/+/device/+/state\n"
      "topic read genkan/1/+/event/+\n"
      "topic read genkan/1/+/answer/+\n"
      "topic write genkan/1/+/request\n"
      "\n# Home Assistant hears, and wishes; genkand's [cloud] allow says what of it is carried "
      "out.\n"
      "user ",
      home_user(cloud),
      "\n"
      "topic read genkan/1/+/presence\n"
      "topic read genkan/1/+/device/+/state\n"
      "topic read homeassistant/#\n"
      "topic write homeassistant/status\n"
      "topic write genkan/1/+/ha/+/set\n");
}

std::string broker_user(std::string_view cloud) { return cat("cloud.", cloud); }

std::string home_user(std::string_view cloud) { return cat("homeassistant.", cloud); }

}  // namespace genkan::relay
