// Spheres of more dimensions, groups, cones of matrices, products: sets whose motions theory names.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using std::cos;
using std::sin;

Row flat(const MatrixXd& matrix) {
  return to_row(matrix.reshaped<Eigen::RowMajor>());
}

Row circle(double t, double radius = 1) {
  return {radius * cos(t), radius * sin(t)};
}

KnownTruth truth_of(int dimension, int generators, const std::string& algebra, const std::string& rotations,
                    int kept, int relations) {
  return {.dimensions = {dimension},
          .generators = generators,
          .algebra = algebra,
          .rotations = rotations,
          .kept = kept,
          .relations = relations};
}

/// The unit sphere of uniform directions: so(n), all of it kept.
KnownSet sphere(const std::string& name, int n) {
  const std::string algebra = "so(" + std::to_string(n) + ")";
  const int count = n * (n - 1) / 2;
  return {name, numbered(n), each([=](Draws& d) { return to_row(d.direction(n)); }),
          truth_of(n - 1, count, algebra, algebra, count, 1)};
}

std::vector<KnownSet> spheres() {
  return {
      sphere("S3", 4),
      sphere("S5", 6),
      sphere("S7", 8),
      {"torus S1 x S1, radii 1 and 2", words("x y z w"),
       each([](Draws& d) { return joined(circle(d.angle()), circle(d.angle(), 2)); }),
       truth_of(2, 2, "so(2) + so(2)", "so(2)+so(2)", 2, 2)},
      {"torus of three circles", numbered(6), each([](Draws& d) {
         return joined(joined(circle(d.angle()), circle(d.angle(), 2)), circle(d.angle(), 3));
       }),
       truth_of(3, 3, "so(2) + so(2) + so(2)", "so(2)+so(2)+so(2)", 3, 3)},
      {"S2 x S1", numbered(5),
       each([](Draws& d) { return joined(to_row(d.direction(3)), circle(d.angle())); }),
       truth_of(3, 4, "so(3) + so(2)", "so(3)+so(2)", 4, 2)},
      {"S2 x S2", numbered(6),
       each([](Draws& d) { return joined(to_row(d.direction(3)), to_row(2 * d.direction(3))); }),
       truth_of(4, 6, "so(3) + so(3)", "so(3)+so(3)", 6, 2)},
      // so(3), and dw = 1, x, y, z, w.
      {"S2 x interval", words("x y z w"),
       each([](Draws& d) { return joined(to_row(d.direction(3)), {d.uniform(0, 3)}); }),
       truth_of(3, 8, "", "so(3)", 3, 1)},
      {"x^2 + y^2 + z^2 - w^2 = 1", words("x y z w"), each([](Draws& d) {
         const double w = d.uniform(-1.5, 1.5);
         return joined(to_row(std::sqrt(1 + w * w) * d.direction(3)), {w});
       }),
       truth_of(3, 6, "so(1,3)", "so(3)", 3, 1)},
      {"x^2 + y^2 - z^2 - w^2 = 1", words("x y z w"), each([](Draws& d) {
         const double r = d.uniform(0, 2);
         return joined(circle(d.angle(), std::sqrt(1 + r * r)), circle(d.angle(), r));
       }),
       truth_of(3, 6, "so(2,2)", "so(2)+so(2)", 2, 1)},
  };
}

std::vector<KnownSet> groups() {
  const auto projector = [](Draws& d) {
    const VectorXd v = d.direction(3);
    return flat(v * v.transpose());
  };
  return {
      // Turns from the left and from the right; six relations are independent.
      {"rotation matrices", numbered(9), each([](Draws& d) { return flat(d.rotation()); }),
       truth_of(3, 6, "so(3) + so(3)", "so(3)+so(3)", 6, 6)},
      {"pairs of orthonormal vectors", numbered(6),
       each([](Draws& d) { return flat(d.rotation().topRows(2)); }),
       truth_of(3, 4, "so(3) + so(2)", "so(3)+so(2)", 4, 3)},
      // Four linear relations (symmetry, trace), three more.
      {"projectors on lines of R^3", numbered(9), each(projector), truth_of(2, 3, "so(3)", "so(3)", 3, 7)},
      // A 2 x 2 matrix of determinant 1; ad - bc has two signs each.
      {"matrices of determinant 1", words("a b c d"), each([](Draws& d) -> Row {
         const double a = d.sign() * d.uniform(0.5, 2), b = d.normal(), c = d.normal();
         return {a, b, c, (1 + b * c) / a};
       }),
       truth_of(3, 6, "so(2,2)", "so(2)+so(2)", 0, 1)},
      // A quaternion (w, x, y, z) as a complex 2 x 2 matrix of four numbers with two parts each.
      {"SU(2) matrices", numbered(8), each([](Draws& d) -> Row {
         const VectorXd q = d.direction(4);
         return {q(0), q(1), q(2), q(3), -q(2), q(3), q(0), -q(1)};
       }),
       truth_of(3, 6, "so(4)", "so(4)", 6, 5)},
  };
}

