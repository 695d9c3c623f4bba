#include "host/analysis/derived_columns.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <utility>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNarrow = 0.02;        ///< range over size below which 1/r is nearly linear
constexpr double kSmallestAngle = 0.1;  ///< half range below which a cosine is nearly quadratic
constexpr double kNearOrigin = 1e-6;    ///< smallest distance over the largest

/// "x(earth)" is the coordinate 0 of the body "(earth)", "q2" the coordinate 1 of the only one.
struct Coordinate {
  std::string stem, body;
  int axis = 0;
};

std::string lower_case(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// Whether a name ends here, but for the number or the name in parentheses of what it belongs to.
bool is_body(const std::string& rest) {
  if (rest.empty()) return true;
  if (rest.front() == '(') return rest.size() > 2 && rest.back() == ')';
  const std::size_t start = rest.front() == '_' ? 1 : 0;
  return start < rest.size() && std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(start), rest.end(),
                                            [](unsigned char letter) { return std::isdigit(letter); });
}

std::optional<Coordinate> coordinate_of(const std::string& column) {
  const std::string name = lower_case(column);
  for (const std::string stem : {"", "q", "q_", "r", "r_", "pos", "pos_", "position_"}) {
    if (name.compare(0, stem.size(), stem) != 0 || name.size() == stem.size()) continue;
    const char axis = name[stem.size()];
    const std::string rest = name.substr(stem.size() + 1);
    if (axis >= 'x' && axis <= 'z' && is_body(rest)) return Coordinate{stem, rest, axis - 'x'};
    const bool numbered = stem == "q" || stem == "q_";
    if (numbered && axis >= '1' && axis <= '9' && rest.empty()) return Coordinate{stem + "#", "", axis - '1'};
  }
  return std::nullopt;
}

/// Of each body the columns of its coordinates, the first one, the second one and so on.
std::map<std::pair<std::string, std::string>, std::vector<int>> bodies_of(
    const std::vector<std::string>& columns) {
  std::map<std::pair<std::string, std::string>, std::map<int, int>> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (const auto coordinate = coordinate_of(columns[i]))
      found[{coordinate->stem, coordinate->body}].try_emplace(coordinate->axis, static_cast<int>(i));
  }
  std::map<std::pair<std::string, std::string>, std::vector<int>> bodies;
  for (const auto& [body, axes] : found) {
    std::vector<int> own;
    for (const auto& [axis, column] : axes) own.push_back(column);
    if (own.size() >= 2 && axes.rbegin()->first + 1 == static_cast<int>(own.size())) bodies[body] = own;
  }
  return bodies;
}

/// A name that no column has: "r", "r1" of the body 1, "r'" where there is an r.
std::string free_name(std::string name, const std::vector<std::string>& columns) {
  while (std::find(columns.begin(), columns.end(), name) != columns.end()) name += "'";
  return name;
}

void add_radii(const MatrixXd& rows, const std::vector<std::string>& columns,
               std::vector<DerivedColumn>& derived) {
  std::vector<std::string> taken = columns;
  for (const auto& [body, own] : bodies_of(columns)) {
    const VectorXd radius = MatrixXd(rows(Eigen::all, own)).rowwise().norm();
    const double least = radius.minCoeff(), largest = radius.maxCoeff();
    if (!(least > kNearOrigin * largest) || !(largest - least > kNarrow * largest)) continue;
    const std::string name = free_name("r" + body.second, taken);
    taken.push_back(name);
    std::string squares;
    for (const int column : own)
      squares += (squares.empty() ? "" : " + ") + columns[static_cast<std::size_t>(column)] + "^2";
    const std::string definition = name + " = sqrt(" + squares + ")";
    derived.push_back({DerivedColumn::Kind::radius, own, name, definition});
    derived.push_back({DerivedColumn::Kind::inverse_radius, own, name, definition});
  }
}

bool is_angle(const std::string& column) {
  const std::string name = lower_case(column);
  if (name == "q") return true;
  for (const std::string word : {"theta", "phi", "psi", "angle"})
    if (name.compare(0, word.size(), word) == 0 && is_body(name.substr(word.size()))) return true;
  return false;
}

void add_angles(const MatrixXd& rows, const std::vector<std::string>& columns,
                std::vector<DerivedColumn>& derived) {
  constexpr double full_turn = 2 * std::numbers::pi * (1 + 1e-6);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!is_angle(columns[i])) continue;
    const VectorXd angle = rows.col(static_cast<Index>(i));
    if (!(angle.cwiseAbs().maxCoeff() <= full_turn)) continue;
    if (!(angle.maxCoeff() - angle.minCoeff() > 2 * kSmallestAngle)) continue;
    const std::vector<int> own{static_cast<int>(i)};
    derived.push_back({DerivedColumn::Kind::cosine, own, free_name("cos(" + columns[i] + ")", columns), ""});
    derived.push_back({DerivedColumn::Kind::sine, own, free_name("sin(" + columns[i] + ")", columns), ""});
  }
}

}  // namespace

double radius_of(const VectorXd& row, const std::vector<int>& columns) {
  return VectorXd(row(columns)).norm();
}

void add_radius_gradient(const VectorXd& row, const std::vector<int>& columns, bool inverse, double factor,
                         VectorXd& slope) {
  const double radius = radius_of(row, columns);
  const double along = inverse ? -1 / (radius * radius * radius) : 1 / radius;
  for (const int column : columns) slope(column) += factor * along * row(column);
}

double DerivedColumn::value(const VectorXd& event) const {
  if (kind == Kind::cosine) return std::cos(event(columns[0]));
  if (kind == Kind::sine) return std::sin(event(columns[0]));
  const double radius = radius_of(event, columns);
  return kind == Kind::radius ? radius : 1 / radius;
}

void DerivedColumn::add_gradient(const VectorXd& event, double factor, VectorXd& slope) const {
  if (kind == Kind::cosine || kind == Kind::sine) {
    const double angle = event(columns[0]);
    slope(columns[0]) += factor * (kind == Kind::cosine ? -std::sin(angle) : std::cos(angle));
    return;
  }
  add_radius_gradient(event, columns, kind == Kind::inverse_radius, factor, slope);
}

std::vector<DerivedColumn> derived_columns(const MatrixXd& rows, const std::vector<std::string>& columns) {
  std::vector<DerivedColumn> derived;
  if (rows.rows() == 0) return derived;
  add_radii(rows, columns, derived);
  add_angles(rows, columns, derived);
  return derived;
}

MatrixXd with_derived(const MatrixXd& rows, const std::vector<DerivedColumn>& derived) {
  MatrixXd all(rows.rows(), rows.cols() + static_cast<Index>(derived.size()));
  all.leftCols(rows.cols()) = rows;
  for (std::size_t k = 0; k < derived.size(); ++k) {
    const Index place = rows.cols() + static_cast<Index>(k);
    const MatrixXd own = rows(Eigen::all, derived[k].columns);
    switch (derived[k].kind) {
      case DerivedColumn::Kind::radius:
        all.col(place) = own.rowwise().norm();
        break;
      case DerivedColumn::Kind::inverse_radius:
        all.col(place) = own.rowwise().norm().cwiseInverse();
        break;
      case DerivedColumn::Kind::cosine:
        all.col(place) = own.col(0).array().cos();
        break;
      case DerivedColumn::Kind::sine:
        all.col(place) = own.col(0).array().sin();
    }
  }
  return all;
}

}  // namespace symscan
