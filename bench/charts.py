#!/usr/bin/env python3
"""Draws SVG charts of benchmark results; needs nothing but Python.

    bench/charts.py RESULT.json DIRECTORY

RESULT.json is what compare.py writes: one chart for each number of replicas on each place, the time of every program
relative to symscan's, with the smallest and largest of the rounds; or what cpu_bench writes: one chart for each quantity that
was scaled. Prints the names of the files.
"""
import json
import math
import sys
from pathlib import Path
from xml.sax.saxutils import escape

INK, FAINT, SYMSCAN, PEER = "#222222", "#d8d8d8", "#0b6e4f", "#7a8ba3"
WIDTH, LABELS, RIGHT, ROW, TOP, BOTTOM = 760, 230, 70, 30, 62, 46
TICKS = (1, 2, 5)


def svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="13">\n<rect width="{width}" height="{height}" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


def text(x, y, content, anchor="start", size=13, colour=INK):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(content)}</text>'


def line(x1, y1, x2, y2, colour=INK, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def log_ticks(low, high):
    """1, 2, 5, 10, 20, ... within [low, high]."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    ticks = (digit * 10.0**power for power in range(first, last + 1) for digit in TICKS)
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def dot_chart(title, subtitle, unit, rows):
    """rows: (label, value, smallest, largest, emphasised). A dot for each value on a logarithmic axis, whose bars would
    have no natural beginning."""
    low = min(1, *(row[2] for row in rows)) / 1.25
    high = max(2, *(row[3] for row in rows)) * 1.1
    span = WIDTH - LABELS - RIGHT
    height = TOP + ROW * len(rows) + BOTTOM

    def x_of(value):
        return LABELS + span * math.log(value / low) / math.log(high / low)

    foot = TOP + ROW * len(rows)
    parts = [text(16, 24, title, size=16), text(16, 44, subtitle, size=12, colour="#555555")]
    for tick in log_ticks(low, high):
        parts += [line(x_of(tick), TOP, x_of(tick), foot, FAINT), text(x_of(tick), foot + 16, f"{tick:g}", "middle", 12)]
    parts.append(text(LABELS + span / 2, foot + 36, unit, "middle", 12))
    for number, (label, value, smallest, largest, emphasised) in enumerate(rows):
        middle = TOP + ROW * (number + 0.5)
        parts.append(text(LABELS - 10, middle + 4, label, "end"))
        parts.append(line(LABELS, middle, LABELS + span, middle, FAINT))
        if largest > smallest:
            parts.append(line(x_of(smallest), middle, x_of(largest), middle, INK, 1.5))
            parts += [line(x_of(end), middle - 4, x_of(end), middle + 4, INK, 1.5) for end in (smallest, largest)]
        parts.append(f'<circle cx="{x_of(value):.1f}" cy="{middle:.1f}" r="6" fill="{SYMSCAN if emphasised else PEER}"/>')
        parts.append(text(x_of(largest) + 10, middle + 4, f"{value:.2f}" if value < 10 else f"{value:.1f}"))
    return svg(WIDTH, height, parts)


def compare_charts(result):
    """[(file name, SVG)] of a result of compare.py."""
    charts = []
    entries = result["results"]
    for place, replicas in dict.fromkeys((entry["place"], entry["replicas"]) for entry in entries):
        group = [entry for entry in entries if (entry["place"], entry["replicas"]) == (place, replicas)]
        rows = [(entry["program"], entry["ratio"]["median"], entry["ratio"]["smallest"], entry["ratio"]["largest"],
                 entry["program"] == "symscan") for entry in sorted(group, key=lambda entry: entry["ratio"]["median"])]
        title = f"The same training on {place}: {replicas} replica{'s at once' if replicas > 1 else ''}"
        subtitle = f"{result['summary']['device']}; median of {result['rounds']} rounds, lines: smallest to largest"
        charts.append((f"compare_{place.replace(' ', '_')}_{replicas}.svg",
                       dot_chart(title, subtitle, "time / time of symscan (logarithmic)", rows)))
    return charts


def scaling_charts(result):
    """[(file name, SVG)] of a result of cpu_bench: share of the SGEMM peak over every quantity that was scaled."""
    charts = []
    for quantity, entries in result.get("scaling", {}).items():
        if not isinstance(entries, list) or not entries or quantity not in entries[0]:
            continue
        rows = [(f"{quantity} {entry[quantity]}", *(100 * entry["share_of_sgemm_peak"][key] for key in
                                                    ("median", "slowest", "fastest")), True)
                for entry in entries if entry.get("share_of_sgemm_peak")]
        if rows:
            charts.append((f"scaling_{quantity}.svg",
                           dot_chart(f"Share of the SGEMM peak: {quantity}", f"{result['machine']['cpu']}; medians, lines: "
                                     "slowest to fastest", "% of SGEMM, measured in turn (logarithmic)", rows)))
    return charts


MAKERS = {"compare": compare_charts, "cpu_bench": scaling_charts}


def draw(result):
    """[(file name, SVG)] of any result that charts are known for."""
    return MAKERS.get(result.get("kind"), lambda _: [])(result)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    charts = draw(json.loads(Path(sys.argv[1]).read_text()))
    if not charts:
        sys.exit(f"charts: {sys.argv[1]} holds no result that charts are known for")
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in charts:
        (folder / name).write_text(content)
        print(folder / name)


if __name__ == "__main__":
    main()
