#include "firmware/services/keys/holder_row_reader.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

using domain::Holder;

class RowReader {
 public:
  RowReader(const KnownHolders& known, const ImportPlaces& places, const CsvRow& cells,
            ImportRow& row)
      : known_(known), places_(places), cells_(cells), row_(row) {}

  void read() {
    if (cells_.size() != column_count) return wrong_width();
    row_.outside_id = cell(id);
    read_id();
    const auto found = known_.holders.find(row_.outside_id);
    const Holder* before = found == known_.holders.end() ? nullptr : found->second;
    if (only_id()) {
      row_.action = before == nullptr ? RowAction::none : RowAction::remove;
      if (before != nullptr) row_.holder = *before;
      return;
    }
    row_.action = before == nullptr ? RowAction::add : RowAction::change;
    if (before != nullptr) {
      row_.holder = *before;
      row_.before = *before;
    }
    row_.holder.outside_id = row_.outside_id;
    read_name();
    read_groups();
    read_code();
    read_card();
    read_rest();
    if (before == nullptr || !row_.faults.empty()) return;
    const bool same =
        row_.draw.empty() && changes_between(known_.book, *before, row_.holder).empty();
    if (same) row_.action = RowAction::none;
  }

 private:
  std::string_view cell(ImportColumn column) const { return trimmed_cell(cells_[places_[column]]); }
  void fault(ImportColumn column, std::string message) {
    row_.faults.push_back({std::string(import_column_names[column]), std::move(message)});
  }

  void wrong_width() {
    std::size_t missing = 0;
    for (std::size_t i = 0; i < column_count; ++i) {
      if (places_[i] == cells_.size()) missing = i;
    }
    if (places_[id] < cells_.size()) row_.outside_id = cell(id);
    row_.faults.push_back({std::string(import_column_names[missing]),
                           cat("the row has ", cells_.size(), " columns; the header has ",
                               import_column_names.size())});
  }

  void read_id() {
    constexpr std::size_t most = 64;
    if (row_.outside_id.empty()) {
      return fault(id, "is missing; give each holder an id of your own");
    }
    const auto wrong = domain::reservation_name_fault(row_.outside_id, domain::Origin::here);
    if (!wrong.empty()) fault(id, cat("is no id: use at most ", most, " visible characters"));
  }

  bool only_id() const {
    return std::ranges::all_of(cells_, [this](const std::string& text) {
      return trimmed_cell(text).empty() || &text == &cells_[places_[id]];
    });
  }

  void read_name() {
    row_.holder.name = cell(name);
    const auto wrong = domain::reservation_name_fault(row_.holder.name, domain::Origin::here);
    if (!wrong.empty()) fault(name, wrong);
  }

  void read_groups() {
    const std::string group(cell(key_group));
    const auto found = known_.groups.find(group);
    if (group.empty()) {
      fault(key_group, "is missing; give the name of a key group");
    } else if (found == known_.groups.end()) {
      fault(key_group, cat("there is no key group '", printable(group, 64),
                           "'; give the name of one that there is"));
    } else {
      row_.holder.group = found->second;
    }
    const std::string validity(cell(validity_group));
    row_.holder.validity.reset();
    if (validity.empty()) return;
    const auto its = known_.validities.find(validity);
    if (its == known_.validities.end()) {
      return fault(validity_group, cat("there is no validity group '", printable(validity, 64),
                                       "'; give the name of one, or nothing for always"));
    }
    row_.holder.validity = its->second;
  }

  void read_code() {
    const std::string_view pattern = cell(code);
    if (pattern.empty()) {
      row_.holder.code.reset();
      if (cell(card).empty()) fault(code, "is missing, and there is no card; give one of them");
      return;
    }
    if (const auto wrong = pattern_fault(pattern); !wrong.empty()) return fault(code, wrong);
    if (pattern.find('*') == std::string_view::npos) {
      auto parsed = domain::Code::parse(pattern);
      if (!parsed) return fault(code, parsed.error().message());
      row_.holder.code = std::move(*parsed);
    } else if (!row_.holder.code || !matches(*row_.holder.code, pattern)) {
      row_.draw = pattern;
    }
  }

  void read_card() {
    const std::string_view title = cell(card_name);
    if (cell(card).empty()) {
      row_.holder.card.reset();
      if (!title.empty()) fault(card, "is missing, but there is a card_name; give its number");
      return;
    }
    auto number = domain::CardNumber::parse(cell(card));
    if (!number) return fault(card, number.error().message());
    row_.holder.card = domain::Card{std::move(*number)};
    if (title.empty()) return;
    const auto wrong = domain::reservation_name_fault(title, domain::Origin::here);
    if (!wrong.empty()) fault(card_name, wrong);
    row_.holder.card->name = title;
  }

  void read_rest() {
    static constexpr std::array<std::string_view, 6> yes{"", "1", "true", "yes", "enabled", "有効"};
    static constexpr std::array<std::string_view, 5> no{"0", "false", "no", "disabled", "無効"};
    const std::string word = small_cell(cell(enabled));
    row_.holder.enabled = std::ranges::find(yes, std::string_view(word)) != yes.end();
    if (!row_.holder.enabled && std::ranges::find(no, std::string_view(word)) == no.end()) {
      fault(enabled, cat("is '", printable(cell(enabled), 40), "'; give yes or no"));
    }
    row_.holder.mail = cell(mail);
    if (const auto wrong = mail_fault(row_.holder.mail); !wrong.empty()) fault(mail, wrong);
  }

  const KnownHolders& known_;
  const ImportPlaces& places_;
  const CsvRow& cells_;
  ImportRow& row_;
};

}  // namespace

std::string_view trimmed_cell(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string small_cell(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

KnownHolders::KnownHolders(const domain::KeyBook& its_book) : book(its_book) {
  for (const auto& [id, holder] : book.holders()) {
    if (!holder.outside_id.empty()) holders.emplace(holder.outside_id, &holder);
  }
  for (const auto& [id, group] : book.key_groups()) {
    groups.emplace(group.name, id);
    groups.emplace(id.str(), id);
  }
  for (const auto& [id, group] : book.validity_groups()) {
    validities.emplace(group.name, id);
    validities.emplace(id.str(), id);
  }
}

void read_import_row(const KnownHolders& known, const ImportPlaces& places, const CsvRow& cells,
                     ImportRow& row) {
  RowReader(known, places, cells, row).read();
}

}  // namespace genkan::services
