#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <mutex>

#include "host/library/symscan.hpp"
#include "python/core/bindings.hpp"
#include "python/core/errors.hpp"
#include "python/core/signals.hpp"

namespace symscan::python {
namespace {

/// A run that several Python threads may use: a Run belongs to one thread at a time.
class SharedRun {
 public:
  explicit SharedRun(Run run) : run_(std::move(run)) {}

  /// `work` without the GIL, while no other thread works on the run.
  template <class Work>
  auto use(const Work& work) {
    const nb::gil_scoped_release released;
    const std::scoped_lock held(lock_);
    return work(run_);
  }

  /// The same with another run, which may be this one.
  template <class Work>
  auto with(SharedRun& other, const Work& work) {
    const nb::gil_scoped_release released;
    if (&other == this) {
      const std::scoped_lock held(lock_);
      return work(run_, run_);
    }
    const std::scoped_lock held(lock_, other.lock_);
    return work(run_, other.run_);
  }

 private:
  Run run_;
  std::mutex lock_;
};

std::string text_of(const nb::object& object) {
  return nb::cast<std::string>(nb::str(object));
}

TrainingOptions::Existing existing_of(const std::string& name) {
  if (name == "resume") return TrainingOptions::Existing::resume;
  if (name == "overwrite") return TrainingOptions::Existing::overwrite;
  if (name == "refuse") return TrainingOptions::Existing::refuse;
  throw UsageError("existing is '" + name + "'; it must be refuse, resume or overwrite");
}

/// The keyword arguments of train() as the library takes them; callbacks are added by the caller.
TrainingOptions options_from(const nb::dict& given) {
  TrainingOptions options;
  options.directory = text_of(given["directory"]);
  options.existing = existing_of(text_of(given["existing"]));
  options.device = text_of(given["device"]);
  options.threads = nb::cast<int>(given["threads"]);
  options.checkpoint_seconds = nb::cast<double>(given["checkpoint_seconds"]);
  options.table_name = text_of(given["name"]);
  options.logs = nb::cast<std::vector<std::string>>(given["logs"]);
  options.choose_open_settings = nb::cast<bool>(given["choose"]);
  options.shard = text_of(given["shard"]);
  return options;
}

nb::dict as_dict(const TrainingProgress& progress) {
  nb::dict dict;
  dict["replicas"] = progress.replicas;
  dict["finished"] = progress.finished;
  dict["failed"] = progress.failed;
  dict["share"] = progress.share;
  dict["seconds"] = progress.seconds;
  return dict;
}

/// `tell(kind, what)`: kind is "progress", "warning" or "note". A table that is not kept is empty afterwards.
std::unique_ptr<SharedRun> train_run(Table* table, const std::string& config,
                                     const std::vector<std::string>& settings, const nb::dict& given,
                                     bool keep_table, const nb::callable& tell) {
  TrainingOptions options = options_from(given);
  Interruption interruption;
  options.stop = &interruption.stop();
  options.progress = [&](const TrainingProgress& progress) {
    interruption.ask([&] { tell("progress", as_dict(progress)); });
  };
  options.warn = [&](const std::string& text) { interruption.ask([&] { tell("warning", to_str(text)); }); };
  options.note = [&](const std::string& text) { interruption.ask([&] { tell("note", to_str(text)); }); };
  std::optional<Run> run;
  {
    const nb::gil_scoped_release released;
    const SweepText sweep{config, settings};
    if (table != nullptr)
      run.emplace(train(keep_table ? Table(*table) : std::move(*table), sweep, options));
    else
      run.emplace(train(sweep, options));
  }
  interruption.raise();
  run->unlock();  // a notebook keeps its runs, and calls the cell again
  return std::make_unique<SharedRun>(std::move(*run));
}

/// Joins shards; progress goes to `tell(share)`, Ctrl-C ends it.
std::unique_ptr<SharedRun> merge_runs(const std::vector<std::string>& shards, const std::string& directory,
                                      const std::string& existing, int threads, const Table* table,
                                      const nb::callable& tell) {
  MergeChoice choice;
  choice.directory = directory;
  choice.existing = existing_of(existing);
  choice.threads = threads;
  Interruption interruption;
  choice.stop = &interruption.stop();
  choice.progress = [&](double share) { interruption.ask([&] { tell(share); }); };
  std::optional<Run> run;
  {
    const nb::gil_scoped_release released;
    run.emplace(merge({shards.begin(), shards.end()}, choice, table));
  }
  interruption.raise();
  run->unlock();
  return std::make_unique<SharedRun>(std::move(*run));
}

FindingsOptions findings_options(const nb::dict& given) {
  FindingsOptions options;
  options.candidates = nb::cast<std::vector<std::string>>(given["candidates"]);
  options.natural_candidates = options.discrete = !nb::cast<bool>(given["only_named"]);
  options.fields = text_of(given["fields"]);
  options.field_lines = text_of(given["field_lines"]);
  options.budget = nb::cast<double>(given["budget"]);
  options.threads = nb::cast<int>(given["threads"]);
  return options;
}

/// Runs `work(options)` without the GIL; progress goes to `tell`, Ctrl-C ends it.
template <class Work>
nb::str analysed(const nb::dict& given, const nb::callable& tell, const Work& work) {
  FindingsOptions options = findings_options(given);
  Interruption interruption;
  options.progress = [&](const AnalysisProgress& progress) {
    interruption.ask(
        [&] { tell("progress", to_str(progress.dataset), to_str(progress.part), progress.share); });
    if (interruption.stop()) throw AnalysisEnded();
  };
  options.tell = [&](const std::string& text) { interruption.ask([&] { tell("note", to_str(text)); }); };
  std::string json;
  try {
    json = work(options);
  } catch (const AnalysisEnded&) {
    interruption.raise();
    throw;
  }
  interruption.raise();
  return to_str(json);
}

nb::str analyse_run(SharedRun& shared, const nb::dict& given, const nb::callable& tell) {
  return analysed(given, tell, [&](const FindingsOptions& options) {
    return shared.use([&](const Run& run) { return json_of(analyse(run, options)); });
  });
}

nb::str analyse_table(const Table& table, const std::string& name, const std::string& acceptance,
                      const std::vector<std::string>& angles, const nb::dict& given,
                      const nb::callable& tell) {
  return analysed(given, tell, [&](const FindingsOptions& options) {
    const nb::gil_scoped_release released;
    return json_of(analyse(table, options, {name, acceptance, angles}));
  });
}

/// (text, page, JSON). `a` and `b` may be one run.
nb::tuple compare_two(SharedRun& a, const std::string& name_a, const std::string& findings_a, SharedRun& b,
                      const std::string& name_b, const std::string& findings_b) {
  const ComparisonTexts texts = a.with(b, [&](const Run& first, const Run& second) {
    const Findings of_a = findings_of(findings_a), of_b = findings_of(findings_b);
    return compare({name_a, first, of_a}, {name_b, second, of_b});
  });
  return nb::make_tuple(to_str(texts.text), to_str(texts.page), to_str(texts.json));
}

std::optional<Findings> findings_from(const std::string& json) {
  if (json.empty()) return std::nullopt;
  return findings_of(json);
}

template <class Member>
auto text_member(const Member& member) {
  return [member](SharedRun& shared) { return to_str(shared.use(member)); };
}

}  // namespace

void bind_runs(nb::module_& module) {
  nb::class_<SharedRun>(module, "Run")
      .def("summary", text_member([](const Run& run) { return run.summary(); }))
      .def("config", text_member([](const Run& run) { return run.config(); }))
      .def_prop_ro("name", text_member([](const Run& run) { return run.name(); }))
      .def_prop_ro("backend", text_member([](const Run& run) { return run.backend(); }))
      .def_prop_ro("directory", text_member([](const Run& run) { return run.directory().string(); }))
      .def_prop_ro(
          "complete",
          [](SharedRun& shared) { return shared.use([](const Run& run) { return run.complete(); }); })
      .def("best", [](SharedRun& shared) { return shared.use([](const Run& run) { return run.best(); }); })
      .def(
          "model",
          [](SharedRun& shared, int replica) {
            return shared.use([&](const Run& run) { return run.model(replica); });
          },
          nb::arg("replica"))
      .def("analyse", analyse_run, nb::arg("options"), nb::arg("tell"))
      .def(
          "report_page",
          [](SharedRun& shared, const std::string& findings) {
            return to_str(shared.use([&](const Run& run) {
              const std::optional<Findings> found = findings_from(findings);
              return report_page(run, found ? &*found : nullptr);
            }));
          },
          nb::arg("findings"))
      .def(
          "write_figures",
          [](SharedRun& shared, const std::string& findings, const std::string& folder,
             const std::string& formats) {
            return shared.use([&](const Run& run) {
              const std::optional<Findings> found = findings_from(findings);
              return write_figures(run, found ? &*found : nullptr, folder, formats);
            });
          },
          nb::arg("findings"), nb::arg("folder"), nb::arg("formats"))
      .def(
          "latex_table",
          [](SharedRun& shared, const std::string& findings) {
            return to_str(
                shared.use([&](const Run& run) { return latex_table(run, findings_of(findings)); }));
          },
          nb::arg("findings"))
      .def(
          "write_report",
          [](SharedRun& shared, const std::string& findings) {
            shared.use([&](const Run& run) { write_report(run, findings_of(findings)); });
          },
          nb::arg("findings"));
  module.def(
      "open_run",
      [](const std::string& directory) {
        const nb::gil_scoped_release released;
        return std::make_unique<SharedRun>(Run::open(directory));
      },
      nb::arg("directory"));
  module.def(
      "read_config", [](const std::string& file) { return to_str(read_config(file)); }, nb::arg("file"));
  module.def(
      "write_page",
      [](const std::string& page, const std::string& file) {
        const nb::gil_scoped_release released;
        write_page(page, file);
      },
      nb::arg("page"), nb::arg("file"));
  module.def("train", train_run, nb::arg("table").none(), nb::arg("config"), nb::arg("settings"),
             nb::arg("options"), nb::arg("keep_table"), nb::arg("tell"));
  module.def("merge", merge_runs, nb::arg("shards"), nb::arg("directory"), nb::arg("existing"),
             nb::arg("threads"), nb::arg("table").none(), nb::arg("tell"));
  module.def(
      "status",
      [](const std::vector<std::string>& runs) {
        const nb::gil_scoped_release released;
        return symscan::status({runs.begin(), runs.end()});
      },
      nb::arg("runs"));
  module.def("compare", compare_two, nb::arg("a"), nb::arg("name_a"), nb::arg("findings_a"), nb::arg("b"),
             nb::arg("name_b"), nb::arg("findings_b"));
  module.def("analyse_table", analyse_table, nb::arg("table"), nb::arg("name"), nb::arg("acceptance"),
             nb::arg("angles"), nb::arg("options"), nb::arg("tell"));
}

}  // namespace symscan::python
