#!/usr/bin/env python3
"""Writes a report again with the page of the source tree: to try a change of host/report/assets without a build.

    assemble.py REPORT.html OUT.html [--data DATA.json]

The data are those of REPORT.html, or of a file.
"""
import argparse
import html
import json
import pathlib
import re

ASSETS = pathlib.Path(__file__).resolve().parents[2] / "host/report/assets"
DATA = re.compile(r'(?s)id="symscan-data"[^>]*>(.*?)</script')


def assemble(data):
    def fill(match):
        name = match.group(1)
        if name == "title":
            return html.escape(json.loads(data).get("name", "")) + " - symscan report"
        if name == "data":
            return data.replace("<", "\\u003c")
        return (ASSETS / name).read_text(encoding="utf-8")
    return re.sub(r"\{\{([^}]+)\}\}", fill, (ASSETS / "report.html").read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    arguments = parser.parse_args()
    page = arguments.report.read_text(encoding="utf-8")
    data = arguments.data.read_text(encoding="utf-8") if arguments.data else DATA.search(page).group(1)
    arguments.out.write_text(assemble(data), encoding="utf-8")


if __name__ == "__main__":
    main()
