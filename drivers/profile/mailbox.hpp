#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "drivers/profile/profile.hpp"
#include "firmware/domain/locks/lock_model.hpp"

// A lock's memory as questions and answers of the bus. Pure. Every profile passed in has a memory.
// Secrets travel in the exchanges and images: never log them.
namespace genkan::profile {

// Where a device hangs.
struct DevicePlace {
  std::uint8_t unit = 1;
  std::uint16_t channel = 1;
};

// What is to be in a register: its raw value, or the words of a block (the rest of it is 0).
struct Assignment {
  RegisterIndex reg;
  std::int64_t raw = 0;
  std::vector<std::uint16_t> words{};
};

// The fewest writes that bring it there, by address; neighbours go out together. Bits of a word
// that no assignment names are written 0. `last` goes out in the last of them; without `together`
// each word-register goes out by itself.
std::vector<bus::Exchange> write_exchanges(const Profile& profile, DevicePlace place,
                                           std::span<const Assignment> assignments,
                                           std::optional<RegisterIndex> last, bool together);
// The fewest reads that bring the registers, none larger than the profile's timing allows.
std::vector<bus::Exchange> read_exchanges(const Profile& profile, DevicePlace place,
                                          std::span<const RegisterIndex> registers);
// Takes in what one of them brought.
void put_answer(RegisterImage& image, const bus::Exchange& question,
                const std::vector<std::uint16_t>& values);

enum class SlotOrder : std::uint8_t { write, remove, read };

// Whether the place can hold it at all.
enum class Fit : std::uint8_t { fits, no_such_slot, bad_content };
Fit fit(const Profile& profile, domain::SlotAddress address, const domain::SlotContent& content);
bool exists(const Profile& profile, domain::SlotAddress address);

// Gives the order: the mailbox is filled and, with the last exchange, the command set. For `read`
// the mailbox is emptied, so that what is found in it afterwards comes out of the memory. `content`
// is for `write` only, and fits.
std::vector<bus::Exchange> order_exchanges(const Profile& profile, DevicePlace place,
                                           SlotOrder order, domain::SlotAddress address,
                                           const domain::SlotContent* content);
std::vector<bus::Exchange> result_exchanges(const Profile& profile, DevicePlace place);
// What the result register says; nothing if the profile does not name its value.
std::optional<SlotResult> result_of(const Profile& profile, DevicePlace place,
                                    const RegisterImage& image);

// Where an 'already there' is; no exchanges if the lock does not say.
std::vector<bus::Exchange> there_exchanges(const Profile& profile, DevicePlace place);
std::optional<domain::SlotAddress> there_of(const Profile& profile, DevicePlace place,
                                            domain::SlotAddress asked, const RegisterImage& image);

// The mailbox after an order was done.
std::vector<bus::Exchange> slot_exchanges(const Profile& profile, DevicePlace place);
struct SlotFound {
  bool ours = false;  // the mailbox still shows the slot that was asked for
  SlotKind kind = SlotKind::empty;
  std::optional<domain::SlotContent> content;  // none: empty, or no key of ours
};
SlotFound slot_of(const Profile& profile, DevicePlace place, domain::SlotAddress address,
                  const RegisterImage& image);
// The content as the lock can keep it: windows in whole steps, nothing beside the mode's own.
domain::SlotContent as_kept(const Profile& profile, const domain::SlotContent& content);

// Which slots of an area are taken: selects the area, reads the bits. Profiles with `taken` only.
std::vector<bus::Exchange> select_exchanges(const Profile& profile, DevicePlace place,
                                            std::uint8_t area);
// Of the places `first` to `last` of the area.
std::vector<bus::Exchange> taken_exchanges(const Profile& profile, DevicePlace place,
                                           domain::SlotAddress first, domain::SlotAddress last);
bool taken(const Profile& profile, DevicePlace place, domain::SlotAddress address,
           const RegisterImage& image);

// The lock's clock; profiles with one only.
std::vector<bus::Exchange> clock_exchanges(const Profile& profile, DevicePlace place);
std::optional<std::chrono::local_seconds> clock_of(const Profile& profile, DevicePlace place,
                                                   const RegisterImage& image);
// Empty if the lock's clock cannot show that time.
std::vector<bus::Exchange> set_clock_exchanges(const Profile& profile, DevicePlace place,
                                               std::chrono::local_seconds now);

}  // namespace genkan::profile
