"""Statements that damage a ledger, made from its own tables: every column of every table, whatever they are."""
import json
import sqlite3


def tables_of(database):
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    return [x[0] for x in rows]


def columns_of(database, table):
    return [x[1] for x in database.execute(f'PRAGMA table_info("{table}")')]


def blob(value):
    return "x'" + value.hex() + "'"


def text(value):
    return "'" + value.replace("'", "''") + "'"


def other_json(value):
    """The same document with one thing wrong: shorter and longer lists, other types, numbers out of range."""
    try:
        document = json.loads(value)
    except ValueError:
        return []
    found = ["", "{", "null", "[]", "{}", "[" * 2000, json.dumps([document])]
    entries = list(document.items()) if isinstance(document, dict) else list(enumerate(document)) if isinstance(document, list) else []
    for key, entry in entries[:12]:
        others = [None, "a", -1, 1e308, [], {}, True]
        if isinstance(entry, list):
            others += [entry[:-1], entry + entry, entry * 1000 if len(entry) < 50 else entry[:1]]
        if isinstance(entry, (int, float)) and not isinstance(entry, bool):
            others += [entry + 1, -entry, 10**12]
        for other in others:
            changed = dict(document) if isinstance(document, dict) else list(document)
            changed[key] = other
            found.append(json.dumps(changed))
        changed = dict(document) if isinstance(document, dict) else list(document)
        del changed[key]
        found.append(json.dumps(changed))
    return found


def other_values(value):
    """SQL for values that are not the one that is there."""
    found = ["NULL", "''", "x''", "'a'", "-1", "9223372036854775807", "1e308", "9e999"]
    if isinstance(value, bytes):
        middle = len(value) // 2
        found += [blob(value[:-1]), blob(value[:middle]), blob(value + value), blob(value[:-4] + b"\0\0\xc0\x7f"),
                  blob(value[:middle] + bytes([value[middle] ^ 64]) + value[middle + 1:]), f"zeroblob({len(value)})"] if value else []
    elif isinstance(value, str):
        found += [text(value + "x"), text(value[:-1]), *(text(x) for x in other_json(value))]
    elif isinstance(value, (int, float)):
        found += [repr(value + 1), repr(-value - 1)]
    return found


def of_table(database, table):
    columns = columns_of(database, table)
    names = ", ".join(f'"{x}"' for x in columns)
    for row, *values in database.execute(f'SELECT rowid, {names} FROM "{table}" LIMIT 2').fetchall():
        yield f'DELETE FROM "{table}" WHERE rowid = {row}'
        for column, value in zip(columns, values):
            for other in other_values(value):
                yield f'UPDATE "{table}" SET "{column}" = {other} WHERE rowid = {row}'
    yield f'DELETE FROM "{table}"'
    yield f'DROP TABLE "{table}"'
    yield f'ALTER TABLE "{table}" RENAME TO other'
    yield f'ALTER TABLE "{table}" ADD COLUMN more'
    yield f'UPDATE "{table}" SET rowid = rowid + 1000'
    yield f'ALTER TABLE "{table}" RENAME TO hidden;\nCREATE VIEW "{table}" AS SELECT * FROM hidden'
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
    columns_without_end = ", ".join(f'i AS "{x}"' for x in columns)
    yield f'ALTER TABLE "{table}" RENAME TO hidden;\nCREATE VIEW "{table}" AS {endless} {columns_without_end} FROM n'
    for event in ("INSERT", "UPDATE", "DELETE"):
        yield f'CREATE TRIGGER t_{event} AFTER {event} ON "{table}" BEGIN DELETE FROM "{table}"; END'
    # Expressions in the schema that take years: never to be begun.
    for clause in ("more AS (instr(zeroblob(400000000), zeroblob(200000000) || x'01'))",
                   "more CHECK (instr(zeroblob(400000000), zeroblob(200000000) || x'01') = 0)"):
        yield (f'PRAGMA writable_schema = ON;\nUPDATE sqlite_master SET sql = substr(sql, 1, length(sql) - 1) || {text(", " + clause + ")")}'
               f" WHERE name = '{table}'")
    for column in columns:
        yield f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO other'


def edits(path):
    """All statements for the ledger at `path`; several parts are separated by ';' and a line's end."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    found = []
    for table in tables_of(database):
        found += list(of_table(database, table))
    found += ["PRAGMA user_version = 77", "PRAGMA application_id = 77", "CREATE TABLE foreign_notes(text)",
              "CREATE VIEW foreign_view AS SELECT * FROM meta"]
    database.close()
    return found
