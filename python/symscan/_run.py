"""A trained sweep."""
from __future__ import annotations

import html
import json
import operator
import os
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _core
from ._display import in_notebook, progress_display
from ._errors import UsageError
from ._findings import Findings
from ._models import Model, _threads as threads_of

if TYPE_CHECKING:
    import pandas

Path = Union[str, "os.PathLike[str]"]


def _pandas(what: str, instead: str) -> Any:
    try:
        import pandas
    except ImportError:
        raise ImportError(f"{what} needs pandas (pip install pandas); {instead} has the same numbers") from None
    return pandas


class Models:
    """The trained models of a run, by the number of their replica: ``run.models[3]``."""

    def __init__(self, run: Run, count: int) -> None:
        self._run, self._count = run, count
        self._known: dict[int, Model] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, replica: int) -> Model:
        replica = operator.index(replica)
        if replica < 0:
            replica += self._count
        if not 0 <= replica < self._count:
            raise IndexError(f"there is no replica {replica}; the run has {self._count}")
        if replica not in self._known:
            self._known[replica] = Model(self._run._core.model(replica))
        return self._known[replica]

    def __repr__(self) -> str:
        return f"<models of {self._count} replicas>"


class Report:
    """The report as one HTML page. In a notebook it is shown below the cell."""

    def __init__(self, page: str, path: str, folder: Any = None) -> None:
        self.page, self.path = page, path
        self._folder = folder  # a temporary one is there as long as this is

    def open(self) -> Report:
        """Shows the page in a browser."""
        webbrowser.open("file://" + os.path.abspath(self.path))
        return self

    def _repr_html_(self) -> str:
        return (f'<iframe srcdoc="{html.escape(self.page, quote=True)}" title="symscan report" '
                'style="width:100%;height:40em;border:1px solid #ccc"></iframe>')

    def __repr__(self) -> str:
        return f"<symscan report: {self.path}>"


