#include "host/report/sentences.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "host/base/text.hpp"
#include "host/data/dataset.hpp"

namespace symscan {
namespace {

/// "2 of 4 latents are active", "between 2 and 3 of 4 latents are active"
std::string active_phrase(const Group& group) {
  const auto [low, high] = std::minmax_element(group.active.begin(), group.active.end());
  const std::string total =
      " of " + plural(static_cast<std::uint64_t>(group.config->model.latent_dim), "latent");
  if (*low == *high) return std::to_string(*low) + total + (*low == 1 ? " is active" : " are active");
  return "between " + std::to_string(*low) + " and " + std::to_string(*high) + total + " are active";
}

/// What is known of a built-in dataset; empty if nothing is.
std::string shape_sentence(const DatasetFacts& facts) {
  if (facts.embedding_dimension <= 0 || facts.shape.empty()) return "";
  const int needed = facts.embedding_dimension, freedom = facts.intrinsic_dimension;
  const std::string latents = plural(static_cast<std::uint64_t>(needed), "latent") + ".";
  std::string shape = facts.shape;
  shape[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(shape[0])));
  if (freedom < 0 || freedom >= needed) return shape + " needs " + latents;
  return shape + " has " + plural(static_cast<std::uint64_t>(freedom), "degree") +
         " of freedom. A continuous map of it without a tear needs " + latents;
}

/// Why a group has other latents active than the shape needs; empty if it has not.
std::string difference_sentence(const DatasetFacts& facts, const Group& group) {
  const int needed = facts.embedding_dimension;
  const int found = *std::max_element(group.active.begin(), group.active.end());
  if (needed <= 0 || found == needed) return "";
  if (found > needed)
    return " These are more than the shape needs: some describe how it bends, or training is not finished.";
  if (group.config->model.latent_dim < needed) return " latent_dim is smaller than the shape needs.";
  return " At a smaller beta more latents may carry information.";
}

/// The relevances of the active latents, in nats.
std::vector<std::string> carried_nats(const RunResults& results, const Group& group) {
  constexpr std::size_t most_values = 8;
  std::vector<std::string> carried;
  for (const MeanAndSpread& latent : sorted_measure(results, group, RelevanceMeasure::kl)) {
    if (latent.mean > group.config->relevance.threshold && carried.size() < most_values)
      carried.push_back(rounded(latent.mean));
  }
  return carried;
}

std::string group_sentence(const RunResults& results, const Group& group, const DatasetFacts& facts,
                           bool name_it) {
  const ReplicaConfig& config = *group.config;
  std::string text = name_it ? settings_text(config, results.varying) + ": " : "";
  text += active_phrase(group) + " (KL above " + rounded(config.relevance.threshold) + " nats";
  if (group.done.size() > 1) text += ", " + plural(group.done.size(), "seed");
  text += ").";
  const auto carried = carried_nats(results, group);
  if (!carried.empty()) text += " KL: " + list_words(carried) + " nats.";
  text += difference_sentence(facts, group);
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// Scans over latent_dim, everything else being equal: where the number of active latents stops growing.
void scan_sentences(const RunResults& results, const std::vector<const Group*>& groups,
                    std::vector<std::string>& sentences) {
  std::vector<std::string> others = results.varying;
  std::erase(others, "model.latent_dim");
  std::vector<std::string> order;
  std::map<std::string, std::vector<const Group*>> scans;
  for (const Group* group : groups) {
    auto& scan = scans[settings_text(*group->config, others)];
    if (scan.empty()) order.push_back(settings_text(*group->config, others));
    scan.push_back(group);
  }
  constexpr std::size_t most_scans = 6;
  for (std::size_t i = 0; i < std::min(order.size(), most_scans); ++i) {
    auto& scan = scans[order[i]];
    std::stable_sort(scan.begin(), scan.end(), [](const Group* a, const Group* b) {
      return a->config->model.latent_dim < b->config->model.latent_dim;
    });
    std::set<int> sizes;
    for (const Group* group : scan) sizes.insert(group->config->model.latent_dim);
    if (sizes.size() < 3) continue;
    const double last = scan.back()->active_latents.mean;
    const std::string range = "latent_dim " + std::to_string(*sizes.begin()) + " to " +
                              std::to_string(*sizes.rbegin()) + ", " + order[i];
    if (last == 0) {
      sentences.push_back("All latents have collapsed at every size (" + range +
                          "): beta is too large for this data.");
    } else if (last + 0.5 < *sizes.rbegin()) {
      sentences.push_back("The number of active latents stops growing at " + rounded(last) + " (" + range +
                          ").");
    } else {
      sentences.push_back("All latents are active up to the largest latent_dim (" + range +
                          "): the number has not stopped growing.");
    }
  }
  if (order.size() > most_scans) {
    sentences.push_back("The other " + std::to_string(order.size() - most_scans) +
                        " scans are in the figures.");
  }
}

void linear_sentence(const RunResults& results, const Group& group, std::vector<std::string>& sentences) {
  const std::vector<double>& eigenvalues = results.datasets[group.dataset].eigenvalues;
  if (group.tau <= 0 || eigenvalues.empty()) return;
  const auto above =
      std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double v) { return v > group.tau; });
  sentences.push_back("For comparison: a linear model of the same loss uses " +
                      plural(static_cast<std::uint64_t>(above), "latent") +
                      ", one for each principal component with a variance above tau (" + rounded(group.tau) +
                      ").");
}

