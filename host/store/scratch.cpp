#include "host/store/scratch.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"
#include "host/store/event_files.hpp"
#include "host/store/ledger_files.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr int copies_per_pause = 20;  ///< copying takes at most a twentieth of the time

fs::path folder_for_run(const fs::path& folder) {
  std::string name = (folder / "symscan-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw_trouble("cannot create a folder in", folder, errno);
  return name;
}

/// A file, or nothing where there is none.
void copy_file_atomically(const fs::path& from, const fs::path& to) {
  Descriptor source = open_descriptor(from, O_RDONLY | O_NOFOLLOW);
  if (!source && errno == ENOENT) return;
  if (!source) throw_trouble("cannot read", from, errno);
  write_file_atomically(to, [&](const fs::path& temporary) {
    FileWriter writer(temporary);
    std::vector<char> piece(std::size_t{1} << 20);
    while (true) {
      const ssize_t got = repeated([&] { return ::read(source.get(), piece.data(), piece.size()); });
      if (got < 0) throw_trouble("cannot read", from, errno);
      if (got == 0) break;
      writer.write({piece.data(), static_cast<std::size_t>(got)});
    }
    writer.close();
  });
}

}  // namespace

Scratch::Scratch(const fs::path& folder, fs::path out, RunDirectory::Mode mode, double seconds)
    : out_(std::move(out)), between_(seconds) {
  RunDirectory::check(out_, mode);
  create_folders(out_);
  lock_ = lock_of_run(out_, WithoutLocks::go_on);
  RunDirectory::check(out_, mode);
  remove_leftovers(out_);
  if (mode == RunDirectory::Mode::overwrite) remove_run_files(out_);
  run_ = folder_for_run(folder);
  try {
    if (Ledger::state_of(ledger_file(out_)) == LedgerState::ledger) {
      // Opened for writing: its log, if it has one, is taken in.
      Ledger::open(ledger_file(out_), false).copy_to(ledger_file(run_));
      copy_file_atomically(out_ / "analysis.json", run_ / "analysis.json");
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(run_, ignored);
    throw;
  }
  next_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(between_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!is_needed_) fs::remove_all(run_, ignored);
}

template <class Act>
void Scratch::attempt(const Act& act) const {
  try {
    act();
  } catch (const Error& error) {
    throw Error("the run could not be copied to its place (" + std::string(error.what()) +
                    "); it is whole in '" + run_.string() + "': copy its files into '" + out_.string() +
                    "', or repeat with --resume, which goes on from what was copied before",
                ExitCode::interrupted);
  }
}

void Scratch::copy(const fs::path& file) {
  copy_file_atomically(run_ / file, out_ / file);
}

void Scratch::copy_ledger(Ledger& ledger) {
  const fs::path snapshot = run_ / "snapshot.sqlite";
  ledger.copy_to(snapshot);
  // A log of an earlier ledger would be taken for one of this.
  for (const char* rest : files_beside_ledger)
    if (const fs::path file = ledger_file(out_).string() + rest;
        ::unlink(file.c_str()) != 0 && errno != ENOENT)
      throw_trouble("cannot remove", file, errno);
  copy_file_atomically(snapshot, ledger_file(out_));
  std::error_code ignored;
  fs::remove(snapshot, ignored);
}

void Scratch::save(Ledger& ledger) {
  is_needed_ = true;
  const auto begin = Clock::now();
  next_ = begin + std::chrono::duration_cast<Clock::duration>(between_);  // also where copying fails
  attempt([&] {
    copy_ledger(ledger);
    copy("config.json");
  });
  const auto end = Clock::now();
  next_ = end + std::max<Clock::duration>(std::chrono::duration_cast<Clock::duration>(between_),
                                          copies_per_pause * (end - begin));
}

void Scratch::save_last(Ledger& ledger) {
  save(ledger);
  is_needed_ = false;
}

void Scratch::publish(Ledger& ledger) {
  save(ledger);
  attempt([&] {
    for (const std::string& file : names_of_results()) copy(file);
    const std::vector<fs::path> events = event_files(run_);
    if (!events.empty()) remove_event_files(out_);
    for (const fs::path& file : events) {
      const fs::path place = out_ / fs::relative(file, run_);
      create_folders(place.parent_path());
      copy_file_atomically(file, place);
    }
  });
  is_needed_ = false;
}

}  // namespace symscan
