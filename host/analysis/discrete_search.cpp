#include "host/analysis/discrete_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double kScreenedOut = 1e-5;  ///< p-values of the scouts, times the number of maps, below it: broken
constexpr double kMovesNothing = 0.15;  ///< standard deviations
constexpr double kNotBroken = 0.01;     ///< p-value that a map needs to be established
/// Of delta, for functions of one coordinate alone: see discrete_symmetries().
constexpr double kAlongAxis = 0.7;
constexpr Index kFewestFunctions = 12;  ///< that bound an effect
constexpr std::size_t kMostElements = 1000, kMostComponents = 64;
constexpr std::size_t kMostTests = 60, kMostShown = 12;
constexpr int kMostTurns = 12;
constexpr int kCloseness = 12;  ///< products whose invariance is checked

DiscreteElement element_of(const DiscreteProposal& proposal, const FiniteMapResult& found) {
  return {proposal.text, proposal.map.matrix, proposal.map.shift,    found.p_value,
          found.effect,  found.effect_limit,  Invariance::cannot_say};
}

/// Whether the first matrix changes only coordinates that the second changes.
bool moves_within(const MatrixXd& first, const MatrixXd& second) {
  const MatrixXd unit = MatrixXd::Identity(first.rows(), first.cols());
  const auto still = (second - unit).rowwise().norm().array() < 1e-9;
  const auto moved = (first - unit).rowwise().norm().array() > 1e-9;
  return !(still && moved).any();
}

std::vector<MatrixXd> linear_parts(const std::vector<ContinuousGenerator>& continuous) {
  std::vector<MatrixXd> parts;
  for (const ContinuousGenerator& generator : continuous) parts.push_back(generator.matrix);
  return parts;
}

}  // namespace

DiscreteSearch::DiscreteSearch(const DistinctEvents& events, const std::vector<std::string>& columns,
                               const DiscreteSettings& settings,
                               const std::vector<ContinuousGenerator>& continuous)
    : settings_(settings),
      test_(events.points, events.weights, {settings.delta, settings.seed}),
      continuous_(linear_parts(continuous)),
      connected_(continuous_) {
  if (!test_.enough_events()) {
    result_.notes.push_back(
        test_.hardly_varies()
            ? "Finite maps were not looked for: the columns vary by less than a millionth of "
              "their size; subtract what they have in common."
            : kTooFewEvents);
    return;
  }
  choose(discrete_proposals({events.points, events.weights, test_.scouts(), columns}));
  for (const DiscreteProposal& proposal : proposals_)
    if (!connected_.exhausted()) judge(proposal);
  check_products();
  name();
  if (connected_.exhausted()) {
    give_up();
    return;
  }
  if (untested_ > 0)
    result_.notes.push_back(plural(static_cast<std::uint64_t>(untested_), "map") +
                            " that the first look did not exclude had no test, to save time.");
  forget_implied();
}

/// Nothing is said of maps that could not be told from the continuous motions.
void DiscreteSearch::give_up() {
  accepted_.clear();
  result_ = {};
  result_.notes.emplace_back(
      "Finite maps are not told: which of them the continuous motions make takes too long to find out.");
}

SameElement DiscreteSearch::same() const {
  if (connected_.empty()) return same_matrix;
  return [this](const MatrixXd& a, const MatrixXd& b) {
    if (same_matrix(a, b)) return true;
    // Linear parts are orthogonal.
    const MatrixXd ratio = a.transpose() * b;
    return connected_.contains(ratio);
  };
}

std::size_t DiscreteSearch::most_elements() const {
  return connected_.empty() ? kMostElements : kMostComponents;
}

void DiscreteSearch::show(std::vector<DiscreteElement>& list, DiscreteElement element) {
  if (list.size() < kMostShown) list.push_back(std::move(element));
}

