"""Starts Debian's chromium, headless, on a page, and reads what a reader would see. Used by the tests of the pages.

Nothing here knows what a report should say.
"""
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--disable-domain-reliability", "--disable-dev-shm-usage", "--window-size=1280,1000",
    "--hide-scrollbars", "--virtual-time-budget=120000", "--host-resolver-rules=MAP * ~NOTFOUND",
]
LIGHT, DARK = ["--blink-settings=preferredColorScheme=1"], ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
TIMEOUT_SECONDS = 240
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# A frame as wide as a phone: windows without a screen are wider. What the page in it puts into its own <html data-measured>
# comes out by a message.
PHONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>phone</title>
<style>body { margin: 0 } iframe { border: 0 }</style>
<iframe title="phone" width="%d" height="%d" src="%s"></iframe>
<script>
"use strict";
addEventListener("message", (event) => Object.assign(document.documentElement.dataset, event.data));
</script>
"""


class Page(html.parser.HTMLParser):
    """The state of <html>, for every visible .plot the size of the drawing inside it, and the text of every element with
    an id. Of what is typeset the text is its source."""

    INLINE = {"span", "var", "sub", "sup", "em", "strong", "code"}
    VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

    def __init__(self, dom):
        super().__init__(convert_charrefs=True)
        self.root, self.plots, self.ids, self.texts = {}, {}, [], {}
        self._open = []
        self._depth, self._plot, self._plot_depth, self._typeset = 0, None, 0, None
        # Scripts and styles hold "<" that a parser of a dump need not read.
        self.feed(re.sub(r"(?s)<(script|style)\b.*?</\1>", "", dom))

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in self.INLINE:
            self._add(" ")
        if tag == "html" and not self.root:
            self.root = a
        if "id" in a:
            self.ids.append(a["id"])
            self.texts[a["id"]] = ""
            if tag not in self.VOID:
                self._open.append((self._depth, a["id"]))
        if tag == "div" and "plot" in (a.get("class") or "").split():
            self._plot, self._plot_depth = a.get("id"), self._depth
            self.plots[self._plot] = {"label": a.get("aria-label"), "role": a.get("role"), "size": (0.0, 0.0)}
        if "data-text" in a and self._typeset is None:
            self._add(a["data-text"])
            self._typeset = self._depth
        if self._plot and tag == "svg" and "viewbox" in a:
            self.plots[self._plot]["size"] = tuple(float(x) for x in a["viewbox"].split()[2:])
        if tag not in self.VOID:
            self._depth += 1

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if tag not in self.INLINE:
            self._add(" ")
        self._depth -= 1
        while self._open and self._depth <= self._open[-1][0]:
            self._open.pop()
        if self._plot and self._depth <= self._plot_depth:
            self._plot = None
        if self._typeset is not None and self._depth <= self._typeset:
            self._typeset = None

    def handle_data(self, data):
        if self._typeset is None:
            self._add(data)

    def _add(self, text):
        for _, name in self._open:
            self.texts[name] += text


def browse(path, folder, *arguments, fragment=""):
    """One start of the browser; the later of two --window-size counts."""
    return subprocess.run([CHROMIUM, *FLAGS, *arguments, f"--user-data-dir={folder / 'profile'}", path.resolve().as_uri() + fragment],
                          capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=TIMEOUT_SECONDS, check=False)


class Visit:
    """One start of the browser on one page: the document afterwards, its console messages, its requests (if probed)."""

    def __init__(self, path, folder, extra=(), fragment=""):
        start = time.monotonic()
        run = browse(path, folder, *extra, "--dump-dom", fragment=fragment)
        self.seconds = time.monotonic() - start
        self.page = Page(run.stdout)
        self.console = [x for x in run.stderr.splitlines() if ":CONSOLE" in x]
        self.requests = self.page.root.get("data-requests", "").split()
        measured = self.page.root.get("data-measured")
        self.measured = json.loads(measured) if measured else None


def on_a_phone(path, folder, width=390, height=844, fragment=""):
    """A page that shows another one in a frame of that size."""
    frame = folder / f"phone-{path.name}"
    frame.write_text(PHONE % (width, height, path.resolve().as_uri() + fragment), encoding="utf-8")
    return frame


def with_script(path, folder, script):
    """A copy of the report that runs one script more, at its end."""
    text = path.read_text(encoding="utf-8")
    at = text.rindex("</body>")
    copy = folder / path.name
    copy.write_text(text[:at] + script + text[at:], encoding="utf-8")
    return copy


def script_of(*names, before=""):
    """Scripts of this folder (or paths), in one element."""
    parts = [(HERE / name).read_text(encoding="utf-8") for name in names]
    return "<script>\n" + before + "\n".join(parts) + "</script>\n"


def print_page(path, folder):
    """The page as PDF; the file may be missing."""
    pdf = folder / "report.pdf"
    browse(path, folder, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    return pdf


DATA = re.compile(r'(?s)(id="symscan-data">)(.*?)(</script)')


def embedded_data(path):
    return json.loads(DATA.search(path.read_text(encoding="utf-8")).group(2))


def with_data(path, folder, data):
    """A copy of the report that shows other data."""
    text = json.dumps(data).replace("<", "\\u003c")
    copy = folder / path.name
    copy.write_text(DATA.sub(lambda m: m.group(1) + text + m.group(3), path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    return copy
