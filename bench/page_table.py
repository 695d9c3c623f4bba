"""Tables and figures of bench/RESULTS.md."""


def table(columns, rows):
    """The first column is text, the others are numbers."""
    marks = ["---"] + ["---:"] * (len(columns) - 1)
    lines = [columns, marks, *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def figure(value):
    """Three significant digits."""
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