/// Without those that move nothing and repeats.
void DiscreteSearch::choose(std::vector<DiscreteProposal> all) {
  const auto rows_of = [](const DiscreteProposal& proposal) { return proposal.map.matrix.rows(); };
  for (DiscreteProposal& proposal : all) {
    if (test_.displacement(proposal.map) < kMovesNothing) continue;
    const bool repeated = std::any_of(proposals_.begin(), proposals_.end(), [&](const auto& other) {
      return same_matrix(other.map.matrix, proposal.map.matrix) &&
             test_.displacement({MatrixXd::Identity(rows_of(proposal), rows_of(proposal)),
                                 proposal.map.shift - other.map.shift}) < 0.02;
    });
    if (!repeated) proposals_.push_back(std::move(proposal));
  }
}

/// Whether the scouts alone exclude the map.
bool DiscreteSearch::excluded(const DiscreteProposal& proposal) {
  ++result_.tried;
  const bool leaves = test_.leaves(proposal.map);
  const double p_value = leaves ? 0 : test_.screen(proposal.map, proposal.neighbours);
  if (p_value * static_cast<double>(proposals_.size()) >= kScreenedOut) return false;
  if (proposal.named) {
    FiniteMapResult found;
    if (leaves)
      found.effect = std::numeric_limits<double>::quiet_NaN();  // not measured
    else
      found = test_.test(proposal.map, proposal.neighbours);
    found.p_value = std::min(found.p_value, p_value);
    DiscreteElement element = element_of(proposal, found);
    element.verdict = Invariance::broken;
    show(result_.broken, std::move(element));
  }
  return true;
}

/// Whether what was found implies it or contradicts it.
bool DiscreteSearch::superfluous(const DiscreteProposal& proposal) const {
  const MatrixXd& matrix = proposal.map.matrix;
  for (const MatrixXd& element : elements_) {
    if (same_matrix(element, matrix)) return true;
  }
  if (is_of_columns(matrix)) return true;
  if (!proposal.angle_estimated || accepted_.empty()) return false;
  // An axis with an error generates nothing finite with another.
  std::vector<MatrixXd> generators;
  for (const Accepted& accepted : accepted_) generators.push_back(accepted.proposal.map.matrix);
  if (group_closure(generators, most_elements(), same()).empty()) return false;
  generators.push_back(matrix);
  return group_closure(generators, most_elements(), same()).empty();
}

/// Whether a continuous symmetry turns it into the unit, into an element or, of estimated lines, into what
/// was tested: of a component one map tells as much as another, and a line that the rows suggest would be a
/// second chance.
bool DiscreteSearch::is_continuous(const DiscreteProposal& proposal) const {
  if (connected_.empty()) return false;
  const MatrixXd& matrix = proposal.map.matrix;
  if (connected_.contains(matrix)) return true;
  const SameElement equal = same();
  const auto same_component = [&](const MatrixXd& other) { return equal(other, matrix); };
  if (std::any_of(elements_.begin(), elements_.end(), same_component)) return true;
  if (!proposal.angle_estimated) return false;
  return std::any_of(judged_.begin(), judged_.end(), [&](const MatrixXd& other) {
    return moves_within(other, matrix) && same_component(other);
  });
}

void DiscreteSearch::judge(const DiscreteProposal& proposal) {
  if (superfluous(proposal) || excluded(proposal)) return;
  const bool continuous = is_continuous(proposal);  // asked of the few that are left: it takes time
  judged_.push_back(proposal.map.matrix);
  if (continuous) return;
  if (tests_ >= kMostTests) {
    ++untested_;
    return;
  }
  ++tests_;
  const FiniteMapResult found = test_.test(proposal.map, proposal.neighbours);
  DiscreteElement element = element_of(proposal, found);
  if (found.p_value * static_cast<double>(proposals_.size()) < settings_.broken_below) {
    element.verdict = Invariance::broken;
    if (proposal.named) show(result_.broken, std::move(element));
    return;
  }
  const bool seen = found.functions >= kFewestFunctions;
  if (found.p_value < kNotBroken || !seen || !(found.effect_limit <= settings_.delta) ||
      !(found.axis_limit <= kAlongAxis * settings_.delta)) {
    if (proposal.named || (proposal.turns == 0 && found.p_value >= kNotBroken))
      show(result_.undecided, std::move(element));
    return;
  }
  element.verdict = Invariance::established;
  accepted_.push_back({proposal, std::move(element)});
  if (proposal.turns > 0) find_continuous_plane(proposal);
  update_elements();
}

