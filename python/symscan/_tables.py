"""From what people have to a table: arrays, frames, records of particles, files."""
import json
import os

import numpy as np

from . import _core
from ._errors import DataError, UsageError


def _name_text(name):
    return f"x{name}" if isinstance(name, (int, np.integer)) and not isinstance(name, bool) else str(name)


def checked_names(names):
    """Names of columns as texts: numbers become x0, x1, ... Refuses what sentences and formulas cannot show."""
    texts = []
    for name in names:
        text = _name_text(name)
        if any(0xd800 <= ord(character) <= 0xdfff for character in text):
            raise DataError(f"the name {text!r} of a column is no text that can be written")
        if not text.strip() or any(ord(character) < 32 for character in text):
            raise DataError(f"a column is called {text!r}; give it a name without line breaks that is not empty")
        if text in texts:
            raise DataError(f"two columns of the table are called '{text}'")
        texts.append(text)
    return texts


def _plain_values(values, name):
    """Refuses what float64 cannot hold, and values that are masked."""
    if isinstance(values, np.ma.MaskedArray):
        if np.ma.getmaskarray(values).any():
            raise DataError(f"{name} has {int(np.ma.getmaskarray(values).sum())} masked values; drop these rows, or fill them")
        values = values.data
    if values.dtype.kind in "iu" and values.size and max(abs(int(values.min())), abs(int(values.max()))) > 2**53:
        raise DataError(f"{name} has whole numbers above 2^53, which float64 cannot hold; subtract an offset, or leave it out")
    return values


def _as_column(values, name):
    """[n] float64, without a copy where that is possible."""
    try:
        values = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        if values.dtype.kind == "c":
            raise DataError(f"{name} has complex numbers; give real ones")
        column = np.ascontiguousarray(_plain_values(values, name), dtype=np.float64)
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} cannot be read as numbers: {error}") from None
    if column.ndim != 1:
        raise DataError(f"{name} has {column.ndim} dimensions; give one number per row")
    return column


def _package(data):
    return type(data).__module__.partition(".")[0]


def _is_frame(data):
    """pandas, polars, pyarrow: they have named columns. A column of a pandas frame may be called like a member of others."""
    if _package(data) in ("pandas", "polars", "pyarrow"):
        return hasattr(data, "columns")
    return (hasattr(data, "columns") and not isinstance(data, np.ndarray) and not hasattr(data, "fields")) or \
        type(data).__name__ == "LazyFrame"


def _frame_columns(data, wanted):
    """[(name, column)] of a data frame, of those that are wanted (None: all). pyarrow's `columns` are the columns themselves."""
    of_arrow = _package(data) == "pyarrow"
    names = list(data.column_names if of_arrow else data.columns)
    kept = [place for place, name in enumerate(names) if wanted is None or _name_text(name) in wanted]
    texts = checked_names(names[place] for place in kept)
    return [(text, data.columns[place] if of_arrow else data[names[place]]) for text, place in zip(texts, kept)]


def _check_there(columns, known):
    """Refuses columns that are not among those known; None: no columns were asked for."""
    missing = [name for name in columns or () if name not in known]
    if missing:
        raise DataError(f"there is no column '{missing[0]}'; there are {', '.join(known)}")


def _all_names(data):
    return [_name_text(name) for name in (data.column_names if _package(data) == "pyarrow" else data.columns)]


def _numbers(name, column):
    """[n] numbers of a frame's column, and the name of their type. Missing values are refused: they are no numbers."""
    kind = str(getattr(column, "dtype", getattr(column, "type", "")))
    if hasattr(column, "null_count"):
        nulls = column.null_count
        missing = nulls() if callable(nulls) else nulls
    elif hasattr(column, "isna"):
        missing = int(column.isna().sum())
    else:
        missing = 0
    if missing:
        count = f"{missing} missing value{'s' if missing > 1 else ''}"
        raise DataError(f"column '{name}' has {count}; drop these rows, or fill them")
    values = column.to_numpy() if hasattr(column, "to_numpy") else np.asarray(column)
    if values.dtype.kind not in "fiub":
        raise DataError(f"column '{name}' holds {kind or values.dtype}, not numbers; drop it or turn it into numbers")
    return _plain_values(values, f"column '{name}'")