std::vector<KnownSet> cones() {
  return {
      {"2 x 2 matrices of rank 1", words("a b c d"),
       each([](Draws& d) { return flat(d.normals(2) * d.normals(2).transpose()); }),
       truth_of(3, 7, "so(2,2) + scaling", "so(2)+so(2)", 2, 1)},
      // sl(3) from the left and from the right, one scaling.
      {"3 x 3 matrices of rank 1", numbered(9),
       each([](Draws& d) { return flat(d.normals(3) * d.normals(3).transpose()); }),
       truth_of(5, 17, "sl(3,R) + sl(3,R) + scaling", "so(3)+so(3)", 6, 4)},
      // v v^T, six different entries: v -> A v.
      {"squares of vectors", words("xx xy xz yy yz zz"), each([](Draws& d) -> Row {
         const VectorXd v = d.normals(3);
         return {v(0) * v(0), v(0) * v(1), v(0) * v(2), v(1) * v(1), v(1) * v(2), v(2) * v(2)};
       }),
       truth_of(3, 9, "sl(3,R) + scaling", "so(3)", 3, 3)},
      // Plücker coordinates of planes in R^4: one quadric with three signs each. so(4) turns the vectors.
      {"planes of R^4", words("p12 p13 p14 p23 p24 p34"), each([](Draws& d) -> Row {
         const VectorXd u = d.normals(4), v = d.normals(4);
         const auto p = [&](int i, int j) { return u(i) * v(j) - u(j) * v(i); };
         return {p(0, 1), p(0, 2), p(0, 3), p(1, 2), p(1, 3), p(2, 3)};
       }),
       truth_of(5, 16, "so(3,3) + scaling", "so(3)+so(3)", 6, 1)},
      // Turns of x and v, dv = w x x, dv = v.
      {"sphere with tangent vectors", words("x y z vx vy vz"), each([](Draws& d) {
         const Eigen::Matrix3d frame = d.rotation();
         return joined(to_row(frame.col(0)), to_row(frame.rightCols(2) * d.normals(2)));
       }),
       truth_of(4, 7, "", "so(3)", 3, 2)},
      // A complex vector F = E + i B with F.F = 0: so(3, C) = so(1,3), its phase and its size.
      {"plane waves of any direction", words("Ex Ey Ez Bx By Bz"), each([](Draws& d) {
         const Eigen::Matrix3d frame = d.rotation();
         const double size = 0.5 + d.exponential();
         return joined(to_row(size * frame.col(0)), to_row(size * frame.col(1)));
       }),
       truth_of(4, 8, "so(1,3) + so(2) + scaling", "so(3)+so(2)", 4, 2)},
  };
}

/// Generators of su(3), Hermitian, by pairs of rows and two diagonal ones.
std::vector<Eigen::Matrix3cd> gell_mann() {
  std::vector<Eigen::Matrix3cd> found;
  for (int i = 0; i < 3; ++i)
    for (int j = i + 1; j < 3; ++j) {
      Eigen::Matrix3cd real = Eigen::Matrix3cd::Zero(), imaginary = real;
      real(i, j) = real(j, i) = 1;
      imaginary(i, j) = {0, -1};
      imaginary(j, i) = {0, 1};
      found.push_back(real);
      found.push_back(imaginary);
    }
  found.emplace_back(Eigen::Vector3cd(1, -1, 0).asDiagonal());
  found.emplace_back(Eigen::Vector3cd(1, 1, -2).asDiagonal());
  found.back() /= std::sqrt(3.0);
  return found;
}

std::vector<KnownSet> quantum_states() {
  const auto qutrit = [](Draws& d) {
    const VectorXd parts = d.direction(6);
    Eigen::Vector3cd psi;
    psi.real() = parts.head(3);
    psi.imag() = parts.tail(3);
    Row row;
    for (const Eigen::Matrix3cd& g : gell_mann()) row.push_back((psi.adjoint() * g * psi)(0, 0).real());
    return row;
  };
  return {
      {"qubit, density matrix", words("rho11 re im rho22"), each([](Draws& d) -> Row {
         const VectorXd b = d.direction(3);
         return {(1 + b(2)) / 2, b(0) / 2, -b(1) / 2, (1 - b(2)) / 2};
       }),
       truth_of(2, 3, "so(3)", "so(3)", 3, 2)},
      {"qutrit, pure states", numbered(8), each(qutrit), truth_of(4, 8, "su(3)", "su(3)", 8, 4)},
      // Two Bloch vectors and their products.
      {"two qubits, product states", numbered(15), each([](Draws& d) {
         const VectorXd a = d.direction(3), b = d.direction(3);
         return joined(joined(to_row(a), to_row(b)), flat(a * b.transpose()));
       }),
       truth_of(4, 6, "so(3) + so(3)", "so(3)+so(3)", 6, 11)},
  };
}

}  // namespace

std::vector<KnownSet> matrix_sets() {
  std::vector<KnownSet> all = spheres();
  for (const auto& part : {groups(), cones(), quantum_states()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
