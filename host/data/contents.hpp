#pragma once
#include <string>
#include <vector>

namespace symscan {

/// One thing in a file that a table can be made of, or that stands beside such things: an array, a tree, a
/// kind of particle.
struct ContentItem {
  std::string name;         ///< "data", "/events/px", "Events", "mu- (13)"
  std::string description;  ///< "numbers, shape 1000 x 4", "in 812 of 1000 events"
  /// The settings that choose it, each a word of a command line: "dataset.array=data"; empty: it cannot be
  /// taken, and the description says why.
  std::vector<std::string> settings = {};
};

}  // namespace symscan
