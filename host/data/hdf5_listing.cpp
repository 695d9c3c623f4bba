// What an HDF5 file holds, as names, descriptions and settings.
#include "host/data/hdf5_listing.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/text_values.hpp"

namespace symscan {

Hdf5Listing::Hdf5Listing(const std::string& path, const std::string& wanted)
    : name_(path), file_(open_hdf5(path)), tree_(list_hdf5(file_.get(), path, wanted)) {}

std::size_t Hdf5Listing::number_of(const Hdf5Node& node) const {
  return static_cast<std::size_t>(&node - tree_.nodes.data());
}
std::string Hdf5Listing::title(const std::string& path) const {
  return name_ + " (" + printable(path) + ")";
}

const Hdf5Node* Hdf5Listing::node_called(const std::string& path) const {
  for (const Hdf5Node& node : tree_.nodes) {
    if (node.path == path) return &node;
  }
  return nullptr;
}

const Hdf5Group* Hdf5Listing::group_called(const std::string& path) const {
  for (const Hdf5Group& group : tree_.groups) {
    if (group.path == path) return &group;
  }
  return nullptr;
}

std::vector<std::pair<std::string, std::string>> Hdf5Listing::all_datasets() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Hdf5Group& group : tree_.groups) {
    if (group.fixed_frame()) all.emplace_back(group.path, "a frame of pandas");
  }
  for (const Hdf5Node& node : tree_.nodes) {
    if (!node.internal) all.emplace_back(node.path, node.description());
  }
  for (const Hdf5Link& link : tree_.links) all.emplace_back(link.path, link_text(link));
  return all;
}

std::string Hdf5Listing::link_text(const Hdf5Link& link) const {
  if (!link.file.empty())
    return "a link to " + printable(link.target) + " in the file " + printable(link.file);
  const auto target = tree_.resolve(file_.get(), link.path);
  return (target ? "a link to " : "a link to nothing, ") + printable(link.target);
}

bool Hdf5Listing::is_usable(const Hdf5Node& node) {
  return node.table() || node.column() || node.particles();
}

std::vector<const Hdf5Node*> Hdf5Listing::members_of(const std::string& group) const {
  std::vector<const Hdf5Node*> columns;
  for (const Hdf5Node& node : tree_.nodes) {
    if (!node.internal && node.column() && hdf5_parent(node.path) == group) columns.push_back(&node);
  }
  return columns;
}

std::vector<std::string> Hdf5Listing::groups_with_columns() const {
  std::vector<std::string> groups;
  for (const Hdf5Node& node : tree_.nodes) {
    const std::string group = hdf5_parent(node.path);
    if (node.internal || !node.column() || std::count(groups.begin(), groups.end(), group) > 0) continue;
    groups.push_back(group);
  }
  return groups;
}

void Hdf5Listing::add_flatten(ContentItem& item, std::size_t number, Hdf5ArrayReader& reader) const {
  const Hdf5Node& node = tree_.nodes[number];
  ArrayTable table{.name = title(node.path), .rows = node.rows(), .particles = node.sizes()[1]};
  try {
    const std::size_t features = node.records ? reader.values(number).parts.size() : node.sizes()[2];
    if (table.particles > 65536 || features > 65536) throw DataError(table.name + " is too wide");
    for (std::size_t i = 0; i < features; ++i) {
      table.features.push_back({.name = "", .part = number, .place = i});
      if (node.records) table.features[i].trouble = reader.values(number).parts[i].trouble.what;
    }
    item.settings.push_back("dataset.flatten=" + std::to_string(propose_flatten(table, reader)));
  } catch (const DataError& error) {
    item.settings.clear();
    item.description += ": " + std::string(error.what());
  }
}

/// Tables, then arrays of particles, each by their size, then the others.
std::vector<const Hdf5Node*> Hdf5Listing::best_first() const {
  const auto size_of = [](const Hdf5Node& node) {
    double size = 1;
    for (const std::uint64_t part : node.sizes()) size *= static_cast<double>(part);
    return size;
  };
  const auto rank = [&](const Hdf5Node* node) {
    const int kind = node->table() ? 0 : node->particles() ? 1 : 2;
    return std::pair{kind, kind < 2 ? -size_of(*node) : 0.0};
  };
  std::vector<const Hdf5Node*> nodes;
  for (const Hdf5Node& node : tree_.nodes) {
    if (!node.internal) nodes.push_back(&node);
  }
  std::stable_sort(nodes.begin(), nodes.end(),
                   [&](const Hdf5Node* a, const Hdf5Node* b) { return rank(a) < rank(b); });
  return nodes;
}

ContentItem Hdf5Listing::item_of(const Hdf5Node& node, Hdf5ArrayReader& reader) const {
  ContentItem item{.name = node.path, .description = node.description()};
  const std::vector<std::uint64_t> sizes = node.sizes();
  const bool empty = std::count(sizes.begin(), sizes.end(), 0u) > 0;
  if (!empty && is_usable(node)) item.settings = {"dataset.array=" + node.path};
  if (!empty && node.particles()) add_flatten(item, number_of(node), reader);
  return item;
}

// The first is what is proposed: what is read without settings, or the largest of several.
std::vector<ContentItem> Hdf5Listing::contents() const {
  Hdf5ArrayReader reader(file_.get(), name_, tree_);
  std::vector<ContentItem> items;
  for (const Hdf5Group& group : tree_.groups) {
    if (group.fixed_frame())
      items.push_back({group.path, "a frame of pandas", {"dataset.array=" + group.path}});
  }
  const std::vector<const Hdf5Node*> nodes = best_first();
  const auto is_whole = [](const Hdf5Node* node) { return node->table() || node->particles(); };
  for (const Hdf5Node* node : nodes) {
    if (is_whole(node)) items.push_back(item_of(*node, reader));
  }
  for (const std::string& group : groups_with_columns()) {
    const std::size_t count = members_of(group).size();
    if (count > 1)
      items.push_back({"/" + group, "a group of " + plural(count, "column"), {"dataset.array=/" + group}});
  }
  for (const Hdf5Node* node : nodes) {
    if (!is_whole(node)) items.push_back(item_of(*node, reader));
  }
  for (const Hdf5Group& group : tree_.groups) {
    if (!group.trouble.empty()) items.push_back({group.path, group.trouble});
  }
  for (const Hdf5Link& link : tree_.links) {
    ContentItem item{.name = link.path, .description = link_text(link)};
    const auto target = link.file.empty() ? tree_.resolve(file_.get(), link.path) : std::nullopt;
    const Hdf5Node* node = target ? node_called(*target) : nullptr;
    if (node && (node->table() || node->column())) item.settings = {"dataset.array=" + link.path};
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace symscan