def _records_columns(data, wanted):
    """Arrays of particles by name: awkward and vector arrays, NumPy structured arrays. A field of records (mu1.pt) gives
    columns "pt(mu1)", as files of events do."""
    names = list(data.dtype.names) if isinstance(data, np.ndarray) else list(data.fields)
    columns = []
    for name in names:
        field = data[name]
        inner = list(field.dtype.names or ()) if isinstance(field, np.ndarray) else list(getattr(field, "fields", ()))
        if inner:
            columns += [(f"{part}({name})", field[part]) for part in inner]
        else:
            columns.append((name, field))
    _check_there(wanted, [name for name, _ in columns])
    if wanted is not None:
        columns = [(name, column) for name, column in columns if name in wanted]
    result = []
    for name, column in columns:
        try:
            values = np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column)
        except Exception as error:  # awkward: lists of different lengths
            raise DataError(f"field '{name}' is no column of numbers: events have several values, or none; "
                            "choose one value per event, e.g. that of the leading particle") from error
        if isinstance(values, np.ma.MaskedArray):
            if values.mask.any():
                raise DataError(f"field '{name}' has {int(values.mask.sum())} missing values; drop these events")
            values = values.data
        if values.ndim != 1 or values.dtype.kind not in "fiub":
            raise DataError(f"field '{name}' is no column of numbers; choose one value per event")
        result.append((name, _plain_values(values, f"field '{name}'")))
    checked_names([name for name, _ in result])
    return result


def _precision(values):
    """Relative rounding of a column: float32 numbers that were converted to float64 keep theirs."""
    return {"float16": 2.0**-11, "float32": 2.0**-24}.get(str(values.dtype), 2.0**-52)


def _is_records(data):
    """awkward and vector arrays of records, NumPy structured arrays."""
    if isinstance(data, np.ndarray):
        return data.dtype.names is not None
    return not _is_frame(data) and bool(getattr(data, "fields", None))


def _named_columns(data, columns):
    """[(name, [n] values)] of frames, dictionaries and records; None for plain arrays. `columns`: those that are wanted, so
    that others may hold anything."""
    if isinstance(columns, str):
        raise UsageError(f"columns is a list of names: [{columns!r}]")
    if type(data).__name__ == "LazyFrame" and hasattr(data, "collect"):
        data = data.collect()
    wanted = None if columns is None else set(columns)
    if isinstance(data, _core.Table):
        return [(name, data.values[:, place]) for place, name in enumerate(data.columns)]
    if isinstance(data, dict):
        named = []
        _check_there(columns, [_name_text(name) for name in data])
        kept = {name: column for name, column in data.items() if wanted is None or _name_text(name) in wanted}
        for name, column in zip(checked_names(kept), kept.values()):
            values = column if isinstance(column, np.ma.MaskedArray) else np.asarray(column)
            if values.ndim == 0:
                raise DataError(f"column '{name}' is one value; give a list with one value per row")
            named.append((name, _plain_values(values, f"column '{name}'")))
        return named
    if _is_records(data):
        return _records_columns(data, columns)
    if _is_frame(data):
        named = _frame_columns(data, wanted)
        _check_there(columns, _all_names(data))
        return [(name, _numbers(name, column)) for name, column in named]
    return None


def _one_matrix(data, columns):
    """A plain array and the names of its columns."""
    try:
        matrix = data if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    except ValueError as error:
        raise DataError(f"the rows cannot be read as an array: {error}") from None
    if matrix.dtype.kind not in "fiub":
        raise DataError(f"the array holds {matrix.dtype}, not numbers")
    matrix = _plain_values(matrix, "the array")
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2:
        raise DataError(f"the array has {matrix.ndim} dimensions; give rows and columns, [events, features]")
    names = [f"x{i}" for i in range(matrix.shape[1])] if columns is None else checked_names(columns)
    if len(names) != matrix.shape[1]:
        raise DataError(f"{len(names)} names for {matrix.shape[1]} columns")
    return matrix, names


