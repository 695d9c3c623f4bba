#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/data/root_bytes.hpp"

namespace symscan {

/// A branch of a TTree that holds numbers of one type, as many in each entry.
struct RootBranch {
  enum class Kind { numbers, list, text };
  std::string name;
  Kind kind = Kind::numbers;
  char type = 'D';  ///< D F L I S B (float64, float32, 8 to 1 byte), O: bool
  bool is_unsigned = false;
  std::vector<std::size_t> shape;  ///< of an entry; empty: one number
  std::size_t length = 1;          ///< numbers of an entry
  struct Basket {
    std::uint64_t place = 0;
    std::uint32_t bytes = 0;
    std::uint64_t first = 0, entries = 0;
  };
  std::vector<Basket> baskets;
};

struct RootTree {
  std::string path;  ///< "folder/name"
  std::uint64_t entries = 0;
  std::vector<RootBranch> branches;
};

/// The key of everything in a file but folders; names with their folders.
std::vector<RootKey> root_keys(const RootFile& file);

/// Entries of the tree under a key. Throws RootForeign.
std::uint64_t root_entries(const RootFile& file, const RootKey& key);

/// Throws RootForeign if any of its branches is not of the kinds above.
RootTree read_root_tree(const RootFile& file, const RootKey& key);

struct RootValues {
  std::vector<double> numbers;
  std::vector<std::size_t> rounded;  ///< places of integers that float64 does not hold
};
/// The numbers of one basket. Throws RootForeign.
RootValues root_values(const RootFile& file, const RootBranch& branch, const RootBranch::Basket& basket);

}  // namespace symscan
