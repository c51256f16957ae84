#include "cloud-agent/relay/broker_files.hpp"

#include "firmware/base/text.hpp"

namespace genkan::relay {

std::string mosquitto_settings(const Folder& folder, const CloudSettings& settings) {
  const auto file = [&folder](std::string_view name) { return (folder.broker() / name).string(); };
  // The broker gets a copy of the authority's certificate, so that it can be moved as it is.
  std::string text = cat("# mosquitto -c ", file("mosquitto.conf"),
                         "\n# Made by genkan-cloud init for cloud ", settings.name, ".\n\n");
  if (settings.broker.tls) {
    text += cat("listener ", settings.broker.port, "\n");
    text += cat("cafile ", file("ca.pem"), "\ncertfile ", file("server.pem"), "\nkeyfile ",
                file("server.key"), "\n");
    text +=
        "# Nobody without a certificate of our authority; the name in it is the user.\n"
        "require_certificate true\n"
        "use_identity_as_username true\n"
        "allow_anonymous false\n"
        "tls_version tlsv1.2\n";
    text += cat("acl_file ", file("acl"), "\n");
  } else {
    text +=
        cat("# In clear, for trials on this machine alone: everybody may do everything.\nlistener ",
            settings.broker.port, " 127.0.0.1\nallow_anonymous true\n");
  }
  text +=
      cat("\n# Without it, Nagle's algorithm holds commands back by up to 40 ms.\n"
          "set_tcp_nodelay true\n"
          "\n# Sessions and what waits in them outlive a restart.\n"
          "persistence true\npersistence_location ",
          folder.broker().string(),
          "/\nautosave_interval 60\n"
          "persistent_client_expiration 7d\n"
          "\n# While genkan-cloud is away, events of all gateways wait here. What does not fit is "
          "dropped\n"
          "# and asked for again later.\n"
          "max_inflight_messages 100\n"
          "max_queued_messages 100000\n"
          "max_queued_bytes 268435456\n"
          "\n# The contract's messages have 64 KiB at most.\n"
          "max_packet_size 131072\n"
          "log_dest stderr\nlog_type error\nlog_type warning\nlog_type notice\n");
  return text;
}

std::string mosquitto_access(std::string_view cloud_user) {
  return cat(
      "# Who may do what; %u is the name in the client's certificate, of a gateway its id.\n"
      "# A gateway writes under its own prefix alone, and reads what is meant for it alone.\n"
      "pattern write genkan/1/%u/presence\n"
      "pattern readwrite genkan/1/%u/device/+/state\n"
      "pattern write genkan/1/%u/event/+\n"
      "pattern write genkan/1/%u/answer/+\n"
      "pattern read genkan/1/%u/request\n"
      "\n# The cloud hears all and asks all. Nobody else may write requests.\nuser ",
      cloud_user,
      "\n"
      "topic read genkan/1/+/presence\n"
      "topic read genkan/1/+/device/+/state\n"
      "topic read genkan/1/+/event/+\n"
      "topic read genkan/1/+/answer/+\n"
      "topic write genkan/1/+/request\n");
}

}  // namespace genkan::relay
