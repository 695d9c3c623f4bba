"""symscan finds symmetries in data.

>>> import symscan
>>> run = symscan.train("circle", seeds=[1, 2, 3])
>>> print(run.findings)

``train`` trains small variational autoencoders on arrays, data frames, files or built-in datasets; ``analyse`` looks at the
rows alone; ``open_run`` reads what `symscan train` wrote. ``SymmetryVAE`` (symscan.sklearn) is an estimator of
scikit-learn.
"""
import os as _os
import sys as _sys

# The reader of ROOT and Parquet files uses the packages of this interpreter.
_os.environ.setdefault("SYMSCAN_PYTHON", _sys.executable or "python3")

from . import callbacks  # noqa: E402
from ._core import Table, __version__  # noqa: E402
from ._errors import ConfigError, DataError, Error, SymscanWarning, TemporaryError, UsageError  # noqa: E402
from ._findings import DatasetFindings, Findings  # noqa: E402
from ._models import Model  # noqa: E402
from ._run import Comparison, Report, Run, compare, open_run  # noqa: E402
from ._shards import merge, status  # noqa: E402
from ._tables import load_table  # noqa: E402
from ._train import analyse, train  # noqa: E402

analyze = analyse

__all__ = ["Comparison", "ConfigError", "DataError", "DatasetFindings", "Error", "Findings", "Model", "Report", "Run", "SymscanWarning",
           "Table", "TemporaryError", "UsageError", "analyse", "analyze", "callbacks", "compare",
           "load_table", "merge", "open_run", "status", "train", "__version__"]
