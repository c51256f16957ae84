#include "drivers/profile/mailbox.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

// A lock's memory as questions and answers: the shipped models, and layouts that they have not.
using namespace genkan;
using namespace genkan::profile;
using namespace genkan::profile::test;
using bus::Function;
using bus::Table;
using domain::SlotAddress;
using Words = std::vector<std::uint16_t>;
using Texts = std::vector<std::string>;

namespace {

domain::SlotContent code(std::string_view digits,
                         std::optional<domain::LockSchedule> schedule = {}) {
  return {.key = *domain::Code::parse(digits), .schedule = std::move(schedule)};
}

domain::SlotContent card(std::string_view hex) {
  return {.key = *domain::CardNumber::parse(hex), .schedule = {}};
}

// "16 99+12: 1 2 3" of each.
Texts asked(const std::vector<bus::Exchange>& exchanges) {
  Texts list;
  for (const auto& exchange : exchanges) {
    std::string text =
        cat(static_cast<int>(exchange.function), " ", exchange.address, "+", exchange.count);
    for (const auto value : exchange.values) text += cat(" ", value);
    list.push_back(std::move(text));
  }
  return list;
}

// A lock with these [register] lines and these of the memory.
Profile lock_with(std::string_view registers, std::string_view memory, std::string_view more = "") {
  return parsed(cat("[model]\nname = 'x'\ntitle = 'X'\nkind = 'lock'\n", more,
                    "[register]\nbolt = { table = 'discrete', address = 0 }\n"
                    "result = { table = 'input', address = 20 }\n"
                    "taken = { table = 'input', address = 30, words = 8 }\n",
                    registers,
                    "[state.bolt]\nregister = 'bolt'\n"
                    "values = { 0 = 'unlocked', 1 = 'locked' }\n",
                    memory));
}

constexpr std::string_view plain_memory =
    "[memory]\ntaken = 'taken'\n"
    "[[memory.area]]\nname = 'codes'\nplaces = 40\ncodes = true\n"
    "[memory.mailbox]\nslot = 'slot'\ncontent = 'content'\n"
    "command = { register = 'order', write = 1, remove = 2, read = 3 }\n"
    "result = { register = 'result', values = { 0 = 'done' } }\n";

RegisterImage answered(std::uint16_t address, const Words& words) {
  RegisterImage image;
  image.put(Table::holding, address, words);
  return image;
}

}  // namespace

TEST_CASE("memory: the models of KEY's table as the rules see them") {
  const auto& el = *shipped("el-100").lock;
  REQUIRE(el.areas.size() == 1);
  CHECK(el.areas[0] == domain::SlotArea{"keys", 230, true, true, false});
  CHECK_FALSE(el.schedule_in_lock);
  CHECK_FALSE(el.has_clock);
  CHECK(el.lead_most == std::chrono::minutes(30));
  CHECK(el.lead_least == std::chrono::minutes(15));
  CHECK(el.unlocks_again_after == std::vector{domain::OperatedBy::touch, domain::OperatedBy::hand});
  CHECK(el.locked_by_touch);

  const auto& io = *shipped("io-80").lock;
  REQUIRE(io.areas.size() == 10);
  CHECK(io.areas[0] == domain::SlotArea{"owner", 80, true, true, false});
  CHECK(io.areas[1] == domain::SlotArea{"master-1", 90, false, true, true});
  CHECK(io.areas[9] == domain::SlotArea{"master-9", 90, false, true, true});
  CHECK(io.schedule_in_lock);
  CHECK(io.schedule_step == std::chrono::minutes(10));
  CHECK(io.has_clock);
  CHECK(io.lead_most == std::chrono::minutes(60));
  CHECK(io.unlocks_again_after == std::vector{domain::OperatedBy::touch});

  CHECK(*shipped("pk-9").lock == *shipped("pk-9s").lock);
  const auto& pk = *shipped("pk-9").lock;
  REQUIRE(pk.areas.size() == 2);
  CHECK(pk.areas[0] == domain::SlotArea{"codes", 9, true, false, false});
  CHECK(pk.areas[1] == domain::SlotArea{"cards", 90, false, true, false});

  const auto& sb = *shipped("sb-8").lock;
  CHECK_FALSE(sb.has_memory());
  CHECK(sb.unlocks_again_after.empty());
  CHECK_FALSE(sb.locked_by_touch);
  CHECK(shipped("jema-lock").lock.has_value());
  CHECK_FALSE(shipped("jema-door").lock.has_value());
  CHECK_FALSE(shipped("sb-8").memory.has_value());
}

