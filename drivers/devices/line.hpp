#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "drivers/devices/device.hpp"

namespace genkan::devices {

// One bus with its units and their devices: hands on what comes from the link. Loop thread; held by
// shared_ptr, since events of the link may still be on their way when it is gone.
class Line : public std::enable_shared_from_this<Line> {
 public:
  using OnBus = std::function<void(const BusId&, const std::string& fault)>;

  // Opens the link.
  static std::shared_ptr<Line> open(const domain::BusConfig& config, const LinkFactory& factory,
                                    std::shared_ptr<const Context> context, OnBus on_bus);

  // Which devices hang on it now. Units and reads that are as before go on undisturbed.
  void plan(const std::vector<std::shared_ptr<Device>>& devices);
  // Hands nothing on any more and lets go of the link.
  void close();

  void rename(const domain::BusConfig& config) { config_ = config; }
  const domain::BusConfig& config() const { return config_; }
  const std::string& fault() const { return state_->fault; }
  Link* link() const { return link_.get(); }  // null once closed
  // Whether devices of ours live at that unit.
  bool in_use(std::uint8_t unit) const { return units_.contains(unit); }
  bool dead(std::uint8_t unit) const;

 private:
  struct Unit {
    std::shared_ptr<UnitReader> reader;
    std::vector<std::shared_ptr<Device>> devices;
  };

  Line(domain::BusConfig config, std::shared_ptr<const Context> context, OnBus on_bus);
  bus::Bus::Events events();
  void on_poll(const bus::PollReport& report);
  void on_unit(std::uint8_t unit, bool dead);
  void on_line(const std::string& fault);
  void sweep_later();
  void sweep();
  Unit* unit_of(bus::PollId poll);

  domain::BusConfig config_;
  std::shared_ptr<const Context> context_;
  OnBus on_bus_;
  std::shared_ptr<Link> link_;
  std::shared_ptr<LineState> state_ = std::make_shared<LineState>();
  std::map<std::uint8_t, Unit> units_;
  Delay::Ticket sweep_timer_ = 0;
};

}  // namespace genkan::devices
