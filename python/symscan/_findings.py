"""What a run or a table says: the members of analysis.json as objects, and its sentences."""
from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any, Union


class Record:
    """Members of a JSON object as attributes: ``finding.dimension.value``. Numbers that are not defined are None.
    `docs/formats.md` and `symscan schema --analysis` say what each member means."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return _as_objects(self._members[name])
        except KeyError:
            raise AttributeError(f"there is no '{name}' here; there are {', '.join(self._members)}") from None

    def __getitem__(self, name: str) -> Any:
        return _as_objects(self._members[name])

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._members]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._members == other._members

    __hash__ = None  # type: ignore[assignment]

    def to_dict(self) -> dict[str, Any]:
        """The members as plain dictionaries, lists and numbers."""
        return self._members

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={_short(value)}' for key, value in self._members.items())})"


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > 4:
        return f"[{len(value)} entries]"
    if isinstance(value, dict):
        return "{...}"
    return repr(value)


def _as_objects(value: Any) -> Any:
    if isinstance(value, dict):
        return Record(value)
    if isinstance(value, list):
        return [_as_objects(entry) for entry in value]
    return value


class DatasetFindings(Record):
    """What was found out about one dataset. Of its members: ``dimension``, ``constraints``, ``laws``, ``symmetry``,
    ``distribution``, ``discrete``, ``candidates``, ``sentences``; a part that does not apply is None."""

    def __str__(self) -> str:
        return "\n".join([self._members["dataset"], *(f"  {line}" for line in self._lines())])

    def _lines(self) -> list[str]:
        return [line for sentence in self._members["sentences"] for line in sentence.splitlines()]

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html.escape(sentence).replace(chr(10), '<br>')}</li>"
                        for sentence in self._members["sentences"])
        return f"<div><b>{html.escape(self._members['dataset'])}</b><ul>{items}</ul></div>"


class Findings:
    """What a run says about its data: degrees of freedom, constraints, symmetries.

    ``print(findings)`` gives the sentences. ``findings[0]`` or ``findings["circle"]`` is one dataset; where there is
    only one, its members are also those of the findings: ``findings.dimension.value``."""

    def __init__(self, text: str) -> None:
        self._json = text
        self._content = json.loads(text)
        self.datasets = [DatasetFindings(entry) for entry in self._content["datasets"]]

    @property
    def name(self) -> str:
        """Of the run or the table."""
        return self._content["name"]

    @property
    def sentences(self) -> list[str]:
        """All sentences, dataset after dataset."""
        return [sentence for dataset in self.datasets for sentence in dataset.sentences]

    @property
    def breaking_curves(self) -> list[Any]:
        """Datasets that differ in one setting, see docs/analysis.md."""
        return _as_objects(self._content["breaking_curves"])

    def __len__(self) -> int:
        return len(self.datasets)

    def __iter__(self) -> Iterator[DatasetFindings]:
        return iter(self.datasets)

    def __getitem__(self, key: Union[int, str]) -> DatasetFindings:
        if isinstance(key, str):
            for dataset in self.datasets:
                if dataset.dataset == key:
                    return dataset
            raise KeyError(f"there is no dataset '{key}'; there are {', '.join(d.dataset for d in self.datasets)}")
        return self.datasets[key]

    def __dir__(self) -> list[str]:
        only = dir(self.datasets[0]) if len(self.datasets) == 1 else []
        return sorted({*super().__dir__(), *only})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "datasets":
            raise AttributeError(name)
        if len(self.datasets) == 1:
            return getattr(self.datasets[0], name)
        raise AttributeError(f"'{name}' belongs to a dataset, and there are {len(self.datasets)}: findings[0].{name}")

    def to_dict(self) -> dict[str, Any]:
        """The content of analysis.json."""
        return self._content

    def to_json(self) -> str:
        """The text of analysis.json."""
        return self._json

    def __str__(self) -> str:
        return "\n".join(str(dataset) for dataset in self.datasets)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(dataset._repr_html_() for dataset in self.datasets)
