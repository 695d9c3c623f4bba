#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "host/analysis/flow_invariance.hpp"
#include "host/analysis/mean_vector.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// x -> matrix x + shift, in the units of the columns.
struct AffineMap {
  Eigen::MatrixXd matrix;  ///< [D x D]
  Eigen::VectorXd shift;   ///< [D]
};

struct FiniteMapSettings {
  double delta = 0.1;
  std::uint64_t seed = 20040101u;
};

/// What the events say about one finite map.
struct FiniteMapResult {
  double p_value = 1;          ///< of invariance, of this map alone
  double effect = 0;           ///< see FiniteMapTest
  double effect_limit = 0;     ///< upper bound of 95 % confidence
  double axis_limit = 0;       ///< the largest upper bound for a function of one coordinate alone
  Eigen::Index functions = 0;  ///< that the effect sums over
};

/// Does the map g leave the distribution of the events unchanged? It does if and only if
/// E[phi(g x) - phi(x)] = 0 for the functions phi(x) = cos(w.x), sin(w.x) of all frequencies w (the empirical
/// characteristic function, Epps & Singleton, J. Stat. Comput. Simul. 26 (1986) 177). The differences are
/// paired: each event gives one, so Hotelling's T^2 of their means needs no permutations. Frequencies: low
/// ones along the coordinates of a robust frame and pairs of them, middle ones at random, fine ones at which
/// a third of the events (the scouts) shows structure, and those that the scouts find most changed by this
/// map. The last two are judged on the other events alone. The effect is sqrt(m^T Cov(phi)^-1 m), m the
/// means: the square root of the chi-square distance of the two distributions that these functions see. Where
/// a map was estimated, its neighbours count as well: directions of the means that they reach (to first
/// order) are projected out, so effect and p-value are of the best of them.
class FiniteMapTest {
 public:
  /// `points` [n x D] finite, n >= 1; `weights` [n], their sum positive.
  FiniteMapTest(const Eigen::MatrixXd& points, const Eigen::VectorXd& weights,
                const FiniteMapSettings& settings);

  bool enough_events() const { return enough_; }
  /// Enough by number, but no column spreads over more than a millionth of its size.
  bool hardly_varies() const { return hardly_varies_; }
  /// Rows for proposals.
  const std::vector<Eigen::Index>& scouts() const { return scouts_; }
  /// Root mean square of |g x - x| in standard deviations of a robust frame, at most 3 of an event.
  double displacement(const AffineMap& map) const;
  /// Whether g x leaves the linear subspace in which all points lie.
  bool leaves(const AffineMap& map) const;
  /// p-value by the scouts and few functions.
  double screen(const AffineMap& map, const std::vector<AffineMap>& neighbours) const;
  /// `neighbours`: derivatives of the map by what was estimated.
  FiniteMapResult test(const AffineMap& map, const std::vector<AffineMap>& neighbours) const;

 private:
  struct Family {
    std::vector<Eigen::Index> frequencies;
    std::vector<Eigen::Index> sizes;  ///< of the nested families, in frequencies
    Eigen::Index first = 0;           ///< frequencies along single coordinates that come first
  };
  struct Random {
    std::mt19937_64 bits;
    double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53; }
    double normal();
    Eigen::Index below(Eigen::Index count) {
      return static_cast<Eigen::Index>(bits() % static_cast<std::uint64_t>(count));
    }
  };
  struct Waves {
    Waves() = default;
    explicit Waves(const Eigen::MatrixXd& angles);
    Eigen::MatrixXd cosines, sines;
  };
  void set_frame(const Eigen::MatrixXd& points);
  void find_batches();
  void choose_scouts();
  void choose_frequencies();
  void add_random(Random& random, double shortest, double longest, Eigen::Index count, int level);
  void keep_structured();
  void add_frequency(const Eigen::VectorXd& round, int level);
  Family moved(const AffineMap& map) const;
  std::vector<Eigen::Index> most_changed(const AffineMap& map, Eigen::Index most) const;
  /// Of the functions of some frequencies: cosine and sine of the first, of the second and so on.
  struct Differences {
    MeanVector means;
    Eigen::MatrixXd spread;
    Eigen::MatrixXd slopes;  ///< [functions x neighbours] of the means
    /// Directions that are orthogonal to what the neighbours reach.
    Eigen::MatrixXd unreached(Eigen::Index functions) const;
    double largest_limit(Eigen::Index frequencies) const;
    /// Of the first so many frequencies, orthogonal to what the neighbours reach.
    Differences free(Eigen::Index frequencies) const;
  };
  Eigen::MatrixXd slopes_of(const std::vector<AffineMap>& neighbours, const Eigen::MatrixXd& waves,
                            const Eigen::MatrixXd& moments) const;
  Differences differences(const AffineMap& map, const std::vector<AffineMap>& neighbours,
                          const std::vector<Eigen::Index>& rows,
                          const std::vector<Eigen::Index>& frequencies) const;
  void bound(const Family& family, const Differences& low, Eigen::Index most, FiniteMapResult& result,
             std::vector<double>& p_values) const;

  FiniteMapSettings settings_;
  Eigen::MatrixXd points_;            ///< [n x D], the centre subtracted
  Eigen::VectorXd centre_;            ///< [D]
  Eigen::VectorXd weights_;           ///< [n]
  Eigen::MatrixXd inward_;            ///< [r x D]
  Eigen::MatrixXd outward_, normal_;  ///< of the robust frame
  std::vector<Eigen::Index> scouts_, others_, all_, few_;
  Eigen::MatrixXd frequencies_;  ///< [D x K]
  std::vector<int> levels_;      ///< [K] 0 low, 1 middle, 2 fine, 3 for most_changed alone
  Waves waves_;                  ///< [n x K]
  Eigen::Index axes_ = 0;        ///< frequencies that are along single coordinates
  Eigen::Index batch_ = 1;
  bool enough_ = false, hardly_varies_ = false;
};

}  // namespace symscan
