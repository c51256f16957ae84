#include "firmware/domain/troubles.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

template <class Word>
constexpr std::int32_t as_value(Word word) {
  return static_cast<std::int32_t>(word);
}

// A trouble that one value of one field means.
struct ValueRow {
  TroubleKind trouble;
  Field field;
  std::int32_t value;
};
constexpr std::array value_rows{
    ValueRow{TroubleKind::bolt_fault, Field::bolt, as_value(Bolt::jammed)},
    ValueRow{TroubleKind::forced_open, Field::forced, 1},
    ValueRow{TroubleKind::tamper, Field::tamper, 1},
    ValueRow{TroubleKind::power_lost, Field::power, as_value(Power::lost)},
    ValueRow{TroubleKind::keypad_lockout, Field::lockout, 1},
};

struct RecordRow {
  TroubleKind trouble;
  std::optional<DeviceKind> kind;  // nothing: every kind
  TroubleRecord record;
};

constexpr TroubleRecord as_alarm(std::string_view alarm) {
  return {RecordKind::alarm, RecordKind::alarm_restored, RecordLane::alarm, alarm};
}
// clang-format off
constexpr std::array record_rows{
    RecordRow{TroubleKind::forced_open,  std::nullopt,               {RecordKind::forced_open, RecordKind::trouble_cleared, RecordLane::alarm, "forced_open"}},
    RecordRow{TroubleKind::tamper,       DeviceKind::security_panel, as_alarm("tamper")},
    RecordRow{TroubleKind::tamper,       DeviceKind::zone,           as_alarm("tamper")},
    RecordRow{TroubleKind::power_lost,   DeviceKind::security_panel, as_alarm("panel_power")},
    RecordRow{TroubleKind::battery_low,  DeviceKind::security_panel, as_alarm("panel_battery")},
    RecordRow{TroubleKind::device_fault, DeviceKind::security_panel, as_alarm("panel_trouble")},
    RecordRow{TroubleKind::database_set_aside, std::nullopt, {RecordKind::database_set_aside, RecordKind::trouble_cleared, RecordLane::activity, ""}},
    RecordRow{TroubleKind::device_fault, DeviceKind::elevator,       {RecordKind::elevator_fault, RecordKind::elevator_normal, RecordLane::alarm, ""}},
};
// clang-format on

// Rules over one device's report.
class Rules {
 public:
  explicit Rules(const TroubleContext& context)
      : context_(context),
        state_(context.reported.state),
        fresh_(context.reported.link == Link::fresh) {}

  std::vector<Ruling> run() {
    rule_link();
    for (const auto& row : value_rows) {
      if (has_field(context_.kind, row.field)) rule_value(row);
    }
    if (has_field(context_.kind, Field::battery_low)) rule_battery();
    if (has_field(context_.kind, Field::door)) rule_door();
    if (has_field(context_.kind, Field::fault)) rule_fault();
    return std::move(rulings_);
  }

 private:
  void add(TroubleKind kind, Standing standing, std::string detail = {}) {
    rulings_.push_back({kind, standing, std::move(detail)});
  }

  // Old states clear nothing and raise nothing (DEV-13).
  void add_if_fresh(TroubleKind kind, Standing standing, std::string detail = {}) {
    add(kind, fresh_ ? standing : Standing::keep, std::move(detail));
  }

  void rule_link() {
    Standing standing = Standing::keep;
    if (fresh_) {
      standing = Standing::no;
    } else if (context_.reported.link == Link::disconnected && !context_.line_down) {
      standing = Standing::yes;
    }
    add(TroubleKind::device_disconnected, standing);
  }

  void rule_value(const ValueRow& row) {
    const auto value = state_.get(row.field);
    Standing standing = Standing::keep;
    if (value && *value == row.value) {
      standing = Standing::yes;
    } else if (value && !(row.field == Field::bolt && *value == as_value(Bolt::moving))) {
      standing = Standing::no;
    }
    add_if_fresh(row.trouble, standing);
  }

  void rule_battery() {
    const auto flag = state_.get(Field::battery_low);
    const auto percent = state_.get(Field::battery);
    if (!flag && !percent) return add(TroubleKind::battery_low, Standing::keep);
    const std::string detail = percent ? text_of({Field::battery}, *percent) : std::string{};
    Standing standing = Standing::no;
    if (flag == 1 || (percent && *percent <= battery_low_at)) {
      standing = Standing::yes;
    } else if (percent && *percent < battery_good_at) {
      standing = Standing::keep;
    }
    add_if_fresh(TroubleKind::battery_low, standing, detail);
  }

  void rule_door() {
    const auto limit = context_.device.open_limit;
    Standing standing = Standing::keep;
    if (limit.count() == 0 || state_.is(Field::door, Door::closed)) {
      standing = Standing::no;
    } else if (context_.door_open_for && *context_.door_open_for >= limit) {
      standing = Standing::yes;
    }
    add_if_fresh(TroubleKind::door_left_open, standing,
                 cat("open longer than ", limit.count(), " s"));
  }

  void rule_fault() {
    const auto code = state_.get(Field::fault);
    const bool mode = state_.is(Field::elevator_mode, ElevatorMode::fault);
    if (!code && !mode) return add(TroubleKind::device_fault, Standing::keep);
    const bool faulty = mode || *code != 0;
    add_if_fresh(TroubleKind::device_fault, faulty ? Standing::yes : Standing::no,
                 faulty && code && *code != 0 ? cat("code ", *code) : std::string{});
  }

  const TroubleContext& context_;
  const DeviceState& state_;
  bool fresh_;
  std::vector<Ruling> rulings_;
};

}  // namespace

std::vector<Ruling> troubles_of(const TroubleContext& context) { return Rules(context).run(); }

TroubleRecord record_of(TroubleKind trouble, std::optional<DeviceKind> kind) {
  for (const auto& row : record_rows) {
    if (row.trouble == trouble && (!row.kind || row.kind == kind)) return row.record;
  }
  return {RecordKind::trouble, RecordKind::trouble_cleared, RecordLane::activity, ""};
}

}  // namespace genkan::domain
