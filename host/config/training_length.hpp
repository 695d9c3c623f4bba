#pragma once
#include "host/base/json.hpp"
#include "host/config/replica.hpp"

namespace symscan {

/// A config document with the defaults of a training of fixed length where it is silent: 30 epochs, learning
/// rate 1e-3, constant, no warm-up, adam_beta2 0.999, tanh. These are what configs meant before there was
/// "auto", and what they mean if they give train.epochs, train.steps, another schedule than rounds, early
/// stopping or a warm-up of beta. Other documents are returned as they are, wrong ones too: they are checked
/// later.
Json with_fixed_length_defaults(Json document);

/// Throws ConfigError if the settings for the length of a training contradict each other.
void check_training_length(const TrainConfig& train);

}  // namespace symscan
