"""Reads the project's Markdown pages: fenced blocks, code spans, links and headings."""
import re

FENCE = re.compile(r"^( *)```(\w*)\s*$")
MARK = re.compile(r"^\s*<!-- *(not run|run with|before|output of|tree):? *(.*?) *-->\s*$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


class Block:
    """A fenced block: language, lines, number of its first line, and the marks in HTML comments above it."""

    def __init__(self, language, line, marks):
        self.language, self.line, self.marks, self.lines = language, line, marks, []
        self.before = []  # texts of the page's runnable blocks of this language above it

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"

    def commands(self):
        """The lines of a shell block; a backslash joins a line with the next one."""
        joined = self.text.replace("\\\n", " ")
        return [x.strip() for x in joined.splitlines() if x.strip() and not x.strip().startswith("#")]


class Page:
    """One Markdown file, taken apart."""

    def __init__(self, path):
        self.path, self.blocks, self.prose = path, [], []
        self.unfenced = []  # (line number, line) of blocks by indentation, which nothing checks
        marks, block = {}, None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            fence = FENCE.match(line)
            if block is not None:
                if fence and not fence[2]:
                    block = None
                else:
                    block.lines.append(line)
            elif fence:
                block = Block(fence[2], number, marks)
                block.before = [x.text for x in self.blocks if x.language == block.language and "not run" not in x.marks]
                self.blocks.append(block)
                marks = {}
            elif mark := MARK.match(line):
                marks.setdefault(mark[1], []).append(mark[2])
            elif line.strip():
                marks = {}
                if line.startswith("    ") and (not self.prose or not self.prose[-1][1].strip()):
                    self.unfenced.append((number, line))
                self.prose.append((number, line))
            else:
                self.prose.append((number, line))

    def text(self):
        return "\n".join(line for _, line in self.prose)

    def links(self):
        return LINK.findall(re.sub(r"`[^`]*`", "", self.text()))

    def code_spans(self):
        return [" ".join(x.split()).replace("\\|", "|") for x in re.findall(r"(?<!`)`([^`]+)`(?!`)", self.text())]

    def anchors(self):
        """Names that GitHub gives to headings."""
        names = []
        for _, line in self.prose:
            heading = re.match(r"#+ +(.*)", line)
            if heading:
                plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
                names.append(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
        return names
