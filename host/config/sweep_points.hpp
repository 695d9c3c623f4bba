#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// The resolved configs of a dataset's groups: what they have in common once, and the values that differ.
/// A config is made when it is asked for.
struct SweepPoints {
  /// Settings that advance together.
  struct Axis {
    std::vector<Json::json_pointer> targets;
    std::vector<std::vector<Json>> points;  ///< [points][targets]
  };

  Json base;               ///< of the first point, without the seed
  std::vector<Axis> axes;  ///< the last runs fastest

  /// Which point of an axis belongs to this point of their product.
  std::vector<std::size_t> place(std::size_t point) const;
  /// The config of a point, without the seed.
  Json config(std::size_t point) const;
};

struct ReplicaConfig;

/// Texts of resolved configs as ledgers keep them: ReplicaConfig::resolved().dump(). Those of a group differ
/// at their end, the seed; groups that follow each other are quick.
class ResolvedTexts {
 public:
  /// Valid until the next call.
  const std::string& of(const ReplicaConfig& config);

 private:
  std::shared_ptr<const SweepPoints> points_;
  std::size_t point_ = 0;
  std::string text_;
  std::size_t before_seed_ = 0;  ///< bytes of text_
};

}  // namespace symscan
