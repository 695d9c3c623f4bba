# ROOT: TTree and RNTuple, through uproot and awkward.

TREES = ("TTree", "TNtuple", "TNtupleD", "TChain", "ROOT::RNTuple", "ROOT::Experimental::RNTuple")


def leaves_of(form, fields=(), lists=0, shape=()):
    """(fields, kind, type, shape, why) of each number or text in an awkward form (as a dict)."""
    kind = form["class"]
    parameters = form.get("parameters") or {}
    if parameters.get("__array__") in ("string", "bytestring"):
        if lists or shape:
            return [(fields, "left_out", "f8", (), "lists of text")]
        return [(fields, "text", "f8", (), "")]
    if kind == "RecordArray":
        names = form["fields"] or [str(i) for i in range(len(form["contents"]))]
        if shape:
            return [(fields, "left_out", "f8", (), "an array of records in each row")]
        return [leaf for name, content in zip(names, form["contents"])
                for leaf in leaves_of(content, fields + (name,), lists, shape)]
    if kind in ("ListOffsetArray", "ListArray"):
        return leaves_of(form["content"], fields, lists + 1, shape + ((None,) if shape else ()))
    if kind == "RegularArray":
        return leaves_of(form["content"], fields, lists, shape + (form["size"],))
    if kind in ("IndexedOptionArray", "ByteMaskedArray", "BitMaskedArray", "UnmaskedArray", "IndexedArray"):
        return leaves_of(form["content"], fields, lists, shape)
    if kind != "NumpyArray":
        return [(fields, "left_out", "f8", (), "objects that are not numbers")]
    shape = shape + tuple(form.get("inner_shape") or ())
    primitive = form["primitive"]
    if not re.match(r"^(bool|u?int\d+|float(16|32|64|128))$", primitive):
        return [(fields, "left_out", "f8", (), "values of type " + primitive)]
    type = "f4" if primitive in ("float16", "float32") else "f8"
    if lists > 1 or (lists and shape):
        return [(fields, "left_out", type, (), "lists of lists or arrays")]
    if lists:
        return [(fields, "list", type, (), "")]
    if not shape:
        return [(fields, "number", type, (), "")]
    size = 1
    for length in shape:
        size *= length
    if not 0 < size <= MOST_COLUMNS:
        return [(fields, "left_out", type, (), "%d numbers in each row" % size)]
    return [(fields, "fixed", type, shape, "")]