TEST_CASE("memory: orders of the el-100 are one write each") {
  const Profile& model = shipped("el-100");
  const auto content = code("123456");
  CHECK(asked(order_exchanges(model, {3, 1}, SlotOrder::write, {0, 230}, &content)) ==
        Texts{"16 99+12 0 230 1 4660 22271 65535 65535 65535 6 0 0 1"});
  CHECK(asked(order_exchanges(model, {3, 1}, SlotOrder::remove, {0, 230}, nullptr)) ==
        Texts{"16 99+12 0 230 0 0 0 0 0 0 0 0 0 2"});
  CHECK(asked(order_exchanges(model, {3, 1}, SlotOrder::read, {0, 1}, nullptr)) ==
        Texts{"16 99+12 0 1 0 0 0 0 0 0 0 0 0 3"});
  CHECK(asked(result_exchanges(model, {3, 1})) == Texts{"4 110+1"});
  CHECK(asked(slot_exchanges(model, {3, 1})) == Texts{"3 99+9"});
  CHECK(asked(there_exchanges(model, {3, 1})) == Texts{"4 111+2"});
  CHECK(asked(select_exchanges(model, {3, 1}, 0)) == Texts{"6 99+1 0"});
  CHECK(asked(taken_exchanges(model, {3, 1}, {0, 1}, {0, 230})) == Texts{"4 30+15"});
  CHECK(asked(taken_exchanges(model, {3, 1}, {0, 17}, {0, 17})) == Texts{"4 31+1"});
}

TEST_CASE("KEY-7: the io-80 writes the schedule before the command") {
  const Profile& model = shipped("io-80");
  const auto content = code("1234");
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::write, {0, 80}, &content)) ==
        Texts{"16 120+7 0 0 0 0 0 0 0", "16 99+12 0 80 1 4660 65535 65535 65535 65535 4 0 0 1"});
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::remove, {2, 1}, nullptr)).size() == 1);
  CHECK(asked(slot_exchanges(model, {1, 1})) == Texts{"3 99+9", "3 120+7"});
  CHECK(asked(taken_exchanges(model, {1, 1}, {3, 1}, {3, 90})) == Texts{"4 30+6"});
  CHECK(asked(select_exchanges(model, {1, 1}, 9)) == Texts{"6 99+1 9"});
  CHECK(asked(clock_exchanges(model, {1, 1})) == Texts{"3 130+3"});
  const auto now = std::chrono::local_seconds(*domain::parse_local("2000-02-15 12:34")) +
                   std::chrono::seconds(56);
  // 45 days, 12 hours and 34 minutes: 65,554 minutes.
  CHECK(asked(set_clock_exchanges(model, {1, 1}, now)) == Texts{"16 130+3 1 18 56"});
  CHECK(clock_of(model, {1, 1}, answered(130, {1, 18, 56})) == now);
  CHECK_FALSE(clock_of(model, {1, 1}, {}).has_value());
  CHECK(set_clock_exchanges(model, {1, 1}, {}).empty());
}

