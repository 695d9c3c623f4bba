#pragma once
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tests/kernels/block/tile_state.hpp"

namespace symscan::test {

/// Which layer, latent, ... an operation is asked for.
struct Arguments {
  int layer = 0, latent = 0;
  Optimizer optimizer = Optimizer::adam;
  bool add = false;    ///< to the gradient of earlier tiles
  bool finite = true;  ///< the loss of the batch
};

/// A number that an operation leaves in shared memory, or may overwrite with anything.
struct Value {
  enum class Kind { single, twice, scratch };  ///< float32, float64, not looked at
  Kind kind;
  std::size_t offset;  ///< in floats
  double expected;
  const char* of;  ///< errors are relative to the largest number of the same name
};

/// One tile operation of step.hpp: everything a test needs to know of it.
struct Operation {
  virtual ~Operation() = default;
  virtual std::string name() const = 0;
  virtual BlockPurpose purpose() const { return BlockPurpose::training; }
  virtual bool uses_activation() const { return false; }
  virtual bool has_product() const { return false; }
  /// Whether the product is done on the tensor cores if the precision says so.
  virtual bool on_tensor_cores(const Network&, const Arguments&) const { return false; }
  /// What it can be asked for in this network; none: not supported.
  virtual std::vector<Arguments> arguments(const Network&) const { return {{}}; }
  /// Puts what only this operation needs into the state.
  virtual void prepare(TileState&, const Arguments&) const {}
  virtual void run(LoopTiles&, const TileState&, const Arguments&) const = 0;
  /// What must be there afterwards, from the float64 reference; everything else must stay as it was.
  virtual std::vector<Value> expected(TileState&, const Arguments&) const = 0;
  /// The same for some numbers that are derivatives, by finite differences in float64.
  virtual std::vector<Value> slopes(const TileState&, const Arguments&) const { return {}; }
};

using Values = std::vector<Value>;
using Operations = std::vector<std::unique_ptr<Operation>>;

Operations forward_operations();
Operations gradient_operations();
Operations evaluation_operations();
const Operations& tile_operations();  ///< all

/// For padding samples: not looked at.
inline constexpr double anything = std::numeric_limits<double>::quiet_NaN();

/// Adds the [rows][samples] matrix at `matrix`; padding samples must be `padding`.
void add_matrix(Values& values, const TileState& t, const char* of, int matrix, int rows, double padding,
                const std::function<double(int row, int sample)>& number);
Value element(const TileState& t, const char* of, int matrix, int row, int sample, double expected);

/// Derivative at 0, by central differences.
double slope_of(const std::function<double(double)>& f);
/// One for each of these layers.
std::vector<Arguments> layer_arguments(int first, int end);
/// Wide enough for the tensor cores.
bool both_sides_wide(const Network& network, int l);

}  // namespace symscan::test
