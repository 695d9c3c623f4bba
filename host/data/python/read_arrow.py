# Parquet, Feather and Arrow IPC, through pyarrow.


def import_arrow():
    try:
        import numpy
        import pyarrow
        import pyarrow.compute
    except ImportError as error:
        raise Missing(str(error))
    return numpy, pyarrow


def row_index_of(schema):
    """Names of the columns that pandas reads back as its row index."""
    try:
        written = (schema.pandas_metadata or {}).get("index_columns", [])
    except (ValueError, AttributeError):  # foreign bytes
        written = []
    named = [name for name in written if isinstance(name, str)] if isinstance(written, list) else []
    return set(named).union(name for name in schema.names if re.match(r"^__index_level_\d+__$", name))


def is_index_wanted(name, request):
    """Whether a setting names this part of the row index."""
    if name in request["columns"] + [request["weights"], request["group"], request["target"]]:
        return True
    if not re.search(r"(?<![\w.])%s(?![\w.])" % re.escape(name), request["select"]):
        return False
    if not request["columns"]:
        raise Refusal("has the row index %s of pandas, which is no feature unless it is named, and dataset.select names "
                      "it; name the features with dataset.columns" % shown(name))
    return True


class ArrowTable:
    """Sources of an Arrow schema, and their values from record batches."""

    def __init__(self, request):
        self.numpy, self.pa = import_arrow()
        self.request = request
        self.sources, self.notes, self.items, self.rows = [], [], [], 0

    def describe(self, schema):
        row_index = row_index_of(schema)
        for index, field in enumerate(schema):
            if field.name not in row_index or is_index_wanted(field.name, self.request):
                self.describe_type(field.name, field.type, (index,), field.name)
            elif not self.request["columns"]:
                self.notes.append("the column %s is the row index of pandas and was left out; dataset.columns takes it "
                                  "where it is named" % shown(field.name))
        size = "%d rows of %d columns" % (self.rows, len(schema))
        self.items.append({"name": "table", "description": size, "settings": []})
        for source in self.sources:
            if source.kind == "list":
                self.items.append({"name": source.name, "description": "a list of numbers in each row",
                                   "settings": ["dataset.flatten=1"]})
            elif source.kind == "left_out":
                self.items.append({"name": source.name, "description": source.why, "settings": []})
        if self.request["mode"] == "contents":
            self.items += text_items(self)

    def describe_type(self, name, type, place, top, lists=0):
        """`place`: the number of the column, then those of the members of structs."""
        types = self.pa.types
        if isinstance(type, self.pa.BaseExtensionType):
            type = type.storage_type

        def add(kind, precision="f8", shape=(), why=""):
            group = top if lists and len(place) > 1 else prefix_of(name)
            self.sources.append(Source(name, kind, precision, shape, group, lists and len(place) > 1, why, place))

        if types.is_dictionary(type):
            return self.describe_type(name, type.value_type, place, top, lists)
        if types.is_struct(type):
            for i in range(type.num_fields):
                self.describe_type(name + "." + type.field(i).name, type.field(i).type, place + (i,), top, lists)
            return None
        single = (self.pa.float16(), self.pa.float32())
        if self.is_plain(type) or types.is_decimal(type):
            return add("list" if lists else "number", "f4" if type in single else "f8")
        if types.is_null(type) and not lists:
            return add("number")
        if types.is_fixed_size_list(type) and not lists:
            if self.is_plain(type.value_type) and 0 < type.list_size <= MOST_COLUMNS:
                return add("fixed", "f4" if type.value_type in single else "f8", (type.list_size,))
        if (types.is_list(type) or types.is_large_list(type)) and not lists:
            return self.describe_type(name, type.value_type, place, top, 1)
        if lists:
            return add("left_out", why="lists of %s" % type)
        if types.is_string(type) or types.is_large_string(type) or str(type) == "string_view":
            return add("text", why="text")
        if types.is_temporal(type):
            return add("text", why="dates or times (%s)" % type)
        return add("left_out", why="values of type %s" % type)

    def is_plain(self, type):
        types = self.pa.types
        return types.is_integer(type) or types.is_floating(type) or types.is_boolean(type)

    def numbers(self, array):
        """An array of numbers as numpy, NaN for what is missing."""
        pa = self.pa
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_null(array.type):
            return self.numpy.full(len(array), self.numpy.nan)
        if pa.types.is_decimal(array.type):
            return self.decimals(array)
        if array.null_count == 0:
            return array.to_numpy(zero_copy_only=False)
        missing = array.is_null().to_numpy(zero_copy_only=False)
        kept = array.drop_null().to_numpy(zero_copy_only=False)
        if kept.dtype.itemsize == 8 and kept.dtype.kind in "iu" and len(kept) and int(kept.max()) > 1 << 53:
            self.note_once("integers beyond 2^53 beside missing values were rounded to float64")
        values = self.numpy.full(len(array), self.numpy.nan)
        values[~missing] = kept
        return values

    def note_once(self, note):
        if note not in self.notes:
            self.notes.append(note)

    def decimals(self, array):
        """Correctly rounded: one division of exact numbers, or Python's own conversion."""
        return self.numpy.array([float("nan") if v is None else float(v) for v in array.to_pylist()], dtype="f8")

    def member(self, array, place):
        """The values of a source, and for lists the length of each: through structs and one list."""
        counts = None
        for index in tuple(place) + (None,):
            if isinstance(array, self.pa.ExtensionArray):
                array = array.storage
            if self.pa.types.is_list(array.type) or self.pa.types.is_large_list(array.type):
                counts = self.pa.compute.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False).astype("i8")
                array = array.flatten()
            if index is not None:
                array = self.pa.compute.struct_field(array, [index])  # with the nulls of the struct
        return array, counts

    def texts(self, array):
        if self.pa.types.is_dictionary(array.type):  # each word once, however many rows name it
            words = self.texts(array.dictionary)
            return [None if i is None else words[i] for i in array.indices.to_pylist()]
        if not self.pa.types.is_string(array.type):
            array = array.cast(self.pa.string())
        return array.to_pylist()

    def value_of(self, source, column):
        array, counts = self.member(column, source.place[1:])
        if counts is not None:
            return counts, self.numbers(array)
        if source.kind == "text":
            return self.texts(array)
        if source.kind == "fixed":
            size = source.shape[0]
            flat = self.numbers(self.pa.compute.list_flatten(array))
            if array.null_count:
                values = self.numpy.full((len(array), size), self.numpy.nan)
                values[~array.is_null().to_numpy(zero_copy_only=False)] = flat.reshape(-1, size)
                return values
            return flat.reshape(len(array), size)
        return self.numbers(array)

    def blocks(self, sources):
        for batch, places in self.batches(sorted({source.place[0] for source in sources}), sources):
            step = max(1000, BLOCK_VALUES // max(1, sum(4 if s.kind == "list" else 1 for s in sources)))
            for start in range(0, batch.num_rows, step):
                part = batch.slice(start, step)
                yield part.num_rows, {s: self.value_of(s, part.column(places[s.place[0]])) for s in sources}


class ParquetTable(ArrowTable):
    def __init__(self, path, request):
        super().__init__(request)
        try:
            import pyarrow.parquet
        except ImportError as error:
            raise Missing(str(error))
        try:
            self.file = pyarrow.parquet.ParquetFile(self.pa.OSFile(path, "rb"))
        except Exception as error:
            if "encrypt" in str(error).lower():
                raise Refusal("is encrypted; decrypt it first")
            raise
        metadata = self.file.metadata
        self.rows = metadata.num_rows
        if self.rows != sum(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)):
            raise ValueError("the row groups do not have as many rows as the file")
        self.schema = self.file.schema_arrow
        self.describe(self.schema)

    def batches(self, indices, sources):
        names = [self.schema[i].name for i in indices]
        rows = max(1000, min(1 << 17, BLOCK_VALUES // max(1, len(sources))))
        for batch in self.file.iter_batches(batch_size=rows, columns=names, use_threads=True):
            # The parts of a struct may be named with dots as other columns are: places by name, each once.
            yield batch, {index: batch.schema.get_field_index(name) for index, name in zip(indices, names)}


class FeatherTable(ArrowTable):
    """Arrow IPC as a file (Feather version 2) or a stream, and Feather version 1."""

    def __init__(self, path, request):
        super().__init__(request)
        self.path = path
        with open(path, "rb") as file:
            start = file.read(6)
        self.kind = "file" if start == b"ARROW1" else "old" if start[:4] == b"FEA1" else "stream"
        self.whole = None
        if self.kind == "old":
            import pyarrow.feather
            self.whole = pyarrow.feather.read_table(path, memory_map=True)
            self.schema, self.rows = self.whole.schema, self.whole.num_rows
        else:
            self.schema = self.reader(None).schema
            self.rows = sum(batch.num_rows for batch in self.read([0] if len(self.schema) else None))
        self.describe(self.schema)

    def reader(self, indices):
        options = self.pa.ipc.IpcReadOptions(included_fields=indices) if indices else self.pa.ipc.IpcReadOptions()
        source = self.pa.memory_map(self.path)
        if self.kind == "file":
            return self.pa.ipc.open_file(source, options=options)
        return self.pa.ipc.open_stream(source, options=options)

    def read(self, indices):
        reader = self.reader(indices)
        batches = (reader.get_batch(i) for i in range(reader.num_record_batches)) if self.kind == "file" else reader
        for batch in batches:
            if batch.num_rows < 0:
                raise ValueError("a record batch has a negative number of rows")
            batch.validate()
            yield batch

    def batches(self, indices, sources):
        if self.whole is not None:
            table = self.whole.select(indices)
            for batch in table.to_batches():
                yield batch, {index: i for i, index in enumerate(indices)}
            return
        for batch in self.read(indices):
            yield batch, {index: i for i, index in enumerate(indices)}


def write_parquet(output, request, path):
    """Rows from the standard input: blocks of a number of rows (8 bytes; 0 ends them) and the columns as float64."""
    numpy, pa = import_arrow()
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise Missing(str(error))
    output.json(b"HEAD", {})
    if request["mode"] == "check":
        return
    source = sys.stdin.buffer
    names = json.loads(source.readline())
    schema = pa.schema([pa.field(name, pa.float64(), nullable=False) for name in names])
    with open(path, "wb") as file, pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        total = 0
        while True:
            start = source.read(8)
            rows = struct.unpack("<Q", start)[0]
            if rows == 0:
                break
            columns = [pa.array(numpy.frombuffer(source.read(8 * rows), dtype="<f8")) for _ in names]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            total += rows
    output.json(b"DONE", {"rows": total, "notes": []})
