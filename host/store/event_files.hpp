#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// The event files of a run: RUN/tensorboard/replica_00012/events.out.tfevents.TIME.symscan. Names of this
/// form in plain folders (not links) belong to the run; everything else in tensorboard/ is somebody else's
/// and stays as it is.
namespace symscan {

/// RUN/tensorboard/replica_00012
std::filesystem::path event_folder(const std::filesystem::path& run, int replica);

/// Throws Error if a link or a file is in the place of the folder tensorboard/ of a run.
void check_event_folder(const std::filesystem::path& run);

/// All event files of symscan in a folder that is, or may become, a run. None where tensorboard/ is a link.
/// Throws Error if a folder cannot be read.
std::vector<std::filesystem::path> event_files(const std::filesystem::path& run);

/// Removes them, and the folders that are empty then. Throws Error.
void remove_event_files(const std::filesystem::path& run);

/// A new event file of a replica with these bytes, in folders that are made if they are missing; returns its
/// path. `seconds` since 1970 are part of its name. Throws Error, also where a link is in the place of a
/// folder.
std::filesystem::path create_event_file(const std::filesystem::path& run, int replica, long long seconds,
                                        const std::string& bytes);

}  // namespace symscan