TEST_CASE("memory: where an 'already there' is") {
  const auto there = [](std::string_view model, std::uint16_t slot, std::uint16_t area) {
    RegisterImage image;
    image.put(Table::input, 111, {slot, area});
    return there_of(shipped(model), {1, 1}, {0, 5}, image);
  };
  CHECK(there("io-80", 90, 9) == SlotAddress{9, 90});
  CHECK(there("pk-9", 9, 0) == SlotAddress{0, 9});
  CHECK_FALSE(there("pk-9", 10, 0).has_value());
  CHECK_FALSE(there("pk-9", 1, 2).has_value());
  CHECK_FALSE(there("el-100", 0, 0).has_value());
  CHECK_FALSE(there_of(shipped("el-100"), {1, 1}, {0, 5}, {}).has_value());
}

TEST_CASE("memory: what is found in a slot") {
  struct Case {
    const char* name;
    Words words;  // 99 to 107
    bool ours;
    SlotKind kind;
    std::optional<domain::SlotContent> content;
  };
  const Case cases[] = {
      {"a code",
       {0, 5, 1, 0x1234, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 4},
       true,
       SlotKind::code,
       code("1234")},
      {"eight digits",
       {0, 5, 1, 0x1234, 0x5678, 0xFFFF, 0, 0, 8},
       true,
       SlotKind::code,
       code("12345678")},
      {"a card that ends in 0",
       {0, 5, 2, 0x0102, 0x0300, 0, 0, 0, 4},
       true,
       SlotKind::card,
       card("01020300")},
      {"empty", {0, 5, 0, 0, 0, 0, 0, 0, 0}, true, SlotKind::empty, {}},
      {"another slot", {0, 6, 1, 0x1234, 0xFFFF, 0, 0, 0, 4}, false, SlotKind::code, code("1234")},
      {"another area", {1, 5, 1, 0x1234, 0xFFFF, 0, 0, 0, 4}, false, SlotKind::code, code("1234")},
      {"a kind without a name", {0, 5, 9, 0x1234, 0xFFFF, 0, 0, 0, 4}, false, SlotKind::empty, {}},
      {"three digits", {0, 5, 1, 0x123F, 0xFFFF, 0, 0, 0, 3}, true, SlotKind::code, {}},
      {"no digits", {0, 5, 1, 0x12A4, 0xFFFF, 0, 0, 0, 4}, true, SlotKind::code, {}},
      {"fill among digits", {0, 5, 1, 0x12F4, 0xFFFF, 0, 0, 0, 4}, true, SlotKind::code, {}},
      {"longer than its room", {0, 5, 1, 0x1234, 0xFFFF, 0, 0, 0, 21}, true, SlotKind::code, {}},
      {"of no length", {0, 5, 2, 0x1234, 0xFFFF, 0, 0, 0, 0}, true, SlotKind::card, {}},
      {"nothing was read", {}, false, SlotKind::empty, {}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto found = slot_of(shipped("el-100"), {1, 1}, {0, 5}, answered(99, c.words));
    CHECK(found.ours == c.ours);
    CHECK(found.kind == c.kind);
    CHECK(found.content == c.content);
  }
}

TEST_CASE("memory: registers apart are written one after the other, the command last") {
  const std::string_view registers =
      "order = { table = 'holding', address = 5 }\n"
      "slot = { table = 'holding', address = 10 }\n"
      "content = { table = 'holding', address = 20, words = 2 }\n";
  const Profile model = lock_with(registers, plain_memory);
  const auto content = code("1234");
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::write, {0, 40}, &content)) ==
        Texts{"6 10+1 40", "16 20+2 4660 65535", "6 5+1 1"});
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::remove, {0, 40}, nullptr)) ==
        Texts{"6 10+1 40", "6 5+1 2"});
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::read, {0, 40}, nullptr)) ==
        Texts{"6 10+1 40", "16 20+2 0 0", "6 5+1 3"});
}