/// Counting latents of a model that has hardly been trained is the easiest way to a wrong answer.
void training_sentence(const RunResults& results, const std::vector<const Group*>& groups,
                       std::vector<std::string>& sentences) {
  std::uint64_t fewest = 0;
  std::size_t short_groups = 0, falling = 0;
  for (const Group* group : groups) {
    const TrainingVerdict state = training_state(results, *group);
    if (state.too_few_steps) {
      fewest = short_groups++ == 0 ? state.steps : std::min(fewest, state.steps);
    } else if (state.still_falling) {
      ++falling;
    }
  }
  const std::string of_groups = groups.size() > 1 ? " in " + std::to_string(short_groups + falling) + " of " +
                                                        std::to_string(groups.size()) + " groups"
                                                  : "";
  if (short_groups > 0) {
    sentences.push_back("Not trained long enough" + of_groups + ": only " + std::to_string(fewest) +
                        " training steps. Raise train.epochs before you count latents.");
  } else if (falling > 0) {
    sentences.push_back("The loss was still falling at the end of training" + of_groups +
                        ". Raise train.epochs before you count latents.");
  }
}

}  // namespace

const Group* main_group(const std::vector<Group>& groups, int dataset) {
  const Group* best = nullptr;
  for (const Group& group : groups) {
    if (group.dataset != dataset || group.done.empty()) continue;
    if (best == nullptr || group.config->model.latent_dim > best->config->model.latent_dim) best = &group;
  }
  return best;
}

std::string constant_features_sentence(const DatasetRecord& record) {
  std::vector<std::string> constant;
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  if (constant.empty()) return "";
  const bool one = constant.size() == 1;
  return list_words(constant) + (one ? " is constant. Its" : " are constant. Their") +
         " spread is rounding noise, and nothing is divided by it.";
}

std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& all,
                                           int dataset) {
  std::vector<std::string> sentences;
  std::vector<const Group*> groups;
  std::size_t failed = 0;
  for (const Group& group : all) {
    if (group.dataset != dataset) continue;
    failed += group.failed.size();
    if (!group.done.empty()) groups.push_back(&group);
  }
  const DatasetRecord& record = results.datasets[dataset];
  if (groups.empty()) {
    sentences.push_back("No replica of this study has finished.");
  } else {
    const DatasetFacts facts = dataset_facts(record.settings);
    const Group* main = main_group(all, dataset);
    training_sentence(results, groups, sentences);
    if (const std::string needs = shape_sentence(facts); !needs.empty()) sentences.push_back(needs);
    constexpr std::size_t few = 4;
    for (std::size_t g = 0; g < groups.size() && groups.size() <= few; ++g) {
      sentences.push_back(group_sentence(results, *groups[g], facts, groups.size() > 1));
    }
    if (groups.size() > few) {
      sentences.push_back(group_sentence(results, *main, facts, true));
    }
    scan_sentences(results, groups, sentences);
    linear_sentence(results, *main, sentences);
  }
  if (failed > 0) {
    sentences.push_back(plural(failed, "replica") +
                        " failed. Means are over the others; the list of failures "
                        "says why.");
  }
  return sentences;
}

}  // namespace symscan
