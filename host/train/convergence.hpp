#pragma once
#include <limits>
#include <string>
#include <vector>

#include "kernels/training.hpp"

namespace symscan {

/// Why a training ended.
enum class Ending {
  all_epochs,      ///< those of a fixed length
  converged,       ///< a round of twice the length changed nothing
  step_limit,      ///< train.max_steps, before that
  early_stopping,  ///< the validation loss no longer improved
};

/// What the end of a training says about its relevances.
struct Convergence {
  bool converged = false;
  Ending ending = Ending::all_epochs;
  /// relevance_change() (kernels/rounds.hpp) between the ends of the last two rounds, or over the last tenth
  /// of a fixed length; NaN: not known.
  double relevance_change = std::numeric_limits<double>::quiet_NaN();
  double loss_change = std::numeric_limits<double>::quiet_NaN();  ///< of the training loss, relative
};

/// "all epochs", "converged", "step limit", "early stopping"
std::string to_string(Ending ending);
/// Ending::all_epochs for an unknown text.
Ending parse_ending(const std::string& text);

/// Of a training that has ended. `task`: with the relevance passes during it; `latent_kl`: [latents] mean KL
/// after it, nats. Rounds have converged by their own rule (kernels/rounds.hpp); a fixed length has if its
/// last tenth changed as little. Early stopping says nothing about the relevances.
Convergence convergence_of(const TrainingTask& task, const std::vector<EpochMetrics>& history,
                           const std::vector<double>& latent_kl);

}  // namespace symscan
