#include "tests/truth/draws.hpp"

#include <cmath>
#include <numbers>
#include <sstream>
#include <utility>

namespace symscan::truth {
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// FNV-1a.
std::uint64_t hash(const std::string& text) {
  std::uint64_t value = 14695981039346656037u;
  for (const char letter : text) value = (value ^ static_cast<unsigned char>(letter)) * 1099511628211u;
  return value;
}

}  // namespace

Draws::Draws(const std::string& name) : Draws(hash(name)) {}

double Draws::uniform() {
  return (static_cast<double>(bits_() >> 12) + 0.5) * 0x1p-52;
}

double Draws::angle() {
  return uniform(0, 2 * std::numbers::pi);
}

double Draws::normal() {
  const double radius = std::sqrt(2 * exponential());
  return radius * std::cos(angle());
}

double Draws::exponential() {
  return -std::log(uniform());
}

int Draws::below(int count) {
  return static_cast<int>(uniform() * count);
}

int Draws::poisson(double mean) {
  int count = 0;
  for (double time = exponential(); time < mean; time += exponential()) ++count;
  return count;
}

VectorXd Draws::normals(Index size) {
  VectorXd values(size);
  for (double& value : values) value = normal();
  return values;
}

VectorXd Draws::direction(Index size) {
  return normals(size).normalized();
}

Eigen::Matrix3d Draws::rotation() {
  const VectorXd q = direction(4);
  const double w = q(0), x = q(1), y = q(2), z = q(3);
  Eigen::Matrix3d matrix;
  matrix << 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),  //
      2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),        //
      2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y);
  return matrix;
}

Maker each(std::function<Row(Draws&)> row) {
  return [row = std::move(row)](Draws& draws, Index count) {
    MatrixXd table;
    for (Index i = 0; i < count; ++i) {
      const Row values = row(draws);
      if (i == 0) table.resize(count, static_cast<Index>(values.size()));
      table.row(i) = to_vector(values).transpose();
    }
    return table;
  };
}

Maker mapped(Maker maker, std::function<Row(Row, Draws&)> change) {
  return [maker = std::move(maker), change = std::move(change)](Draws& draws, Index count) {
    const MatrixXd given = maker(draws, count);
    Index next = 0;
    return each([&](Draws& more) { return change(to_row(given.row(next++)), more); })(draws, count);
  };
}

Row to_row(const VectorXd& values) {
  return {values.begin(), values.end()};
}

Row joined(Row first, const Row& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

VectorXd to_vector(const Row& row) {
  return Eigen::Map<const VectorXd>(row.data(), static_cast<Index>(row.size()));
}

MatrixXd fixed_matrix(Index rows, Index columns, std::uint64_t seed) {
  Draws draws(seed);
  MatrixXd matrix(rows, columns);
  for (Index i = 0; i < rows; ++i) matrix.row(i) = draws.normals(columns).transpose();
  return matrix;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back("x" + std::to_string(i));
  return names;
}

}  // namespace symscan::truth