TEST_CASE("memory: a lock that wants one register after the other") {
  const std::string_view registers =
      "order = { table = 'holding', address = 5, write_as = 'many' }\n"
      "slot = { table = 'holding', address = 6, bits = '4..15' }\n"
      "sort = { table = 'holding', address = 6, bits = '0..3' }\n"
      "content = { table = 'holding', address = 7, words = 2 }\n";
  const Profile model = lock_with(
      registers, cat(plain_memory, "together = false\n",
                     "kind = { register = 'sort', values = { 0 = 'empty', 1 = 'code' } }\n"));
  const auto content = code("12345678");
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::write, {0, 2}, &content)) ==
        Texts{"6 6+1 33", "16 7+2 4660 22136", "16 5+1 1"});
}

TEST_CASE("memory: areas by numbers, without a register that tells kind or length") {
  const std::string_view registers =
      "slot = { table = 'holding', address = 1 }\n"
      "content = { table = 'holding', address = 2, words = 4 }\n"
      "order = { table = 'holding', address = 6 }\n";
  std::string memory(plain_memory);
  memory.insert(memory.find("[memory.mailbox]"),
                "first = 20\n[[memory.area]]\nname = 'more'\nplaces = 8\nfirst = 100\n"
                "codes = true\n");
  memory += "code_as = 'ascii'\nthere_slot = 'result'\n";
  const Profile model = lock_with(registers, memory);
  const auto content = code("9012");
  CHECK(asked(order_exchanges(model, {1, 1}, SlotOrder::write, {1, 8}, &content)) ==
        Texts{"16 1+6 107 14640 12594 0 0 1"});
  CHECK(slot_of(model, {1, 1}, {1, 8}, answered(1, {107, 14640, 12594, 0, 0})).content == content);
  CHECK(slot_of(model, {1, 1}, {1, 8}, answered(1, {107, 0, 0, 0, 0})).kind == SlotKind::empty);
  // The lowest number, 20, is bit 0; 107 is bit 87.
  CHECK(asked(taken_exchanges(model, {1, 1}, {1, 8}, {1, 8})) == Texts{"4 35+1"});
  RegisterImage bits;
  bits.put(Table::input, 35, {1 << 7});
  CHECK(taken(model, {1, 1}, {1, 8}, bits));
  CHECK_FALSE(taken(model, {1, 1}, {1, 7}, bits));
  CHECK(select_exchanges(model, {1, 1}, 1).empty());
  RegisterImage there;
  there.put(Table::input, 20, {101});
  CHECK(there_of(model, {1, 1}, {0, 1}, there) == SlotAddress{1, 2});
}

TEST_CASE("memory: reads are no larger than the device allows") {
  const std::string_view registers =
      "slot = { table = 'holding', address = 1 }\n"
      "content = { table = 'holding', address = 2, words = 2 }\n"
      "order = { table = 'holding', address = 6 }\n";
  const Profile model = lock_with(registers, plain_memory, "[timing]\nmost_words = 2\n");
  CHECK(asked(slot_exchanges(model, {1, 1})) == Texts{"3 1+1", "3 2+2"});
  CHECK(asked(taken_exchanges(model, {1, 1}, {0, 1}, {0, 40})) == Texts{"4 30+2", "4 32+1"});
}

TEST_CASE("memory: each channel has its own") {
  const std::string_view registers =
      "slot = { table = 'holding', address = 1, per_channel = 10 }\n"
      "content = { table = 'holding', address = 2, words = 2, per_channel = 10 }\n"
      "order = { table = 'holding', address = 4, per_channel = 10 }\n";
  auto text = cat("[model]\nname = 'x'\ntitle = 'X'\nkind = 'lock'\nchannels = 4\n",
                  "[register]\nbolt = { table = 'discrete', address = 0, per_channel = 1 }\n"
                  "result = { table = 'input', address = 20, per_channel = 20 }\n"
                  "taken = { table = 'input', address = 30, words = 8, per_channel = 20 }\n",
                  registers,
                  "[state.bolt]\nregister = 'bolt'\n"
                  "values = { 0 = 'unlocked', 1 = 'locked' }\n",
                  plain_memory);
  const Profile model = parsed(text);
  const auto content = code("1234");
  CHECK(asked(order_exchanges(model, {1, 3}, SlotOrder::write, {0, 1}, &content)) ==
        Texts{"16 21+4 1 4660 65535 1"});
  CHECK(asked(taken_exchanges(model, {1, 2}, {0, 17}, {0, 40})) == Texts{"4 51+2"});
}

