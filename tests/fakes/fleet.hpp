#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "firmware/ports/fleet.hpp"

namespace genkan::fakes {

// Devices without hardware: they report what the test says and do what they are told at once, one
// hop of the loop later. Deterministic, one thread.
class FakeFleet final : public ports::Fleet {
 public:
  FakeFleet(boost::asio::any_io_executor loop, const Clock& clock,
            const domain::ModelCatalog& models);
  ~FakeFleet() override;

  // The device now reports this: its other fields stay as they are.
  void report(const std::string& device,
              std::initializer_list<std::pair<domain::FieldKey, std::int32_t>> values);
  template <class Word>
  void report(const std::string& device, domain::Field field, Word word, std::uint8_t part = 0) {
    report(device, {{{field, part}, static_cast<std::int32_t>(word)}});
  }
  void set_link(const std::string& device, domain::Link link);
  void set_bus(const std::string& bus, const std::string& fault);

  // What a command does instead of succeeding. Called when the command reaches the device.
  using Act = std::function<domain::Outcome(const DeviceId&, const domain::DeviceCommand&)>;
  void on_execute(Act act) { act_ = std::move(act); }
  // When a successful command's change is reported.
  enum class Report { before_the_end, after_the_end, never };
  void set_report(Report report) { when_ = report; }
  // Commands wait at the device until let_go().
  void hold_back() { held_back_ = true; }
  void let_go();
  // The model offers less than its kind.
  void offer(const std::string& device, std::vector<domain::Command> commands);

  // What reached the devices, in order: "lock-101 lock".
  const std::vector<std::string>& executed() const { return executed_; }
  // The last register question.
  const std::optional<ports::RegisterQuestion>& asked() const { return asked_; }
  const std::set<DeviceId>& held() const { return held_; }
  std::size_t configured() const { return configured_; }

  void configure(const domain::Inventory& inventory) override;
  void listen(ports::FleetListener& listener) override { listener_ = &listener; }
  std::vector<domain::Command> commands(const DeviceId& device) const override;
  std::optional<domain::Reported> reported(const DeviceId& device) const override;
  ports::asio::awaitable<domain::Outcome> execute(DeviceId device, domain::DeviceCommand command,
                                                  SteadyTime deadline) override;
  ports::asio::awaitable<Result<domain::Reported>> refresh(DeviceId device,
                                                           SteadyTime deadline) override;
  void hold(const DeviceId& device, bool held) override;
  std::vector<ports::BusStatistics> statistics() const override;
  ports::asio::awaitable<Result<std::vector<std::uint16_t>>> ask(
      BusId bus, ports::RegisterQuestion question) override;
  ports::asio::awaitable<Result<std::vector<ports::ScanHit>>> scan(BusId bus, std::uint8_t first,
                                                                   std::uint8_t last) override;

 private:
  void tell(const DeviceId& device, domain::Reported now);
  domain::Outcome succeed(const DeviceId& device, const domain::DeviceCommand& command);

  boost::asio::any_io_executor loop_;
  const Clock& clock_;
  const domain::ModelCatalog& models_;
  ports::FleetListener* listener_ = nullptr;
  domain::Inventory inventory_;
  std::map<DeviceId, domain::Reported> reported_;
  std::map<DeviceId, std::vector<domain::Command>> offered_;
  std::map<BusId, std::string> bus_faults_;
  std::set<DeviceId> held_;
  std::vector<std::string> executed_;
  std::optional<ports::RegisterQuestion> asked_;
  std::size_t configured_ = 0;
  Act act_;
  Report when_ = Report::before_the_end;
  bool held_back_ = false;
  std::vector<boost::asio::steady_timer*> gates_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace genkan::fakes
