# What symscan runs as `python3 -I -c SCRIPT ...` for formats whose readers are Python packages. The files of this
# folder are one script: this one first, main.py last. It talks to host/data/helper_table.cpp in frames on its
# standard output: four letters, the length as 8 bytes (little-endian), that many bytes.
#   HEAD  JSON: rows, columns, what is left out, notes, tables
#   ROWS  number of rows as 8 bytes, then each asked column of them as float64
#   DONE  JSON: rows in all, notes
#   FAIL  JSON: cause (package, file, memory, choice, disk), text
import json
import os
import re
import struct
import sys

MOST_COLUMNS = 65536
MOST_WORDS = 32
LONGEST_WORD = 200
BLOCK_VALUES = 1 << 23  # that are read at one time
FRAME_VALUES = 1 << 20  # that are sent at one time; helper_table.cpp takes no more than 64 MiB


class Refusal(Exception):
    """A sentence of symscan's own about this file; the name of the file comes before it."""


class Missing(Exception):
    """A package that is not installed."""


def add_user_packages():
    """-I leaves out what `pip install --user` has installed; nothing of the current folder comes back by this."""
    if sys.prefix != sys.base_prefix or os.getuid() != os.geteuid():
        return
    import site
    folder = site.getusersitepackages()
    if os.path.isabs(folder) and os.path.isdir(folder):
        site.addsitedir(folder)


def shown(text):
    """Bytes of a foreign file, safe to print, as printable() of host/data/text_values.hpp."""
    text = str(text)
    return "'" + "".join(c if " " <= c < "\x7f" else "?" for c in text[:40]) + ("...'" if len(text) > 40 else "'")


def shown_list(names, limit=12):
    text = ", ".join(shown(name)[1:-1] for name in names[:limit])
    return text + (", ... (%d in all)" % len(names) if len(names) > limit else "")


class Output:
    """Frames on the standard output; whatever packages print goes to the standard error."""

    def __init__(self):
        sys.stdout.flush()
        self.file = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
        os.dup2(2, 1)

    def frame(self, kind, *parts):
        self.file.write(kind + struct.pack("<Q", sum(len(part) for part in parts)))
        for part in parts:
            self.file.write(part)
        if kind != b"ROWS":
            self.file.flush()

    def json(self, kind, value):
        self.frame(kind, json.dumps(value).encode("ascii"))


class Source:
    """A column, branch or field of the file. `kind`: number; fixed (numbers of `shape` in each row); list (numbers,
    any count); text; left_out. Lists of one `group` belong together: they are equally long in every row."""

    def __init__(self, name, kind, type="f8", shape=(), group=None, counted=False, why="", place=None):
        self.name, self.kind, self.type, self.shape = name, kind, type, shape
        self.group, self.counted, self.why, self.place = group, counted, why, place
        self.words = []


class Column:
    """A column of symscan's table: the number `part` of a source, or `word` of a text, or whether the particle
    `real` of a group is there."""

    def __init__(self, name, source, part=0, word=None, real=None):
        self.name, self.source, self.part, self.word, self.real = name, source, part, word, real


def prefix_of(name):
    """Muon of Muon_pt and of Muon.pt."""
    return re.split(r"[_.]", name)[0]


def indices_of(shape):
    """[1], [2], ... or [1][1], [1][2], ..., the last index fastest."""
    texts = [""]
    for size in shape:
        texts = [text + "[%d]" % (i + 1) for text in texts for i in range(size)]
    return texts


def is_wanted(source, request):
    """Whether columns of the source may be asked for: only then lists and words are counted beforehand."""
    wanted = request["columns"]
    if not wanted:
        return True
    special = [request["weights"], request["group"], request["target"]]
    return any(name.startswith(source.name) for name in wanted + special) or source.name in request["select"]


def texts_of(values):
    return [None if value is None else str(value) for value in values]


def has_few_words(table, source):
    """Whether dataset.on_text=one_hot takes a column of text."""
    words = set()
    for _, data in table.blocks([source]):
        words.update(word for word in texts_of(data[source]) if word is not None)
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            return False
    return bool(words)


def text_items(table):
    """The columns of text, for `symscan inspect`: dataset.on_text=one_hot is for all of them or for none."""
    texts = [source for source in table.sources if source.kind == "text"]
    few = [source for source in texts if source.why in ("", "text") and has_few_words(table, source)]
    items = []
    for source in texts:
        item = {"name": source.name, "description": source.why or "text", "settings": []}
        if source not in few and item["description"] == "text":
            item["description"] = "text of many or long words"
        elif source in few and few == texts:
            item["settings"] = ["dataset.on_text=one_hot"]
        elif source in few:
            item["description"] = "text of few words; dataset.on_text=one_hot takes it if dataset.columns names it"
        items.append(item)
    return items


