"""When has a training reached its target? For bench/time_to_converged.py.

A training is a list of looks in the order of steps, each {"steps", "losses": [seed], "relevances": [seed][latent], ...}.
The last look is the end of the longest training: its relevances are the final ones.
"""
NATS, LOSS = 0.02, 0.01  # largest distance of a relevance from its final value; of the loss from the lowest, relative


def close(relevances, final):
    return all(abs(a - b) <= NATS for a, b in zip(sorted(relevances, reverse=True), sorted(final, reverse=True)))


def at_target(look, seed, final, lowest):
    """Relevances and loss of this seed; final: the last look, lowest: the lowest loss known of the problem."""
    return (close(look["relevances"][seed], final["relevances"][seed])
            and look["losses"][seed] <= (1 + LOSS) * lowest)


def arriving(looks, lowest):
    """Places of the seeds that are at the target at the end of the longest training."""
    return [seed for seed in range(len(looks[-1]["losses"])) if at_target(looks[-1], seed, looks[-1], lowest)]


def first_at_target(looks, lowest):
    """The first look that finds all arriving seeds at the target; None where none arrives."""
    seeds = arriving(looks, lowest)
    if not seeds:
        return None
    return next(look for look in looks if all(at_target(look, seed, looks[-1], lowest) for seed in seeds))


def settled(look, before, seed):
    """symscan's rule: since the look before, relevances changed by 0.02 nats at most and the loss by less than 1 %."""
    change = abs(look["losses"][seed] / before["losses"][seed] - 1)
    return close(look["relevances"][seed], before["relevances"][seed]) and change < LOSS


def first_settled(looks):
    """The look at which the rule has ended the training of every seed; None where it has not."""
    left = set(range(len(looks[-1]["losses"])))
    for before, look in zip(looks, looks[1:]):
        left -= {seed for seed in left if settled(look, before, seed)}
        if not left:
            return look
    return None


def best(trainings, lowest):
    """Of {setting: looks}: the setting with most arriving seeds, of these the fastest; None where nothing arrives."""
    found = {name: first_at_target(looks, lowest) for name, looks in trainings.items()}
    found = {name: look for name, look in found.items() if look}
    return min(found, key=lambda name: (-len(arriving(trainings[name], lowest)), found[name]["seconds"]), default=None)
