// ROOT: flat TTrees are read here, everything else by python3 with uproot. Both make the same tables.
#include <algorithm>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/byte_source.hpp"
#include "host/data/helper_table.hpp"
#include "host/data/root_tree.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

/// Numbers that a byte of a basket may stand for; beyond it is left to uproot, which reads piece by piece.
constexpr std::uint64_t kMostPerByte = 4096;
constexpr std::size_t kMostTrees = 100;

bool is_flat_tree(const std::string& class_name) {
  return class_name == "TTree" || class_name == "TNtuple" || class_name == "TNtupleD";
}

/// The things of a file, each with its highest cycle, as python/read_root.py chooses among them.
class RootChoice {
 public:
  RootChoice(const RootFile& file, std::string path) : path_(std::move(path)), all_(root_keys(file)) {
    std::map<std::string, const RootKey*> newest;
    for (const RootKey& key : all_) {
      has_others_ |= key.class_name.find("RNTuple") != std::string::npos || key.class_name == "TChain";
      const RootKey*& best = newest[key.name];
      if (best == nullptr || best->cycle < key.cycle) best = &key;
    }
    std::size_t trees = 0;
    for (const RootKey& key : all_) {
      if (newest[key.name] != &key) continue;
      const bool tree = is_flat_tree(key.class_name);
      const std::uint64_t entries = tree ? root_entries(file, key) : 0;
      if (tree && ++trees > kMostTrees) throw RootForeign("very many trees");
      if (tree && entries > 0) filled_.push_back(&key);
      const std::string words =
          tree ? (entries == 1 ? "1 entry" : std::to_string(entries) + " entries") : "no table";
      items_.push_back({key.name, one_line(key.class_name) + ", " + words, {}});
      if (entries > 0) items_.back().settings.push_back("dataset.array=" + key.name);
    }
    has_trees_ = trees > 0;
    std::stable_partition(items_.begin(), items_.end(),
                          [](const ContentItem& item) { return !item.settings.empty(); });
  }

  const RootKey& chosen(std::string wanted, std::vector<std::string>& notes) const {
    while (!wanted.empty() && wanted.front() == '/') wanted.erase(0, 1);
    while (!wanted.empty() && wanted.back() == '/') wanted.pop_back();
    const RootKey* found = nullptr;
    const RootKey* other = nullptr;
    for (const RootKey& key : all_) {
      if (key.name != wanted && key.name + ";" + std::to_string(key.cycle) != wanted) continue;
      other = &key;
      if (is_flat_tree(key.class_name) && (found == nullptr || found->cycle < key.cycle)) found = &key;
    }
    if (found == nullptr && has_others_) throw RootForeign("more than TTrees");
    if (wanted.empty()) found = only_tree();
    if (found == nullptr && other != nullptr)
      throw DataError(path_ + " holds " + printable(wanted) + ", which is a " + one_line(other->class_name) +
                      " and no tree (dataset.array); it has " + shown_items());
    if (found == nullptr)
      throw DataError(path_ + " has no tree " + printable(wanted) + " (dataset.array); it has " +
                      shown_items());
    const auto cycles =
        std::count_if(all_.begin(), all_.end(), [&](const RootKey& key) { return key.name == found->name; });
    if (cycles > 1)
      notes.push_back("the file holds " + printable(found->name) + " in several cycles; number " +
                      std::to_string(found->cycle) + " is read");
    return *found;
  }

  const std::vector<ContentItem>& items() const {
    if (has_others_) throw RootForeign("more than TTrees");
    return items_;
  }

 private:
  const RootKey* only_tree() const {
    if (filled_.size() == 1) return filled_[0];
    if (filled_.empty()) {
      throw DataError(
          path_ +
          (has_trees_ ? " has only trees without entries: " : " holds no TTree and no RNTuple; it has ") +
          shown_items());
    }
    throw DataError(path_ + " has several trees; choose one, for example dataset.array=" +
                    one_line(filled_[0]->name) + "; it has " + shown_items());
  }

  std::string shown_items() const {
    std::vector<std::string> names;
    for (const ContentItem& item : items_) names.push_back(item.name + " (" + item.description + ")");
    return names.empty() ? "nothing at all" : join_names(names);
  }

  std::string path_;
  std::vector<RootKey> all_;
  std::vector<const RootKey*> filled_;
  std::vector<ContentItem> items_;  ///< trees with entries first
  bool has_trees_ = false;
  bool has_others_ = false;  ///< tables that are read elsewhere
};

/// [1], [2], ... or [1][1], [1][2], ..., the last index fastest.
std::vector<std::string> root_indices(const std::vector<std::size_t>& shape) {
  std::vector<std::string> texts = {""};
  for (const std::size_t size : shape) {
    std::vector<std::string> longer;
    for (const std::string& text : texts)
      for (std::size_t i = 1; i <= size; ++i) longer.push_back(text + "[" + std::to_string(i) + "]");
    texts = std::move(longer);
  }
  return texts;
}

