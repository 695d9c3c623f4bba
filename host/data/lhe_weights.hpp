#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/data/contents.hpp"

namespace symscan {

/// Further weights of Les Houches events: which the file declares (<initrwgt>), and the one that
/// dataset.weights names, of each event: from <wgt id="...">, <weight name="..."> or the list <weights>,
/// which has the order of the declarations.
class LheWeights {
 public:
  /// `wanted`: an id or the text of a declaration; empty: none.
  LheWeights(std::string file, std::string wanted) : file_(std::move(file)), wanted_(std::move(wanted)) {}

  /// A block <initrwgt>: behind events, it replaces the blocks before them, as in files that were joined.
  void begin_declarations() {
    if (events_follow_) forget_declarations();
  }
  void forget_declarations();
  /// A tag <weight> of <initrwgt>, and the text in it.
  void declare(const std::string& id, std::uint64_t line);
  void describe(std::string_view text);

  void begin_event();
  /// A tag that holds one weight, the text in it, and its end.
  void begin_weight(const std::string& id, std::uint64_t line);
  void begin_list();
  void text(std::string_view text, std::uint64_t line);
  void end();
  bool inside() const { return place_ != Place::nowhere; }

  /// The wanted weight of the event that ends in `line`. Throws DataError if it has none.
  double value(std::uint64_t line);
  /// The weights that the events have, as far as is known.
  std::vector<ContentItem> contents() const;

 private:
  enum class Place { nowhere, other_weight, wanted_weight, list };
  struct Declared {
    std::string id, text;
  };
  void resolve(std::uint64_t line);
  void take(double value, std::uint64_t line);
  std::string line_name(std::uint64_t line) const { return file_ + " line " + std::to_string(line); }
  std::string known_names() const;

  std::string file_, wanted_;
  std::string id_;  ///< of the wanted weight, by the declarations
  std::vector<Declared> declared_;
  std::vector<std::string> in_events_;  ///< ids of the first event
  bool events_follow_ = false;          ///< events have come since the declarations
  bool resolved_ = false, first_event_ = true, lists_ = false;
  std::size_t wanted_place_ = 0;  ///< in the declarations; declared_.size() if it is not declared
  Place place_ = Place::nowhere;
  std::size_t in_list_ = 0;    ///< values of the list of this event so far
  std::size_t in_weight_ = 0;  ///< words in the wanted tag so far
  bool found_ = false;
  double value_ = 0;
};

}  // namespace symscan
