#pragma once
#include <optional>
#include <string>
#include <vector>

namespace symscan {

/// What tells simple real Lie algebras apart.
struct SimpleInvariants {
  int dimension = 0;
  int rank = 0;          ///< dimension of a Cartan subalgebra
  int noncompact = 0;    ///< positive values of the Killing form
  bool complex = false;  ///< a complex simple algebra seen as a real one, such as so(1,3) = sl(2,C)
  int moved = 0;         ///< dimension of the space that its linear maps move
};

/// A simple real Lie algebra.
struct RealForm {
  std::string name;  ///< "so(1,3)", "su(3)", "sl(3,R)"
  /// The parts of its maximal compact subalgebra, the largest first: {"so(3)", "so(2)"}.
  std::vector<std::string> compact;
};

/// Of isomorphic algebras the orthogonal name is given: so(3) for su(2), so(1,2) for sl(2,R), so(2,3) for
/// sp(4,R), so(6) for su(4), so(3,3) for sl(4,R). so(p,q) with p + q odd and above 5 may share dimension,
/// rank and Killing form with a symplectic algebra (so(7), sp(3)); the dimension of the space it moves then
/// decides, and "so(7) or sp(3)" is said where that allows both. Nothing if no simple algebra has these
/// invariants. Exceptional algebras of more than 52 dimensions are "a simple algebra of dimension 78".
std::optional<RealForm> real_form(const SimpleInvariants& invariants);

}  // namespace symscan
