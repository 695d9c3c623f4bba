#pragma once
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan::truth {

/// Random numbers made from raw bits, so that they do not depend on the standard library.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : bits_(seed) {}
  /// Of a name: the same rows whatever stands before a set.
  explicit Draws(const std::string& name);

  double uniform();  ///< in (0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double angle();  ///< in (0, 2 pi)
  double normal();
  double exponential();
  int below(int count);  ///< 0 .. count - 1
  double sign() { return below(2) == 0 ? -1 : 1; }
  int poisson(double mean);

  Eigen::VectorXd normals(Eigen::Index size);
  Eigen::VectorXd direction(Eigen::Index size);  ///< uniform on the unit sphere
  Eigen::Matrix3d rotation();                    ///< of the invariant distribution

 private:
  std::mt19937_64 bits_;
};

using Row = std::vector<double>;
/// Makes a table of that many rows.
using Maker = std::function<Eigen::MatrixXd(Draws&, Eigen::Index)>;

/// Rows that are independent of each other.
Maker each(std::function<Row(Draws&)> row);
/// The rows of a maker, the function applied to each.
Maker mapped(Maker maker, std::function<Row(Row, Draws&)> change);

Row to_row(const Eigen::VectorXd& values);
Row joined(Row first, const Row& second);
Eigen::VectorXd to_vector(const Row& row);
/// A fixed matrix of normal numbers.
Eigen::MatrixXd fixed_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed);

/// The words of a text.
std::vector<std::string> words(const std::string& text);
/// x1 .. xn
std::vector<std::string> numbered(int count);

}  // namespace symscan::truth
