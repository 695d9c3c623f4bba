"""What must hold after every disturbed run. Each function returns a sentence that says what is wrong, or None."""
import re

RUN_FILES = ["summary.json", "models.safetensors", "metrics.jsonl", "config.json"]
ANALYSED_FILES = RUN_FILES + ["analysis.json", "report.html"]
INTERRUPTED, REFUSED = 75, 42


def wrong_end(outcome, allowed):
    """An exit code that is allowed, never a signal, and one sentence where it is not 0."""
    if outcome.hung or outcome.code not in allowed:
        said = outcome.errors.strip().splitlines()
        return f"{outcome.how()}, allowed: {sorted(allowed)}; said: {said[-1] if said else 'nothing'}"
    said = outcome.sentences()
    if outcome.code in (INTERRUPTED, REFUSED) and len(said) != 1:
        return f"exit code {outcome.code} with {len(said)} sentences instead of one: {outcome.errors.strip()[:200]!r}"
    return None


def without_time(name, content):
    """The page says when it was made; all else is the same each time."""
    return re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d UTC", b"TIME", content) if name == "report.html" else content


def contents(folder, names):
    return {x: without_time(x, (folder / x).read_bytes()) if (folder / x).is_file() else None for x in names}


def wrong_bytes(folder, truth):
    """truth: contents() of the undisturbed run."""
    found = contents(folder, truth)
    missing = [x for x in truth if found[x] is None and truth[x] is not None]
    if missing:
        return f"{', '.join(missing)} missing"
    differ = [x for x in truth if found[x] != truth[x]]
    return f"other bytes in {', '.join(differ)}" if differ else None


def snapshot(folder):
    """Every file and link below a folder: what it is and holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_file():
            found[name] = ("file", path.read_bytes())
        else:
            found[name] = ("folder", None)
    return found


def changed(before, after):
    """Names in `before` that are gone or hold something else."""
    return sorted(x for x in before if after.get(x) != before[x])
