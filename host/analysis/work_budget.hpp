#pragma once
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "host/analysis/left_out.hpp"

namespace symscan {

/// What parts of an analysis are called where they are left out, in the order in which they ask.
namespace parts {
inline constexpr const char columns[] = "the columns", span[] = "the linear span",
                            linear_relations[] = "linear relations",
                            quadratic_relations[] = "quadratic relations",
                            approximate_relations[] = "approximate relations",
                            partial_relations[] = "relations of nearly all rows",
                            products[] = "products of powers", reciprocals[] = "sums of reciprocals",
                            central_laws[] = "laws with distances and angles",
                            surface[] = "the surface of the relations",
                            neighbours[] = "distances between neighbours",
                            set_motions[] = "motions that keep the set",
                            kept_motions[] = "motions that keep the distribution",
                            candidates[] = "named transformations", finite_maps[] = "finite maps",
                            scan[] = "where a motion is broken", trajectories[] = "laws of the trajectories",
                            target[] = "motions that leave the labelled function unchanged",
                            dictionary[] = "motions of the dictionary";
inline constexpr const char* relations[] = {
    linear_relations, quadratic_relations, approximate_relations, partial_relations,
    products,         reciprocals,         central_laws};
}  // namespace parts

/// What an analysis may cost. The cost of each part is counted before it starts, from the sizes of what it
/// works on: elementary operations, of which an ordinary core does about 10^9 per second. A clock is never
/// read, so the same data give the same answer on any machine and with any number of threads. Parts ask one
/// after the other: one that does not fit into what is left is left out, and cheaper ones after it still run.
class WorkBudget {
 public:
  /// A part that starts.
  struct Step {
    const std::string& part;
    double share = 0, until = 0;  ///< of the expected cost, that is done now, and when the part ends; below 1
    double seconds = 0;           ///< of one core, that the part takes, about
  };
  using Watch = std::function<void(const Step&)>;

  /// `expected`: operations that the whole analysis is thought to take, for `watch` alone.
  explicit WorkBudget(double seconds = std::numeric_limits<double>::infinity(), double expected = 0,
                      Watch watch = {});

  /// Whether the part fits into what is left, or into a share of it; then it is paid for. Else it is listed
  /// as left out.
  bool affords(const std::string& part, double operations, double share = 1);
  /// Lists a part as left out, because one that it needs was.
  void leave_out(const std::string& part, double operations);
  /// For a part that always runs.
  void spend(const std::string& part, double operations);
  /// Whether so many operations are left; nothing is paid for.
  bool has(double operations) const { return spent_ + operations <= most_; }

  double spent_seconds() const;
  /// In the order in which the parts asked; of a part that asked several times the sum.
  const std::vector<LeftOut>& left_out() const { return left_out_; }

 private:
  double most_, expected_, spent_ = 0;
  Watch watch_;
  std::vector<LeftOut> left_out_;
};

/// Operations of decompositions and products, as they are timed (nanoseconds of one core without wide
/// vectors).
inline double operations_of_product(double rows, double inner, double columns) {
  return 0.4 * rows * inner * columns;
}
inline double operations_of_eigen(double size) {
  return 5e3 * size + 1.5 * size * size * size;
}

}  // namespace symscan