class RootTable:
    """The tree that dataset.array names, or the only one."""

    def __init__(self, path, request):
        try:
            import awkward
            import numpy
            import uproot
        except ImportError as error:
            raise Missing(str(error))
        import pathlib
        self.ak, self.numpy = awkward, numpy
        self.file = uproot.open(pathlib.Path(path))  # as text, a colon in the path would begin the name of a tree
        self.sources, self.notes, self.items, self.rows = [], [], [], 0
        self.classes = {key: name for key, name in self.file.classnames(recursive=True).items()
                        if not name.startswith("TDirectory")}
        self.tree = None
        newest = self.newest_trees()
        self.sizes = {key: self.file[key].num_entries for key in newest[:100]}
        self.describe_items(newest)
        key = self.choose(request["array"].strip("/"), newest, request["mode"] == "contents")
        if key is not None:
            self.take_tree(key)

    def newest_trees(self):
        """Keys with the highest cycle of each tree."""
        cycles = {}
        for key, name in self.classes.items():
            if name in TREES:
                title, _, cycle = key.rpartition(";")
                cycles[title] = max(cycles.get(title, 0), int(cycle))
        return ["%s;%d" % pair for pair in cycles.items()]

    def describe_items(self, newest):
        for key in newest:
            title = key.rpartition(";")[0]
            rows = self.sizes.get(key)
            entries = "many entries" if rows is None else "1 entry" if rows == 1 else "%d entries" % rows
            self.items.append({"name": title, "description": "%s, %s" % (self.classes[key], entries),
                               "settings": [] if rows == 0 else ["dataset.array=" + title]})
        for key, name in self.classes.items():
            if name not in TREES:
                self.items.append({"name": key.rpartition(";")[0], "description": name + ", no table", "settings": []})

    def choose(self, wanted, newest, any_will_do):
        if wanted:
            exact = [key for key in self.classes if key == wanted or key.rpartition(";")[0] == wanted]
            trees = [key for key in exact if self.classes[key] in TREES]
            if trees:
                return max(trees, key=lambda key: int(key.rpartition(";")[2]))
            if exact:
                raise Refusal("holds %s, which is a %s and no tree (dataset.array); it has %s"
                              % (shown(wanted), shown(self.classes[exact[0]])[1:-1], self.shown_items()))
            raise Refusal("has no tree %s (dataset.array); it has %s" % (shown(wanted), self.shown_items()))
        filled = [key for key in newest if self.sizes.get(key) != 0]
        if len(filled) == 1 or (len(newest) == 1 and not any_will_do):
            return (filled or newest)[0]
        if any_will_do:
            return None
        if not newest:
            raise Refusal("holds no TTree and no RNTuple; it has " + self.shown_items())
        if not filled:
            raise Refusal("has only trees without entries: " + self.shown_items())
        first = max(filled, key=lambda key: self.sizes.get(key, 0)).rpartition(";")[0]
        raise Refusal("has several trees; choose one, for example dataset.array=%s; it has %s"
                      % (shown(first)[1:-1], self.shown_items()))

    def shown_items(self):
        return shown_list(["%s (%s)" % (item["name"], item["description"]) for item in self.items]) or "nothing at all"

    def take_tree(self, key):
        title, _, cycle = key.rpartition(";")
        older = [k for k in self.classes if k.rpartition(";")[0] == title and k != key]
        if older:
            self.notes.append("the file holds %s in several cycles; number %s is read" % (shown(title), cycle))
        tree = self.file[key]
        self.rows = int(tree.num_entries)
        self.is_tuple = "RNTuple" in self.classes[key]
        self.tree = tree
        if self.is_tuple:
            form = tree.to_akform()
            self.describe((form[0] if isinstance(form, tuple) else form).to_dict(), None, lambda name: None)
        else:
            self.describe_branches(tree)

    def describe_branches(self, tree):
        branches = [(path, b) for path, b in tree.iteritems(recursive=True, full_paths=True) if not len(b.branches)]
        names = [b.name for _, b in branches]
        for path, branch in branches:
            name = branch.name if names.count(branch.name) == 1 else path
            name = name.rstrip(".")
            if branch.num_entries != self.rows:
                self.sources.append(Source(name, "left_out", why="%d entries, and the tree has %d"
                                           % (branch.num_entries, self.rows)))
                continue
            try:
                form = branch.interpretation.awkward_form(tree.file).to_dict()
            except Exception as error:
                self.sources.append(Source(name, "left_out", why="objects that uproot does not interpret (%s)"
                                           % type(error).__name__))
                continue
            counter = branch.count_branch.name if branch.count_branch is not None else None
            self.describe(form, (name, branch), lambda _, c=counter: c)

    def describe(self, form, branch, counter_of):
        """Adds the sources of a form. `branch`: its name and itself; none for the form of all fields."""
        for fields, kind, type, shape, why in leaves_of(form):
            name = ".".join(((branch[0],) if branch else ()) + fields)
            if branch and re.search("Double32|Float16", repr(branch[1].interpretation)):
                type = "f4"
            group, counted = counter_of(name), True
            if group and group.startswith("n") and name.startswith(group[1:]):
                group = group[1:]
            if group is None:
                group, counted = (fields[0] if not branch and len(fields) > 1 else prefix_of(name)), False
            place = (branch[1] if branch else None, fields)
            self.sources.append(Source(name, kind, type, shape, group, counted, why, place))

    def arrays(self, sources, start, stop):
        """The awkward array of each source; each branch is read once."""
        if self.is_tuple:
            tops = {source.place[1][0] for source in sources}  # may have dots themselves

            def is_part(name):
                return any(name == top or name.startswith(top + ".") for top in tops)

            read = self.tree.arrays(filter_name=is_part, entry_start=start, entry_stop=stop)
            return {source: read[source.place[1]] for source in sources}
        read, out = {}, {}
        for source in sources:
            branch, fields = source.place
            if id(branch) not in read:
                read[id(branch)] = branch.array(entry_start=start, entry_stop=stop, library="ak")
            out[source] = read[id(branch)][fields] if fields else read[id(branch)]
        return out

    def filled(self, array, rows):
        """As numpy; what is missing becomes NaN."""
        values = self.ak.to_numpy(array, allow_missing=True)
        if self.numpy.ma.isMaskedArray(values):
            values = values.astype("f8").filled(self.numpy.nan)
        return values

    def blocks(self, sources):
        width = sum(max(1, len(indices_of(source.shape))) * (4 if source.kind == "list" else 1) for source in sources)
        step = max(1000, BLOCK_VALUES // max(1, width))
        for start in range(0, self.rows, step):
            stop = min(self.rows, start + step)
            data = {}
            for source, array in self.arrays(sources, start, stop).items():
                if len(array) != stop - start:
                    raise ValueError("%s has %d values in %d entries" % (source.name, len(array), stop - start))
                if source.kind == "list":
                    array = self.ak.fill_none(array, [], axis=0)
                    data[source] = (self.ak.to_numpy(self.ak.num(array, axis=1)),
                                    self.filled(self.ak.flatten(array, axis=1), 0))
                elif source.kind == "text":
                    data[source] = self.ak.to_list(array)
                else:
                    data[source] = self.filled(array, stop - start)
            yield stop - start, data
