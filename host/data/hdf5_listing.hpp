#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/data/contents.hpp"
#include "host/data/hdf5_values.hpp"

namespace symscan {

/// An open file and what is in it, for those who choose from it.
class Hdf5Listing {
 public:
  /// Throws what is wrong with the file, or with the system. `path` must outlive this object; `wanted` is a
  /// path in the file that is looked for even among too many.
  explicit Hdf5Listing(const std::string& path, const std::string& wanted = "");

  /// Every dataset, frame, group of columns and link: how to choose it, or why it cannot be taken.
  std::vector<ContentItem> contents() const;

 protected:
  std::size_t number_of(const Hdf5Node& node) const;
  std::string title(const std::string& path) const;  ///< "t.h5 ('path')"
  const Hdf5Node* node_called(const std::string& path) const;
  const Hdf5Group* group_called(const std::string& path) const;
  /// Names and descriptions, for sentences.
  std::vector<std::pair<std::string, std::string>> all_datasets() const;
  std::string link_text(const Hdf5Link& link) const;
  static bool is_usable(const Hdf5Node& node);
  /// 1-D datasets of numbers in a group.
  std::vector<const Hdf5Node*> members_of(const std::string& group) const;
  std::vector<std::string> groups_with_columns() const;

  std::vector<const Hdf5Node*> best_first() const;
  ContentItem item_of(const Hdf5Node& node, Hdf5ArrayReader& reader) const;
  /// The settings of an array of particles, or why it cannot be taken.
  void add_flatten(ContentItem& item, std::size_t number, Hdf5ArrayReader& reader) const;

  const std::string& name_;
  Hdf5Handle file_;
  Hdf5Tree tree_;
};

}  // namespace symscan