def find_words(table, sources):
    """The different words of columns of text, up to MOST_WORDS of each."""
    found = {source: set() for source in sources}
    for _, data in table.blocks(sources):
        for source in sources:
            found[source].update(texts_of(data[source]))
            found[source].discard(None)
            if any(len(word) > LONGEST_WORD for word in found[source]):
                raise Refusal("has texts of more than %d characters in the column %s, too long for "
                              "dataset.on_text=one_hot; leave such columns out with dataset.on_text=drop"
                              % (LONGEST_WORD, shown(source.name)))
            if len(found[source]) > MOST_WORDS:
                raise Refusal("has more than %d different words in the column %s, too many for "
                              "dataset.on_text=one_hot; leave such columns out with dataset.on_text=drop"
                              % (MOST_WORDS, shown(source.name)))
    for source in sources:
        source.words = sorted(found[source])


def fewest_particles(table, lists):
    """For each group: how many particles every row has at least."""
    sources, counted = [], set()
    for source in lists:
        if not (source.counted and source.group in counted):
            sources.append(source)
        counted.add(source.group)
    fewest = {}
    for rows, data in table.blocks(sources):
        for source in sources:
            least = int(data[source][0].min()) if rows else 0
            fewest[source.group] = min(fewest.get(source.group, least), least)
    return fewest


def join_plain_lists(table, request):
    """Lists called pt, eta, phi, without a prefix, are of one kind of particle where all rows have as many."""
    plain = [s for s in table.sources if s.kind == "list" and s.group == s.name]
    pts = [source for source in plain if source.name.lower() == "pt"]
    others = [source for source in plain if source not in pts and is_wanted(source, request)]
    if len(pts) != 1 or not others:
        return
    for _, data in table.blocks(pts + others):
        counts = data[pts[0]][0]
        others = [s for s in others if bool((data[s][0] == counts).all())]
    taken, group = {source.group for source in table.sources}, "particle"
    while group in taken:
        group += "s"
    for source in pts + others:
        source.group, source.counted = group, False


def real_columns(table, lists, request):
    """With dataset.padding=mask: a column for each particle that some row lacks."""
    groups = list(dict.fromkeys(source.group for source in table.sources if source.kind == "list"))
    fewest = fewest_particles(table, lists)
    columns = []
    for group in dict.fromkeys(source.group for source in lists):
        name = "real[%d]" if len(groups) == 1 else str(group).replace("%", "%%") + "_real[%d]"
        first = next(source for source in lists if source.group == group)
        for k in range(fewest.get(group, 0), request["flatten"]):
            columns.append(Column(name % (k + 1), first, real=k))
    return columns


def expand(table, request):
    """The columns that the sources become."""
    wanted = [source for source in table.sources if is_wanted(source, request)]
    lists = [source for source in wanted if source.kind == "list"] if request["flatten"] else []
    texts = [source for source in wanted if source.kind == "text"] if request["on_text"] == "one_hot" else []
    if len(lists) * request["flatten"] > MOST_COLUMNS:
        raise Refusal("has %d lists, of which dataset.flatten=%d would make more than %d columns; choose some with "
                      "dataset.columns" % (len(lists), request["flatten"], MOST_COLUMNS))
    if lists:
        join_plain_lists(table, request)
    if texts:
        find_words(table, texts)
    columns, groups = [], set()
    for source in table.sources:
        if source.kind == "number":
            columns.append(Column(source.name, source))
        elif source.kind == "fixed" and source in wanted:
            names = enumerate(indices_of(source.shape))
            columns += [Column(source.name + index, source, part) for part, index in names]
        elif source in lists and source.group not in groups:  # particle after particle
            groups.add(source.group)
            together = [other for other in lists if other.group == source.group]
            columns += [Column("%s[%d]" % (other.name, k + 1), other, k)
                        for k in range(request["flatten"]) for other in together]
        elif source in texts:
            columns += [Column(source.name + "=" + word, source, word=word) for word in source.words]
    if lists and request["mask"]:
        columns += real_columns(table, lists, request)
    return columns


def left_out(table, request):
    """What becomes no column, and why."""
    out = []
    for source in table.sources:
        if source.kind == "left_out":
            out.append({"name": source.name, "kind": "other", "why": source.why})
        elif source.kind == "list" and not request["flatten"]:
            out.append({"name": source.name, "kind": "list", "why": "a list in each row"})
        elif source.kind == "text" and request["on_text"] != "one_hot":
            out.append({"name": source.name, "kind": "text", "why": source.why or "text"})
    return out


def not_asked(table, request, columns):
    """What could become columns and was not asked for."""
    known = {column.source for column in columns}
    out = {item["name"] for item in left_out(table, request)}
    return [{"name": source.name, "kind": source.kind} for source in table.sources
            if source not in known and source.name not in out]


def head_of(table, request, columns):
    return {"rows": table.rows, "not_asked": not_asked(table, request, columns),
            "columns": [{"name": c.name, "type": c.source.type if c.word is None and c.real is None else "f8",
                         "of": c.source.name, "real": c.real is not None,
                         "group": str(c.source.group) if c.source.kind == "list" else ""} for c in columns],
            "left_out": left_out(table, request), "notes": table.notes, "items": table.items}
