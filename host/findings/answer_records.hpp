#pragma once
#include "host/base/json_record.hpp"
#include "host/findings/answers.hpp"
#include "host/findings/truth_table.hpp"

/// How the members of short answers are called in JSON. See answers.hpp for what they mean in full.
namespace symscan {

template <>
struct JsonRecord<Answer> {
  static constexpr const char* doc = "what the data obey, in a few words";
  static constexpr auto members = std::make_tuple(
      json_member("degrees", &Answer::degrees, "of freedom: '1', 'at least 2', '2 to 3', 'unclear'"),
      json_member("degrees_value", &Answer::degrees_value, "null: no single number"),
      json_member("set", &Answer::set, "algebra of what keeps it, 'none', 'fills its span' or 'unclear'"),
      json_member("distribution", &Answer::distribution,
                  "algebra of what it keeps, 'none' or 'undecided'; '': not sought"),
      json_member("kept", &Answer::kept, "names of motions, by what the distribution does"),
      json_member("broken", &Answer::broken), json_member("undecided", &Answer::undecided),
      json_member("finite", &Answer::finite, "finite group of the distribution, 'none', or '': not known"),
      json_member("constraints", &Answer::constraints, "exact equations"),
      json_member("approximate", &Answer::approximate, "equations"),
      json_member("laws", &Answer::laws, "independent ones of trajectories; null: not sought"),
      json_member("law_equations", &Answer::law_equations, "of trajectories"),
      json_member("confidence", &Answer::confidence, "what the degrees of freedom rest on"),
      json_member("converged", &Answer::converged, "all models; null: there are none"),
      json_member("convergence", &Answer::convergence, "of how many groups"),
      json_member("sentences", &Answer::sentences, "at most three"));
};

template <>
struct JsonRecord<Known> {
  static constexpr const char* doc = "what is known of a built-in dataset, and what was found";
  static constexpr auto members =
      std::make_tuple(json_member("quantity", &Known::quantity), json_member("known", &Known::known),
                      json_member("found", &Known::found),
                      json_member("agrees", &Known::agrees, "null: the finding leaves it open"));
};

}  // namespace symscan