TEST_CASE("KEY-7: weeks that begin on Sunday, two words the other way round") {
  std::string memory(plain_memory);
  memory.insert(memory.find("taken = "), "epoch = '2020-01-01'\n");
  memory +=
      "[memory.schedule]\nmode = { register = 'mode', values = { 5 = 'always', 6 = 'span', 7 = "
      "'weekly' } }\n"
      "first = 'first'\nlast = 'last'\nweekdays = 'days'\nfrom = 'from'\nto = 'to'\n"
      "step_min = 30\nweek_begins = 'sunday'\n";
  const Profile model = lock_with(
      "slot = { table = 'holding', address = 1 }\n"
      "content = { table = 'holding', address = 2, words = 2 }\n"
      "mode = { table = 'holding', address = 4 }\n"
      "first = { table = 'holding', address = 5, type = 'u32', order = 'low_first' }\n"
      "last = { table = 'holding', address = 7, type = 'u32', order = 'low_first' }\n"
      "days = { table = 'holding', address = 9 }\n"
      "from = { table = 'holding', address = 10 }\n"
      "to = { table = 'holding', address = 11 }\n"
      "order = { table = 'holding', address = 12 }\n",
      memory);
  const domain::LockSchedule schedule{
      .first = *domain::parse_local("2020-03-01 00:00"),
      .last = *domain::parse_local("2020-03-01 00:01"),
      .weekdays = 0b1000001,  // Monday and Sunday
      .window = std::pair(std::chrono::minutes(30), std::chrono::minutes(24 * 60))};
  const auto content = code("1234", schedule);
  // 60 days: 86,400 minutes, 1 and 20,864.
  const auto exchanges = order_exchanges(model, {1, 1}, SlotOrder::write, {0, 1}, &content);
  CHECK(asked(exchanges) == Texts{"16 1+12 1 4660 65535 7 20864 1 20865 1 3 1 48 1"});
  CHECK(slot_of(model, {1, 1}, {0, 1}, answered(1, exchanges[0].values)).content == content);
  const auto always = code("1234");
  const auto plain = order_exchanges(model, {1, 1}, SlotOrder::write, {0, 1}, &always);
  CHECK(plain[0].values[3] == 5);
  CHECK(slot_of(model, {1, 1}, {0, 1}, answered(1, plain[0].values)).content == always);
  auto odd = schedule;
  odd.window = std::pair(std::chrono::minutes(59), std::chrono::minutes(61));
  const auto kept = as_kept(model, code("1234", odd)).schedule->window;
  CHECK(kept == std::pair(std::chrono::minutes(30), std::chrono::minutes(90)));
}

TEST_CASE("KEY-30: what fits into a slot") {
  CHECK(fit(shipped("el-100"), {0, 1}, card("01020304050607080910")) == Fit::fits);
  CHECK(fit(shipped("el-100"), {0, 231}, code("1234")) == Fit::no_such_slot);
  CHECK(fit(shipped("pk-9"), {1, 1}, code("1234")) == Fit::bad_content);
  const Profile small = lock_with(
      "slot = { table = 'holding', address = 1 }\n"
      "content = { table = 'holding', address = 2 }\n"
      "order = { table = 'holding', address = 3 }\n",
      plain_memory);
  CHECK(fit(small, {0, 1}, code("1234")) == Fit::fits);
  CHECK(fit(small, {0, 1}, code("12345")) == Fit::bad_content);
}
