#pragma once
#include <filesystem>
#include <string>

#include "host/base/json.hpp"

namespace symscan {

/// The `dataset` of a config with every key: one dataset, or the list of them. A text stands for {"kind":
/// text}. Throws ConfigError.
Json check_datasets(const Json& given);

/// Takes relative paths of file datasets from `folder` where such a file exists there. Leaves anything
/// that is not a well-formed path alone: it is checked later.
void resolve_data_paths(Json& document, const std::filesystem::path& folder);

/// Title of a sweep over these checked datasets.
std::string default_name(const Json& datasets);

}  // namespace symscan