/// Turns by 1/12 and 1/11 of a circle: what is seen is continuous, and no finding here.
void DiscreteSearch::find_continuous_plane(const DiscreteProposal& proposal) {
  int turns = 1;
  for (const Accepted& accepted : accepted_) {
    if (accepted.proposal.turns > 0 && accepted.proposal.plane == proposal.plane)
      turns = std::lcm(turns, accepted.proposal.turns);
  }
  if (turns <= kMostTurns) return;
  std::erase_if(accepted_, [&](const Accepted& accepted) {
    return accepted.proposal.turns > 0 && accepted.proposal.plane == proposal.plane;
  });
  // Of a turn R by the angle a, (R - R^T) / (2 sin a) generates the others.
  const MatrixXd turn = proposal.map.matrix;
  continuous_.push_back(turn - turn.transpose());
  connected_ = ConnectedGroup(continuous_);
  // What differs by such a turn is one map now.
  std::vector<MatrixXd> all;
  for (const Accepted& accepted : accepted_) all.push_back(accepted.proposal.map.matrix);
  std::vector<Accepted> kept;
  for (const std::size_t place : independent_generators(all, most_elements(), same()))
    kept.push_back(accepted_[place]);
  accepted_ = std::move(kept);
  if (continuous_planes_++ == 0)
    result_.notes.push_back("Turns or shifts by several parts of a circle (" + proposal.text +
                            " is one) keep the events, which no small group has together: the symmetry looks "
                            "continuous, so these are no finding.");
}

void DiscreteSearch::update_elements() {
  std::vector<MatrixXd> generators;
  for (const Accepted& accepted : accepted_) generators.push_back(accepted.proposal.map.matrix);
  elements_ = group_closure(generators, most_elements(), same());
  if (!elements_.empty() || generators.empty()) return;
  elements_ = generators;
  elements_.push_back(MatrixXd::Identity(generators.front().rows(), generators.front().cols()));
}

/// Whether exchanges and reflections of single columns that were found generate this signed permutation: for
/// groups too large to list.
bool DiscreteSearch::is_of_columns(const MatrixXd& matrix) const {
  const auto size = static_cast<std::size_t>(matrix.rows());
  std::vector<Index> root(size);
  std::iota(root.begin(), root.end(), Index{0});
  std::vector<bool> reflected(size, false);
  const auto image_of = [](const MatrixXd& m, Index i) {
    Index at = 0;
    m.row(i).cwiseAbs().maxCoeff(&at);
    return at;
  };
  for (const Accepted& accepted : accepted_) {
    const MatrixXd& m = accepted.proposal.map.matrix;
    std::vector<Index> moved;
    for (Index i = 0; i < m.rows(); ++i) {
      if ((m.row(i) - MatrixXd::Identity(m.rows(), m.cols()).row(i)).norm() > 1e-9) moved.push_back(i);
    }
    if (moved.size() == 1) reflected[static_cast<std::size_t>(moved[0])] = true;
    if (moved.size() == 2 && m(moved[0], moved[1]) == 1 && m(moved[1], moved[0]) == 1) {
      const Index from = root[static_cast<std::size_t>(moved[0])],
                  to = root[static_cast<std::size_t>(moved[1])];
      std::replace(root.begin(), root.end(), from, to);
    }
  }
  for (Index i = 0; i < matrix.rows(); ++i) {
    const Index at = image_of(matrix, i);
    if (std::fabs(std::fabs(matrix(i, at)) - 1) > 1e-9) return false;
    const Index group = root[static_cast<std::size_t>(i)];
    if (group != root[static_cast<std::size_t>(at)]) return false;
    bool sign = matrix(i, at) > 0;
    for (std::size_t k = 0; k < size; ++k) sign = sign || (root[k] == group && reflected[k]);
    if (!sign) return false;
  }
  return true;
}

