# From what a package has read to float64 columns of equal length.


def pt_of_group(table, group):
    """The list that orders the particles of a group."""
    lists = [s for s in table.sources if s.kind == "list" and s.group == group]
    exact = [s for s in lists if re.split(r"[_.]", s.name)[-1].lower() == "pt"]
    loose = [s for s in lists if s.name.lower().endswith("pt")]
    for found in (exact, loose):
        if len(found) == 1:
            return found[0]
    raise Refusal("has %s list of %s that ends in pt; choose lists of particles that have one with dataset.columns, or "
                  "take the particles as they come with dataset.flatten_order=file"
                  % ("more than one" if loose else "no", shown(group)))


class Padder:
    """The first `most` values of each list, padded with zeros."""

    def __init__(self, numpy, counts, most, keys=None):
        self.numpy, self.counts, self.most = numpy, counts, most
        starts = numpy.cumsum(counts) - counts
        event = numpy.repeat(numpy.arange(len(counts)), counts)
        rank = numpy.arange(len(event)) - numpy.repeat(starts, counts)
        self.order = None
        if keys is not None:
            self.order = numpy.lexsort((-keys.astype("f8"), event))  # stable; NaN last
        self.kept = rank < most
        self.event, self.rank = event[self.kept], rank[self.kept]

    def padded(self, values):
        if self.order is not None:
            values = values[self.order]
        out = self.numpy.zeros((len(self.counts), self.most))
        out[self.event, self.rank] = values[self.kept]
        return out


class Rows:
    """Makes the asked columns of one block after the other."""

    def __init__(self, numpy, table, columns, request):
        self.numpy, self.table, self.columns, self.request = numpy, table, columns, request
        self.lists = [s for s in dict.fromkeys(c.source for c in columns) if s.kind == "list"]
        self.order = {}
        if request["order_by_pt"]:
            self.order = {s.group: pt_of_group(table, s.group) for s in self.lists}
        self.sources = list(dict.fromkeys([c.source for c in columns] + list(self.order.values())))
        self.rounded, self.short, self.first, self.most = {}, 0, 0, 0

    def numbers(self, source, values):
        """As float64; integers that it cannot hold are counted."""
        values = self.numpy.asarray(values)
        if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
            beyond = values > (1 << 53)
            if values.dtype.kind == "i":
                beyond |= values < -(1 << 53)
            count = int(self.numpy.count_nonzero(beyond))
            if count:
                self.rounded[source.name] = self.rounded.get(source.name, 0) + count
        return values.astype("f8")

    def padders(self, data):
        """One for each group; its lists must be equally long."""
        found, first = {}, {}
        for source in self.lists + [s for s in self.order.values() if s not in self.lists]:
            counts = data[source][0]
            if source.group not in found:
                keys = data[self.order[source.group]][1] if source.group in self.order else None
                if keys is not None and len(keys) != counts.sum():
                    keys = data[source][1]  # told below: the lengths differ
                found[source.group], first[source.group] = (
                    Padder(self.numpy, counts, self.request["flatten"], keys), source)
            different = self.numpy.flatnonzero(found[source.group].counts != counts)
            if len(different):
                raise Refusal("has lists %s and %s of different lengths in row %d; choose those of one kind of "
                              "particle with dataset.columns"
                              % (shown(first[source.group].name), shown(source.name),
                                 self.first + int(different[0]) + 1))
        return found

    def block(self, rows, data):
        """[columns] arrays of the rows that stay, and their number."""
        padders = self.padders(data)
        made, out = {}, []
        for column in self.columns:
            source = column.source
            if column.real is not None:
                out.append((padders[source.group].counts > column.real).astype("f8"))
                continue
            if column.word is not None:
                texts = texts_of(data[source])
                out.append(self.numpy.array([float("nan") if t is None else float(t == column.word) for t in texts]))
                continue
            if source not in made:
                if source.kind == "list":
                    made[source] = padders[source.group].padded(self.numbers(source, data[source][1]))
                else:
                    made[source] = self.numbers(source, data[source]).reshape(rows, -1)
            out.append(made[source][:, column.part])
        if padders and rows:
            fewest = self.numpy.min([padder.counts for padder in padders.values()], axis=0)
            whole = fewest >= self.request["flatten"]
            self.most = max(self.most, int(fewest.max()))
            self.short += rows - int(whole.sum())
            if not self.request["mask"]:
                rows, out = int(whole.sum()), [values[whole] for values in out]
        return rows, out

    def send(self, output):
        """All rows, at most as many as asked for; then what is to be said of them."""
        sent, most = 0, self.request["max_rows"]
        for rows, data in self.table.blocks(self.sources):
            seen, (rows, arrays) = rows, self.block(rows, data)
            rows = min(rows, most - sent)
            step = max(1, FRAME_VALUES // len(arrays))
            for first in range(0, rows, step):
                now = min(step, rows - first)
                parts = [values[first:first + now].astype("<f8").tobytes() for values in arrays]
                output.frame(b"ROWS", struct.pack("<Q", now), *parts)
            sent += rows
            self.first += seen
            if sent >= most:
                break
        if not sent and self.short and not self.request["mask"]:
            self.refuse_all()
        output.json(b"DONE", {"rows": sent, "notes": self.notes()})

    def refuse_all(self):
        n = self.request["flatten"]
        if self.most:
            raise Refusal("has no row with %d particles; set dataset.flatten=%d, the most that one has"
                          % (n, self.most))
        raise Refusal("has no row with %d of each of %s; choose some of them with dataset.columns, or set "
                      "dataset.padding=mask" % (n, shown_list([s.name for s in self.lists])))

    def notes(self):
        notes = []
        for name, count in self.rounded.items():
            notes.append("%d %s of column %s %s beyond 2^53 and rounded to float64"
                         % (count, "value" if count == 1 else "values", shown(name),
                            "is" if count == 1 else "are"))
        if self.short:
            text = "%d of %d rows have fewer than %d particles" % (self.short, self.first, self.request["flatten"])
            real = [column.name for column in self.columns if column.real is not None]
            if not self.request["mask"]:
                notes.append(text + " and were left out; dataset.padding=mask keeps them")
            elif real:
                notes.append(text + ", the others are zero; the columns %s are 1 where a particle is there"
                             % shown_list(real))
            else:
                notes.append(text + ", the others are zero")
        return notes
