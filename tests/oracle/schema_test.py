"""The schema that `symscan schema` prints accepts every config of the repository and refuses broken ones; that of
`symscan schema --analysis` accepts the analysis of a run and refuses it with any member changed.

Usage: schema_test.py PATH/TO/symscan
Exit code 77 (skipped) without the Python package jsonschema 4 (Debian: python3-jsonschema)."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def strip_comments(text):
    """JSON without // and /* */ comments; those inside of texts stay."""
    result, i, inside = [], 0, False
    while i < len(text):
        if inside:
            if text[i] == "\\":
                result.append(text[i])
                i += 1
            elif text[i] == '"':
                inside = False
        elif text[i] == '"':
            inside = True
        elif text.startswith("//", i):
            i = text.find("\n", i)
            if i < 0:
                break
        elif text.startswith("/*", i):
            i = text.index("*/", i) + 2
            continue
        result.append(text[i])
        i += 1
    return "".join(result)


GOOD = {
    "dataset only": {"dataset": "circle"},
    "list of datasets": {"dataset": ["circle", {"kind": "annulus", "width": [0.1, 0.2]}]},
    "no hidden layer": {"dataset": "circle", "model": {"hidden": [], "activation": "linear"}},
    "swept hidden layers": {"dataset": "circle", "model": {"hidden": [[], [64, 32]]}},
    "swept beta, one seed": {"dataset": "circle", "loss": {"beta": [0.1, 1]}, "seeds": 5},
    "early stopping": {"dataset": "circle", "train": {"early_stopping": {"patience": 5}}},
    "no early stopping": {"dataset": "circle", "train": {"early_stopping": None}},
    "file": {"dataset": {"kind": "file", "path": "a.lhe", "particles": [13, -13], "columns": None}},
    "zip": {"dataset": "circle", "loss": {"beta": [1, 2]}, "model": {"latent_dim": [1, 2]},
            "zip": [["loss.beta", "model.latent_dim"]]},
}

BAD = {
    "no dataset": {"name": "x"},
    "no object": ["circle"],
    "unknown kind": {"dataset": {"kind": "circel"}},
    "unknown kind as text": {"dataset": "circel"},
    "misspelt key": {"dataset": "circle", "train": {"learning_rat": 1}},
    "misspelt section": {"dataset": "circle", "modle": {}},
    "key of another kind": {"dataset": {"kind": "circle", "width": 0.1}},
    "file without path": {"dataset": {"kind": "file"}},
    "half a latent": {"dataset": "circle", "model": {"latent_dim": 2.5}},
    "text for number": {"dataset": "circle", "loss": {"beta": "0.1"}},
    "negative beta": {"dataset": "circle", "loss": {"beta": [0.1, -1]}},
    "no step size": {"dataset": "circle", "train": {"learning_rate": 0}},
    "all rows for validation": {"dataset": "circle", "train": {"validation_fraction": 1}},
    "empty sweep": {"dataset": "circle", "loss": {"beta": []}},
    "no datasets": {"dataset": []},
    "bad choice": {"dataset": "circle", "model": {"activation": "tahn"}},
    "33 layers": {"dataset": "circle", "model": {"hidden": [1] * 33}},
    "repeated seed": {"dataset": "circle", "seeds": [1, 1]},
    "seed and seeds": {"dataset": "circle", "seed": 1, "seeds": [2]},
    "zip of one": {"dataset": "circle", "zip": [["loss.beta"]]},
}


def members(value, place=()):
    """Every place in a document, as the keys and indices that lead to it."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield place + (key,)
        yield from members(entry, place + (key,))


def with_nonsense(document, place):
    broken = copy.deepcopy(document)
    parent = broken
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = {"no": ["such thing"]}
    return broken


def check_analysis(program, validator, expect):
    """The analysis of a small run, whole and with every member replaced. Returns how many members there are."""
    with tempfile.TemporaryDirectory(prefix="symscan-schema-") as folder:
        run = str(pathlib.Path(folder) / "run")
        subprocess.run([program, "train", "annulus", "dataset.n=500", "dataset.width=[0.05,0.1,0.2]", "train.epochs=20",
                        "loss.beta=[0.1,0.3]", "--out", run, "--quiet", "--no-report", "--no-analysis"], check=True)
        subprocess.run([program, "analyze", run, "--no-report"], check=True, stdout=subprocess.DEVNULL)
        analysis = json.loads((pathlib.Path(run) / "analysis.json").read_text(encoding="utf-8"))
    expect(validator, True, "analysis of a run", analysis)
    places = list(members(analysis))
    for place in places[::max(1, len(places) // 300)]:
        expect(validator, False, f"analysis with another {place}", with_nonsense(analysis, place))
    return len(places)


def main():
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        print("skipped: the Python package jsonschema (version 4 or later) is not installed")
        return 77
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    failures = []

    def validator_of(*arguments):
        output = subprocess.run([sys.argv[1], "schema", *arguments], check=True, capture_output=True, text=True).stdout
        Draft202012Validator.check_schema(json.loads(output))
        return Draft202012Validator(json.loads(output))

    def expect(validator, valid, name, document):
        errors = [error.message for error in validator.iter_errors(document)]
        if valid != (not errors):
            failures.append(f"{name}: {'refused: ' + errors[0][:300] if errors else 'accepted'}")

    validator = validator_of()
    configs = sorted(path for folder in ("paper", "examples", "bench") for path in ROOT.glob(f"configs/{folder}/*.json"))
    if not configs:
        failures.append("no configs found")
    for path in configs:
        document = json.loads(strip_comments(path.read_text(encoding="utf-8")))
        expect(validator, True, str(path.relative_to(ROOT)), document)
        broken = copy.deepcopy(document)
        broken["no_such_key"] = 1
        expect(validator, False, f"{path.name} with an unknown key", broken)
    for name, document in GOOD.items():
        expect(validator, True, name, document)
    for name, document in BAD.items():
        expect(validator, False, name, document)
    places = check_analysis(sys.argv[1], validator_of("--analysis"), expect)
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(configs)} configs, {len(GOOD)} good and {len(BAD)} bad documents, an analysis of {places} members: {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