/// Maps that the group holds after all need no verdict of their own.
void DiscreteSearch::forget_implied() {
  const SameElement equal = same();
  std::erase_if(result_.undecided, [&](const DiscreteElement& element) {
    const MatrixXd& matrix = element.matrix;
    return std::any_of(elements_.begin(), elements_.end(),
                       [&](const MatrixXd& known) { return equal(known, matrix); }) ||
           is_of_columns(matrix);
  });
}

/// Products of what was found must hold as well; else the generator with the largest effect goes.
void DiscreteSearch::check_products() {
  while (accepted_.size() > 1) {
    int checked = 0;
    bool failed = false;
    for (std::size_t b = 0; b < accepted_.size() && !failed; ++b) {
      for (std::size_t a = 0; a < b && !failed && checked < kCloseness; ++a, ++checked) {
        const AffineMap &f = accepted_[a].proposal.map, &g = accepted_[b].proposal.map;
        const AffineMap product{f.matrix * g.matrix, f.matrix * g.shift + f.shift};
        std::vector<AffineMap> neighbours;
        for (const AffineMap& n : accepted_[a].proposal.neighbours)
          neighbours.push_back({n.matrix * g.matrix, n.matrix * g.shift + n.shift});
        for (const AffineMap& n : accepted_[b].proposal.neighbours)
          neighbours.push_back({f.matrix * n.matrix, f.matrix * n.shift});
        if (test_.displacement(product) < kMovesNothing) continue;
        failed = test_.test(product, neighbours).p_value * kCloseness < settings_.broken_below / 10;
      }
    }
    if (!failed) return;
    const auto worst = std::max_element(accepted_.begin(), accepted_.end(), [](const auto& x, const auto& y) {
      return x.element.effect_limit < y.element.effect_limit;
    });
    result_.notes.push_back(
        "Products of the maps found do not all hold; left out is: " + worst->element.text + ".");
    worst->element.verdict = Invariance::cannot_say;
    show(result_.undecided, worst->element);
    accepted_.erase(worst);
    update_elements();
  }
}

/// Of the maps; those that others before them generate are removed.
DiscreteGroup DiscreteSearch::described(std::vector<Accepted>& order) const {
  const SameElement equal = same();
  std::vector<MatrixXd> all;
  for (const Accepted& accepted : order) all.push_back(accepted.proposal.map.matrix);
  std::vector<Accepted> kept;
  std::vector<MatrixXd> generators;
  for (const std::size_t place : independent_generators(all, most_elements(), equal)) {
    kept.push_back(order[place]);
    generators.push_back(all[place]);
  }
  order = std::move(kept);
  return describe_group(generators, most_elements(), equal);
}

void DiscreteSearch::name() {
  // A turn and a reflection say more than two reflections.
  std::vector<Accepted> turns_first = accepted_;
  std::stable_sort(turns_first.begin(), turns_first.end(),
                   [](const Accepted& a, const Accepted& b) { return a.proposal.turns > b.proposal.turns; });
  DiscreteGroup group = described(turns_first);
  if (group.order == 0) {
    group = described(accepted_);
  } else {
    accepted_ = std::move(turns_first);
  }
  result_.group = group.name;
  result_.order = group.order;
  for (Accepted& accepted : accepted_) result_.generators.push_back(std::move(accepted.element));
  if (!connected_.empty() && !result_.generators.empty())
    result_.notes.push_back(
        "The group is that of the components: turns of the continuous symmetry count as one.");
}

}  // namespace symscan
