#pragma once
#include <string>
#include <vector>

#include "host/analysis/discrete_group.hpp"
#include "host/analysis/discrete_proposals.hpp"
#include "host/analysis/discrete_symmetries.hpp"
#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/finite_map_test.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

inline const std::string kTooFewEvents = "There are too few distinct rows to look for discrete symmetries.";

/// Chooses among the proposals, tests them and names what they generate: see discrete_symmetries().
class DiscreteSearch {
 public:
  DiscreteSearch(const DistinctEvents& events, const std::vector<std::string>& columns,
                 const DiscreteSettings& settings, const std::vector<ContinuousGenerator>& continuous);
  DiscreteSymmetries result() { return std::move(result_); }

 private:
  struct Accepted {
    DiscreteProposal proposal;
    DiscreteElement element;
  };

  SameElement same() const;
  std::size_t most_elements() const;

  void choose(std::vector<DiscreteProposal> all);
  bool excluded(const DiscreteProposal& proposal);
  void judge(const DiscreteProposal& proposal);
  bool superfluous(const DiscreteProposal& proposal) const;
  bool is_continuous(const DiscreteProposal& proposal) const;
  void find_continuous_plane(const DiscreteProposal& proposal);
  void update_elements();
  void give_up();
  bool is_of_columns(const Eigen::MatrixXd& matrix) const;
  void forget_implied();
  void check_products();
  void name();
  static void show(std::vector<DiscreteElement>& list, DiscreteElement element);
  DiscreteGroup described(std::vector<Accepted>& order) const;

  DiscreteSettings settings_;
  FiniteMapTest test_;
  std::vector<Eigen::MatrixXd> continuous_;
  std::vector<Eigen::MatrixXd> judged_;  ///< maps that were tested
  ConnectedGroup connected_;
  int continuous_planes_ = 0;
  std::size_t tests_ = 0, untested_ = 0;
  std::vector<DiscreteProposal> proposals_;
  std::vector<Accepted> accepted_;
  std::vector<Eigen::MatrixXd> elements_;  ///< of the group so far
  DiscreteSymmetries result_;
};

}  // namespace symscan
