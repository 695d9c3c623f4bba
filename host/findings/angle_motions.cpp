#include "host/findings/angle_motions.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Entries in standard deviations, the shift last.
MatrixXd in_spreads(const MatrixXd& matrix, const VectorXd& shift, const VectorXd& size) {
  const Index columns = matrix.rows();
  MatrixXd entries(columns, columns + 1);
  entries << matrix * size.asDiagonal(), shift;
  for (Index d = 0; d < columns; ++d) entries.row(d) *= size(d) > 0 ? 1 / size(d) : 0.0;
  return entries.cwiseAbs();
}

double whole_within(double value, double error) {
  const double whole = std::round(value);
  return whole != 0 && std::abs(value - whole) <= error ? whole : value;
}

std::string listed_angles(const std::vector<AngleShift>& shifts) {
  std::vector<std::string> names;
  for (const AngleShift& shift : shifts) names.push_back(shift.angle.name);
  return list_words(names);
}

}  // namespace

std::vector<AngleShift> shifts_of(const MatrixXd& matrix, const VectorXd& shift, const VectorXd& size,
                                  const std::vector<Angle>& angles, double cut) {
  const MatrixXd entries = in_spreads(matrix, shift, size);
  const double least = cut * (entries.size() > 0 ? entries.maxCoeff() : 0.0);
  std::vector<AngleShift> shifts;
  for (const Angle& angle : angles) {
    const double speed = 0.5 * (matrix(angle.sine, angle.cosine) - matrix(angle.cosine, angle.sine));
    // What is left is compared in spreads, but the two columns of an angle have one unit.
    MatrixXd rest = entries({angle.cosine, angle.sine}, Eigen::all);
    const double uneven = std::abs(matrix(angle.sine, angle.cosine) + matrix(angle.cosine, angle.sine));
    rest(0, angle.sine) = rest(1, angle.cosine) = 0;
    if (std::abs(speed) <= least || uneven > cut * std::abs(speed) || rest.maxCoeff() > least) continue;
    shifts.push_back({angle, speed});
  }
  // The first speed as the unit, where the others are whole multiples of it.
  for (AngleShift& moved : shifts) {
    const double unit = std::abs(shifts.front().speed);
    if (&moved != &shifts.front()) moved.speed = unit * whole_within(moved.speed / unit, cut);
  }
  return shifts;
}

bool only_shifts(const MatrixXd& matrix, const VectorXd& shift, const VectorXd& size,
                 const std::vector<AngleShift>& shifts, double cut) {
  if (shifts.empty()) return false;
  MatrixXd entries = in_spreads(matrix, shift, size);
  const double least = cut * entries.maxCoeff();
  for (const AngleShift& moved : shifts) {
    entries.row(moved.angle.cosine).setZero();
    entries.row(moved.angle.sine).setZero();
  }
  return entries.maxCoeff() <= least;
}

std::string name_of_shifts(const std::vector<AngleShift>& shifts) {
  const std::string names = listed_angles(shifts);
  if (shifts.size() == 1) return "shift of " + names;
  const double first = shifts.front().speed;
  if (std::all_of(shifts.begin(), shifts.end(), [&](const AngleShift& s) { return s.speed == first; }))
    return "shift of " + names + " together";
  if (shifts.size() == 2 && shifts.back().speed == -first)
    return "shift of " + shifts.front().angle.name + " against " + shifts.back().angle.name;
  return "shift of " + names;
}

std::string with_shifts(const std::string& name, const std::vector<AngleShift>& shifts) {
  std::string text = name;
  for (const AngleShift& shift : shifts) {
    const std::string pair = cosine_of(shift.angle.name) + "-" + sine_of(shift.angle.name);
    for (const std::string& words : {", " + pair, pair + ", ", " in " + pair})
      if (const std::size_t at = text.find(words); at != std::string::npos) text.erase(at, words.size());
  }
  return text + " with a " + name_of_shifts(shifts);
}

std::string equation_of_shifts(const std::vector<AngleShift>& shifts) {
  std::vector<std::string> lines;
  for (const AngleShift& shift : shifts) {
    const double near = whole_within(shift.speed, 1e-3);
    lines.push_back("d" + shift.angle.name + " = " + rounded(near));
  }
  return join_words(lines);
}

// Whatever it looks like, it holds for any angles.
bool is_trivial(const Constraint& constraint, const std::vector<Angle>& angles) {
  double largest = 0;
  for (const Term& term : constraint.relation.terms) {
    largest = std::max(largest, std::abs(term.coefficient));
    for (const int column : {term.first, term.second})
      if (column >= 0 && std::none_of(angles.begin(), angles.end(), [&](const Angle& angle) {
            return angle.cosine == column || angle.sine == column;
          }))
        return false;
  }
  constexpr int events = 16;
  for (int i = 1; i <= events; ++i) {
    VectorXd event = VectorXd::Zero(constraint.centre.size());
    for (std::size_t k = 0; k < angles.size(); ++k) {
      const double at = i * (0.7 + std::sqrt(2.0 + static_cast<double>(k)));
      event(angles[k].cosine) = std::cos(at);
      event(angles[k].sine) = std::sin(at);
    }
    if (std::abs(constraint.value(event)) > 1e-3 * largest) return false;
  }
  return true;
}

}  // namespace symscan