class Run:
    """A sweep that has been trained: ``replicas``, ``relevance``, ``findings``, ``models``, ``report()``."""

    def __init__(self, core: _core.Run, progress: Optional[bool] = None,
                 kept: Optional[tempfile.TemporaryDirectory[str]] = None) -> None:
        self._core, self._progress = core, progress
        self._kept = kept  # the folder of a run without a directory, if its results are not in memory
        self._summary: Optional[dict[str, Any]] = None
        self._findings: Optional[Findings] = None
        self._models: Optional[Models] = None
        self._folder: Optional[tempfile.TemporaryDirectory[str]] = None  # of a report that is kept nowhere else

    @property
    def name(self) -> str:
        """Of the sweep."""
        return self._core.name

    @property
    def backend(self) -> str:
        """What trained it: "cpu (avx512)", "cuda (NVIDIA H200)"."""
        return self._core.backend

    @property
    def directory(self) -> Optional[str]:
        """Run directory, or None."""
        return None if self._kept is not None else self._core.directory or None

    @property
    def complete(self) -> bool:
        """False: training was stopped before its end; ``symscan.train(..., out=..., resume=True)`` goes on."""
        return self._core.complete

    @property
    def config(self) -> dict[str, Any]:
        """The config with every setting, as a dictionary."""
        return json.loads(self._core.config())

    @property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json (docs/formats.md)."""
        if self._summary is None:
            self._summary = json.loads(self._core.summary())
        return self._summary

    @property
    def replicas(self) -> pandas.DataFrame:
        """A data frame with one row per replica: settings, status, losses (averages over the dataset after training, kl in
        nats), number of active latents."""
        pandas = _pandas("run.replicas", "run.summary['replicas']")
        rows = []
        for entry in self.summary["replicas"]:
            row = {key: value for key, value in entry.items() if key not in ("theory", "relevance")}
            row["relevance"] = entry.get("relevance", {}).get("values")
            rows.append(row)
        return pandas.DataFrame(rows).set_index("id")

    def relevances(self, measure: Optional[str] = None) -> pandas.DataFrame:
        """A data frame [replicas, latents] of a relevance measure, most relevant latent first (default: the run's own,
        usually the KL in nats). Replicas without a result have none."""
        pandas = _pandas("run.relevances", "run.summary['replicas']")
        done = [entry for entry in self.summary["replicas"] if "relevance" in entry]
        known = [key for key in done[0]["relevance"] if key not in ("measure", "order", "values")] if done else []
        if measure is not None and done and measure not in known:
            raise UsageError(f"there is no measure '{measure}'; there are {', '.join(known)}")
        values = {entry["id"]: entry["relevance"][measure or "values"] for entry in done}
        width = max((len(row) for row in values.values()), default=0)
        values = {key: [*row, *[float("nan")] * (width - len(row))] for key, row in values.items()}
        frame = pandas.DataFrame.from_dict(values, orient="index",
                                           columns=[f"z{j}" for j in range(1, width + 1)] if values else None)
        frame.index.name = "id"
        return frame

    @property
    def relevance(self) -> pandas.DataFrame:
        """``relevances()``: a data frame [replicas, latents], most relevant latent first."""
        return self.relevances()

    @property
    def models(self) -> Models:
        """The trained models: ``run.models[i]``."""
        if self._models is None:
            self._models = Models(self, len(self.summary["replicas"]))
        return self._models

    @property
    def best(self) -> Model:
        """The model with the lowest loss, where losses can be compared: one dataset and beta."""
        return self.models[self._core.best()]

    @property
    def findings(self) -> Findings:
        """What the run says about its data, analysed at the first look."""
        if self._findings is None:
            self._findings = self.analyse()
        return self._findings

    def analyse(self, candidates: Union[str, Sequence[str]] = (), only_named: bool = False, fields: str = "affine",
                budget: float = 100, threads: Optional[int] = None, progress: Optional[bool] = None) -> Findings:
        """Looks for degrees of freedom, constraints and symmetries, as `symscan analyze` does. ``findings`` stays what it is.

        Parameters
        ----------
        candidates : list of str
            Transformations to test too: "rotation(x,y)", "boost(z)", "lorentz", "parity", ...
        only_named : bool
            Test no transformations but these.
        fields : str
            Motions to look for: "affine", "quadratic", "pairs", or lines of vector fields such as "x*d/dy - y*d/dx".
        budget : float
            Seconds of one core for the rows of a dataset: what would take longer is left out, and listed.

        Returns
        -------
        Findings
        """
        options = analysis_options(candidates, only_named, fields, budget, threads)
        return analysed(self._progress if progress is None else progress, lambda tell: self._core.analyse(options, tell))

    def report(self, path: Optional[Path] = None, show: Optional[bool] = None, findings: Optional[Findings] = None) -> Report:
        """The report as one HTML page: in the run directory with analysis.json, at ``path``, or in a temporary file that is there as
        long as the run or the report is. In a notebook it is shown; else ``show=True`` opens a browser. ``findings``:
        those of ``analyse`` in place of the usual ones."""
        text = (self.findings if findings is None else findings).to_json()
        own = os.path.join(self.directory, "report.html") if self.directory is not None else None
        if own is not None:
            self._core.write_report(text)
            with open(own, encoding="utf-8") as file:
                page = file.read()
        else:
            page = self._core.report_page(text)
        if path is not None and own is not None and os.path.realpath(path) == os.path.realpath(own):
            path = None
        if path is not None or own is None:
            path = self._temporary_report() if path is None else path
            _write_page(path, page)
        else:
            path = own
        report = Report(page, os.fspath(path), self._folder)
        if show is True and not in_notebook():
            report.open()
        return report

    def figures(self, folder: Path, formats: Union[str, Sequence[str]] = (), findings: Optional[Findings] = None) -> list[str]:
        """Every figure of the report as files in ``folder``, which is made. ``formats``: ``"svg"``, ``"png"``, ``"pdf"``, or several;
        all that can be made here by default (png and pdf need librsvg). Returns the paths, sorted.

        >>> run.figures("figures", "pdf")
        ['figures/circle-activations.pdf', ...]
        """
        text = (self.findings if findings is None else findings).to_json()
        wanted = formats if isinstance(formats, str) else ",".join(formats)
        names = self._core.write_figures(text, os.fspath(folder), wanted)
        return [os.path.join(os.fspath(folder), name) for name in names]

    def latex(self, findings: Optional[Findings] = None) -> str:
        """What the datasets obey as a LaTeX table: degrees of freedom, symmetries, numbers of constraints and laws."""
        return str(self._core.latex_table((self.findings if findings is None else findings).to_json()))

    def _temporary_report(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="symscan-")
        return os.path.join(self._folder.name, "report.html")

    def _counts(self) -> str:
        counts: dict[str, int] = {}
        for entry in self.summary["replicas"]:
            counts[entry["status"]] = counts.get(entry["status"], 0) + 1
        return ", ".join(f"{count} {status}" for status, count in counts.items())

    def __repr__(self) -> str:
        where = f", {self.directory}" if self.directory else ""
        return f"<symscan.Run {self.name}: {self._counts()}, {self.backend}{where}>"

    def _repr_html_(self) -> str:
        head = f"<b>{html.escape(self.name)}</b>: {html.escape(self._counts())}, {html.escape(self.backend)}"
        rows = "".join(
            f"<tr><td>{html.escape(problem['dataset'])}</td><td>{problem['beta']:g}</td><td>{best['loss']:.4g}</td>"
            f"<td>{', '.join(f'{value:.2f}' for value in best['relevances'])}</td><td>{best['relevant_latents']}</td>"
            f"<td>{problem['converged']} of {problem['trainings']}</td></tr>"
            for problem in self.summary["optima"] for best in problem["classes"][:1])
        head_row = ("<tr><th>dataset</th><th>beta</th><th>lowest loss</th><th>its relevances (nats)</th>"
                    "<th>relevant latents</th><th>converged</th></tr>")
        table = f"<table>{head_row}{rows}</table>" if rows else ""
        return f"<div>{head}{table}{self._findings._repr_html_() if self._findings else ''}</div>"


def _write_page(path: Path, page: str) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder '{folder}' for '{os.path.basename(path)}'")
    if os.path.isdir(path):
        raise UsageError(f"'{os.fspath(path)}' is a folder; give the name of a file")
    _core.write_page(page, os.fspath(path))


def analysis_options(candidates: Union[str, Sequence[str]], only_named: bool, fields: str, budget: float,
                     threads: Optional[int]) -> dict[str, Any]:
    """The options of an analysis as the library takes them."""
    if isinstance(candidates, str):
        candidates = [candidates]
    named = fields in ("affine", "quadratic", "pairs")
    if not named and "d/d" not in fields:
        raise UsageError(f"fields is '{fields}', which is neither affine, quadratic, pairs nor lines of vector fields "
                         "such as x*d/dy - y*d/dx")
    if not budget > 0:
        raise UsageError(f"budget is {budget}; it must be above 0")
    return {"candidates": [str(text) for text in candidates], "only_named": bool(only_named),
            "fields": fields if named else "the fields given", "field_lines": "" if named else fields,
            "budget": float(budget), "threads": threads_of(threads)}


def analysed(progress: Optional[bool], work: Callable[[Callable[..., None]], str]) -> Findings:
    """Findings of ``work(tell)``, with progress shown."""
    display = progress_display(progress)

    def tell(kind: str, *what: Any) -> None:
        if kind == "progress":
            dataset, part, share = what
            display.show(share, f"{dataset}: {part}")

    try:
        return Findings(work(tell))
    finally:
        display.close()


class Comparison:
    """Two runs side by side. ``print(comparison)`` gives differences first, then what agrees; in a notebook the page is shown."""

    def __init__(self, text: str, page: str, content: str) -> None:
        self.text, self.page, self._content = text, page, content

    def to_dict(self) -> dict[str, Any]:
        """What `symscan compare --json` prints (docs/compare.md)."""
        content: dict[str, Any] = json.loads(self._content)
        return content

    def save(self, path: Path) -> None:
        """Writes the page."""
        _write_page(path, self.page)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return Report(self.page, "")._repr_html_()


def compare(a: Union[Run, Path], b: Union[Run, Path]) -> Comparison:
    """What two runs say of their data and what their trainings found: where that differs, where it agrees. Runs that have
    not been analysed are analysed first. A path is a run directory."""
    a, b = (run if isinstance(run, Run) else open_run(run) for run in (a, b))
    name_a, name_b = a.directory or a.name, b.directory or b.name
    if name_a == name_b and a is not b:
        name_a, name_b = f"{name_a} (A)", f"{name_b} (B)"
    return Comparison(*_core.compare(a._core, name_a, a.findings.to_json(), b._core, name_b, b.findings.to_json()))


def open_run(directory: Path) -> Run:
    """Reads a run directory; none of its files is changed. Throws Error if there is no run."""
    return Run(_core.open_run(os.fspath(directory)))
