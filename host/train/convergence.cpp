#include "host/train/convergence.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace symscan {
namespace {

constexpr double fixed_tolerance = 0.02;  // of relevance_change() over the last tenth
constexpr std::array<const char*, 4> ending_names = {"all epochs", "converged", "step limit",
                                                     "early stopping"};

double relative_change(double before, double after) {
  return std::abs(after - before) / std::abs(after);
}

double mean_loss(const std::vector<EpochMetrics>& history, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t epoch = begin; epoch < end; ++epoch) sum += history[epoch].loss;
  return sum / static_cast<double>(end - begin);
}

/// Whether a training of fixed length has settled over its last tenth, by the rule of the rounds.
Convergence fixed_convergence(const TrainingTask& task, const std::vector<EpochMetrics>& history,
                              const std::vector<double>& latent_kl) {
  Convergence found;
  const std::uint32_t late = late_epoch(task);
  if (history.size() < task.epochs) found.ending = Ending::early_stopping;
  if (late == 0 || history.size() < task.epochs) return found;
  const double* const then = sums_after(task, late, static_cast<int>(latent_kl.size()));
  const double weight = task.training_weight + task.validation_weight;
  std::vector<double> now = latent_kl;
  for (double& kl : now) kl *= weight;
  found.relevance_change = relevance_change(then, now.data(), static_cast<int>(now.size()), weight);
  const std::size_t tenth = task.epochs - late, first = late >= tenth ? late - tenth : 0;
  found.loss_change =
      relative_change(mean_loss(history, first, late), mean_loss(history, late, history.size()));
  found.converged = found.relevance_change <= fixed_tolerance && found.loss_change <= round_loss_tolerance;
  return found;
}

}  // namespace

Convergence convergence_of(const TrainingTask& task, const std::vector<EpochMetrics>& history,
                           const std::vector<double>& latent_kl) {
  if (task.rounds.first == 0) return fixed_convergence(task, history, latent_kl);
  Convergence found;
  found.ending = Ending::step_limit;
  const auto epochs = static_cast<std::uint32_t>(history.size());
  const RoundSpan next = round_at(task.rounds, epochs);
  if (next.round < 2) return found;
  const double before = history[next.start_before() - 1].loss, after = history[epochs - 1].loss;
  found.relevance_change = round_change(task, epochs, static_cast<int>(latent_kl.size()));
  found.loss_change = relative_change(before, after);
  found.converged = settled(task, before, after, found.relevance_change);
  if (found.converged) found.ending = Ending::converged;
  return found;
}

std::string to_string(Ending ending) {
  return ending_names[static_cast<std::size_t>(ending)];
}

Ending parse_ending(const std::string& text) {
  const auto found = std::find(ending_names.begin(), ending_names.end(), text);
  return found == ending_names.end() ? Ending::all_epochs : static_cast<Ending>(found - ending_names.begin());
}

}  // namespace symscan
