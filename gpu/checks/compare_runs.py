"""Are two run directories the same, bit for bit? If not: the first difference."""
import json
import struct
from pathlib import Path

FORMATS = {"F32": "f", "F64": "d"}


def read_tensors(path):
    """{name: (header of the tensor, its bytes)} and the metadata of a safetensors file."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    data = memoryview(content)[8 + length:]
    return {name: (entry, data[slice(*entry["data_offsets"])]) for name, entry in header.items()}, metadata


def first_element(entry, ours, theirs):
    """(index within the replica, our value, their value)."""
    letter = FORMATS[entry["dtype"]]
    size = struct.calcsize(letter)
    for at in range(0, len(ours), size):
        if ours[at:at + size] != theirs[at:at + size]:
            return at // size, *(struct.unpack(f"<{letter}", part[at:at + size])[0] for part in (ours, theirs))
    return 0, None, None


def replica_id(metadata, name, row):
    """The id that summary.json gives a replica of tensor `modelK.*`."""
    model = json.loads(metadata.get(name.split(".")[0], "{}"))
    ids = model.get("replicas") or model.get("ids") or []
    return ids[row] if row < len(ids) else row


def tensor_difference(ours_path, theirs_path):
    (ours, metadata), (theirs, _) = read_tensors(ours_path), read_tensors(theirs_path)
    if list(ours) != list(theirs):
        return "the files hold different tensors"
    first, different = "", set()
    for name, (entry, data) in ours.items():
        other_entry, other = theirs[name]
        if entry["shape"] != other_entry["shape"] or entry["dtype"] != other_entry["dtype"]:
            return f"{name} has another shape"
        if data == other:
            continue
        width = len(data) // entry["shape"][0]
        for row in range(entry["shape"][0]):
            part = slice(row * width, (row + 1) * width)
            if data[part] == other[part]:
                continue
            replica = replica_id(metadata, name, row)
            different.add((name.split(".")[0], row))
            if not first:
                index, value, other_value = first_element(entry, data[part], other[part])
                first = f"{name}, replica {replica}, element {index}: {value!r} and {other_value!r}"
    return f"{first}; {len(different)} replicas differ" if first else "the headers differ"


def summary_difference(ours_path, theirs_path):
    ours, theirs = (json.loads(path.read_text()) for path in (ours_path, theirs_path))
    for one, other in zip(ours.get("replicas", []), theirs.get("replicas", [])):
        if one != other:
            keys = [key for key in one if one[key] != other.get(key)]
            return f"replica {one.get('id')}, {', '.join(keys)}: {one.get(keys[0]) if keys else ''!r} and " \
                   f"{other.get(keys[0]) if keys else ''!r}"
    return "outside the list of replicas"


DIFFERENCES = {"models.safetensors": tensor_difference, "summary.json": summary_difference}


def compare_runs(ours, theirs):
    """(status, sentence, result) of two run directories."""
    found = {}
    for name, difference in DIFFERENCES.items():
        paths = Path(ours) / name, Path(theirs) / name
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            return "failed", f"{missing[0]} is missing", None
        if paths[0].read_bytes() != paths[1].read_bytes():
            found[name] = difference(*paths)
    replicas = len(json.loads((Path(ours) / "summary.json").read_text()).get("replicas", []))
    if found:
        text = "; ".join(f"{name} differs: {why}" for name, why in found.items())
        return "failed", text, {"identical": False, "replicas": replicas, "differences": found}
    return "ok", f"{replicas} trainings, the same bits", {"identical": True, "replicas": replicas}
