# The last part of the script: what is asked for, and one sentence if it fails.

FORMATS = {"root": lambda path, request: RootTable(path, request),
           "parquet": lambda path, request: ParquetTable(path, request),
           "feather": lambda path, request: FeatherTable(path, request)}


def words_of(error):
    """What an exception says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (" ".join(lines) or type(error).__name__)[:250]


def read(output, request, path):
    table = FORMATS[request["format"]](path, request)
    columns = [] if request["mode"] == "contents" and not table.rows else expand(table, request)
    output.json(b"HEAD", head_of(table, request, columns))
    if request["mode"] == "contents":
        return
    asked = json.loads(sys.stdin.buffer.readline())
    import numpy
    Rows(numpy, table, [columns[i] for i in asked], request).send(output)


def main():
    output = Output()
    try:
        add_user_packages()
        request = json.loads(sys.argv[1])
        if request["mode"] in ("check", "write"):
            write_parquet(output, request, sys.argv[2])
        else:
            read(output, request, sys.argv[2])
    except Refusal as error:
        output.json(b"FAIL", {"cause": "choice", "text": str(error)})
    except Missing as error:
        output.json(b"FAIL", {"cause": "package", "text": words_of(error)})
    except MemoryError:
        output.json(b"FAIL", {"cause": "memory", "text": ""})
    except Exception as error:
        if type(error).__name__ in ("ArrowMemoryError", "_ArrayMemoryError"):
            output.json(b"FAIL", {"cause": "memory", "text": ""})
        elif isinstance(error, OSError) and request["mode"] == "write":
            output.json(b"FAIL", {"cause": "disk", "text": words_of(error), "errno": error.errno or 0})
        else:
            output.json(b"FAIL", {"cause": "file", "text": words_of(error)})


main()
