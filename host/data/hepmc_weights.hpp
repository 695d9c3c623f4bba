#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/data/contents.hpp"

namespace symscan {

/// The weights of HepMC events: a list per event, whose names stand in the file. dataset.weights is a name, a
/// place ("0"), auto (the first) or none.
class HepmcWeights {
 public:
  HepmcWeights(std::string file, std::string wanted) : file_(std::move(file)), wanted_(std::move(wanted)) {}

  void begin_listing() { names_.clear(); }
  /// Names of Asciiv3: separated by "\|".
  void set_names(std::string_view escaped);
  /// Names of IO_GenEvent: 2 "first" "second".
  void set_quoted_names(std::string_view text);

  void begin_event() { values_.clear(); }
  void add(double value) { values_.push_back(value); }
  std::size_t count() const { return values_.size(); }
  /// The wanted weight of the event that begins in `line`; 1 if the file has none and none is named. Throws
  /// DataError if it is missing.
  double value(std::uint64_t line);
  /// Whether events of this file have weights.
  bool weighted() const { return weighted_ == Weighted::yes; }

  std::vector<ContentItem> contents() const;

 private:
  enum class Weighted { unknown, no, yes };
  [[noreturn]] void throw_missing(std::uint64_t line) const;
  std::string file_, wanted_;
  std::vector<std::string> names_;
  std::vector<double> values_;  ///< of the event at hand
  std::size_t most_ = 0;        ///< weights of one event
  Weighted weighted_ = Weighted::unknown;
};

}  // namespace symscan