def _stacked(named, columns):
    """Named columns beside each other, and the precision of each."""
    names = [name for name, _ in named]
    if columns is not None:
        _check_there(columns, names)
        lookup = dict(named)
        named = [(name, lookup[name]) for name in columns]
    if not named:
        raise DataError("the table has no columns")
    lengths = {len(values) for _, values in named}
    if len(lengths) > 1:
        raise DataError(f"the columns have different lengths: {sorted(lengths)}")
    for name, values in named:
        if values.ndim != 1 or values.dtype.kind not in "fiub":
            raise DataError(f"column '{name}' is no column of numbers")
    matrix = np.empty((len(named[0][1]), len(named)), dtype=np.float64)
    for place, (_, values) in enumerate(named):
        matrix[:, place] = values
    return matrix, [name for name, _ in named], [_precision(values) for _, values in named]


def _matrix(data, named, columns):
    """[n, D] float64, C-contiguous, the names of the columns and their precision; `named`: as _named_columns gives them."""
    if named is not None:
        return _stacked(named, columns)
    matrix, names = _one_matrix(data, columns)
    return np.ascontiguousarray(matrix, dtype=np.float64), names, [_precision(matrix)] * matrix.shape[1]


def is_name(data):
    """A path or the name of a dataset."""
    return isinstance(data, (str, os.PathLike))


def has_names(data):
    """Whether the columns have names: frames, dictionaries, records."""
    return isinstance(data, (dict, _core.Table)) or _is_records(data) or _is_frame(data)


def rows_of(data, columns=None):
    """`data` as [n, D] float64, C-contiguous."""
    return _matrix(data, _named_columns(data, columns), columns)[0]


def _special(value, named, name):
    """Weights, group or target: values, or the name of a column."""
    if value is None:
        return None, None
    if isinstance(value, str):
        if named is None or value not in dict(named):
            raise DataError(f"there is no column '{value}' for {name}")
        return _as_column(dict(named)[value], name), value
    return _as_column(value, name), None


def table_of(data, columns=None, weights=None, group=None, target=None):
    """The table that a run trains on. `data`: [n, D] array, data frame, dictionary of columns, or records of particles.
    `weights`, `group`, `target`: [n], or the name of a column, which then is no feature."""
    if isinstance(data, _core.Table):
        if columns is not None or any(value is not None for value in (weights, group, target)):
            raise UsageError("this is a table already; columns, weights, group and target belong to its making")
        return data
    if isinstance(columns, str):
        raise UsageError(f"columns is a list of names: [{columns!r}]")
    wanted = None
    if columns is not None:
        columns = checked_names(columns)
        wanted = columns + [value for value in (weights, group, target) if isinstance(value, str)]
    named = _named_columns(data, wanted)
    taken, special = set(), []
    for value, name in ((weights, "weights"), (group, "group"), (target, "target")):
        column, used = _special(value, named, name)
        special.append(column)
        taken.add(used)
    features = None if named is None else [pair for pair in named if pair[0] not in taken]
    matrix, names, precision = _matrix(data, features, columns)
    if matrix.shape[0] == 0:
        raise DataError("the table has no rows")
    return _core.make_table(names, matrix, *special, precision)


def load_table(dataset, **settings):
    """Reads a file or makes a built-in dataset.

    Parameters
    ----------
    dataset : str or path
        Name of a built-in dataset ("circle"; `symscan datasets` lists them) or a file that symscan reads.
    **settings
        Settings of the dataset as in configs: ``n=1000``, ``particles=[13, -13]``, ``select="pt > 20"``.

    Returns
    -------
    Table
        With ``columns``, ``rows``, ``values`` ([rows, D] float64, a view) and ``notes``.
    """
    return _core.load_table(json.dumps({**dataset_section(dataset), **settings}))


def dataset_section(dataset):
    """The dataset section of a config that a path or a name means."""
    name = os.fspath(dataset)
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if os.path.exists(name) or os.path.splitext(name)[1] or os.sep in name or any(c in name for c in "*?["):
        return {"kind": "file", "path": name}
    return {"kind": name}