/// A number of a branch that is a column of the file.
struct RootColumn {
  std::size_t branch = 0, part = 0;
};

class FlatTree {
 public:
  FlatTree(const RootFile& file, RootTree tree, const FileOptions& options)
      : file_(file), tree_(std::move(tree)), options_(options) {}

  Table read(std::vector<std::string> notes) {
    PlannedTable planned = plan_from_head(helper_format("root"), options_, head(notes));
    Table& table = planned.table;
    const std::size_t features = table.features();
    table.rows = planned.rows;
    check_stored(planned.asked);
    table.values.resize(table.rows * features);
    if (planned.asked.size() > features) table.weights.resize(table.rows);
    std::map<std::size_t, std::vector<std::size_t>> places;  // of each branch: numbers of asked columns
    for (std::size_t i = 0; i < planned.asked.size(); ++i)
      places[columns_[planned.asked[i]].branch].push_back(i);
    for (const auto& [branch, asked] : places) fill(table, tree_.branches[branch], asked, planned.asked);
    return std::move(table);
  }

 private:
  /// As the script makes one (head_of() in python/helper.py).
  Json head(const std::vector<std::string>& notes) {
    Json columns = Json::array(), left_out = Json::array();
    for (std::size_t i = 0; i < tree_.branches.size(); ++i) {
      const RootBranch& branch = tree_.branches[i];
      const bool list = branch.kind == RootBranch::Kind::list;
      if (branch.kind != RootBranch::Kind::numbers) {
        if (list ? options_.flatten > 0 : options_.on_text == OnText::one_hot)
          throw RootForeign("lists or text are wanted");
        left_out.push_back({{"name", branch.name},
                            {"kind", list ? "list" : "text"},
                            {"why", list ? "a list in each row" : "text"}});
        continue;
      }
      std::size_t part = 0;
      for (const std::string& index : root_indices(branch.shape)) {
        columns.push_back({{"name", branch.name + index},
                           {"of", branch.name},
                           {"type", branch.type == 'F' ? "f4" : "f8"},
                           {"real", false}});
        columns_.push_back({i, part++});
      }
      if (columns_.size() > 65536) throw RootForeign("very many columns");
    }
    return {{"rows", tree_.entries}, {"columns", columns}, {"left_out", left_out}, {"notes", notes}};
  }

  /// Before memory is taken.
  void check_stored(const std::vector<std::size_t>& asked) const {
    for (const std::size_t column : asked) {
      const RootBranch& branch = tree_.branches[columns_[column].branch];
      std::uint64_t stored = 0;
      for (const RootBranch::Basket& basket : branch.baskets) stored += file_.key_at(basket.place).bytes;
      if (tree_.entries / kMostPerByte > stored) throw RootForeign("more entries than its bytes hold");
    }
  }

  void fill(Table& table, const RootBranch& branch, const std::vector<std::size_t>& places,
            const std::vector<std::size_t>& asked) {
    const std::size_t features = table.features();
    std::vector<std::size_t> rounded(places.size());
    for (const RootBranch::Basket& basket : branch.baskets) {
      if (basket.first >= table.rows) break;
      const RootValues values = root_values(file_, branch, basket);
      const auto first = static_cast<std::size_t>(basket.first);
      const std::size_t count = std::min(static_cast<std::size_t>(basket.entries), table.rows - first);
      for (std::size_t k = 0; k < places.size(); ++k) {
        const std::size_t part = columns_[asked[places[k]]].part;
        for (const std::size_t at : values.rounded)
          rounded[k] += at % branch.length == part && at / branch.length < count;
        for (std::size_t row = 0; row < count; ++row) {
          const double value = values.numbers[row * branch.length + part];
          if (places[k] < features)
            table.values[(first + row) * features + places[k]] = value;
          else
            table.weights[first + row] = value;
        }
      }
    }
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (rounded[k] == 0) continue;
      table.notes.push_back(plural(rounded[k], "value") + " of column " + printable(branch.name) +
                            (rounded[k] == 1 ? " is" : " are") + " beyond 2^53 and rounded to float64 (" +
                            options_.path + ")");
    }
  }

  const RootFile& file_;
  RootTree tree_;
  const FileOptions& options_;
  std::vector<RootColumn> columns_;
};

}  // namespace

Table read_root(const FileOptions& options) {
  try {
    const RootFile file(options.path);
    std::vector<std::string> notes;
    const RootChoice choice(file, options.path);
    const RootKey& key = choice.chosen(options.array, notes);
    return FlatTree(file, read_root_tree(file, key), options).read(notes);
  } catch (const RootForeign&) {
    return read_with_helper(helper_format("root"), options);
  }
}

std::vector<ContentItem> root_contents(const FileOptions& options) {
  try {
    return RootChoice(RootFile(options.path), options.path).items();
  } catch (const RootForeign&) {
    return contents_with_helper(helper_format("root"), options);
  }
}

}  // namespace symscan
