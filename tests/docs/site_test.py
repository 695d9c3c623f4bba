#!/usr/bin/env python3
"""Builds the documentation as a site (docs/site, MkDocs in strict mode) in a temporary folder and checks the HTML:
every link, anchor, picture, style and script is there, none is fetched from the network, and every page of docs/ can be
reached from the list of pages. Exit code: 0 passed, 1 failed, 77 without MkDocs.
"""
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NETWORK = re.compile(r"(?:[a-z]+:)?//", re.I)
TIMEOUT_SECONDS = 300


class Document(html.parser.HTMLParser):
    """What a page refers to, the anchors that it has, and its text outside code."""

    def __init__(self, path):
        super().__init__()
        self.path, self.links, self.loaded, self.anchors, self.text, self.listed = path, [], [], set(), [], []
        self.depth_of_code, self.is_in_list = 0, False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            self.anchors.add(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
            if self.is_in_list:
                self.listed.append(values["href"])
        self.loaded += [values[x] for x in ("src", "poster", "data") if tag != "a" and values.get(x)]
        self.loaded += [x.split()[0] for x in values.get("srcset", "").split(",") if x.strip()]
        if tag == "link" and values.get("href"):
            self.loaded.append(values["href"])
        self.loaded += css_addresses(values.get("style") or "")
        self.depth_of_code += tag in ("pre", "code", "script", "style")
        self.is_in_list = self.is_in_list or (tag == "nav" and values.get("aria-label") == "Pages")

    def handle_endtag(self, tag):
        self.depth_of_code -= tag in ("pre", "code", "script", "style")
        self.is_in_list = self.is_in_list and tag != "nav"

    def handle_data(self, data):
        if not self.depth_of_code:
            self.text.append(data)


def css_addresses(text):
    return re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(r"@import\s+[\"']([^\"']+)", text)


def target_of(site, page, link):
    """The file and the anchor that a link leads to."""
    name, _, anchor = link.partition("#")
    return (page.parent / name).resolve() if name else page, anchor


def problems_of_page(site, document, documents):
    page, problems = document.path, []
    for link in document.loaded:
        if NETWORK.match(link):
            problems.append(f"loads {link} from the network")
        elif not link.startswith("data:") and not target_of(site, page, link)[0].is_file():
            problems.append(f"loads {link}, which is not there")
    for link in document.links:
        if re.match(r"(https?|mailto):", link):
            continue
        path, anchor = target_of(site, page, link)
        if site not in path.parents or not path.is_file():
            problems.append(f"the link {link} leads nowhere")
        elif anchor and path in documents and anchor not in documents[path].anchors:
            problems.append(f"{path.relative_to(site)} has no anchor {anchor}")
    text = "".join(document.text)
    for pattern, what in ((r"```", "a fence"), (r"^\s*\|.*\|\s*$", "a row of a table"), (r"\]\([\w./#-]+\)", "a link"),
                          (r"^#+ ", "a heading"), (r"^[-*] \w", "a list")):
        found = re.search(pattern, text, re.M)
        if found:
            problems.append(f"{what} was not understood: {found[0][:60]}")
    return problems


def check_site(site):
    documents = {x: Document(x) for x in sorted(site.rglob("*.html"))}
    problems = [f"{x.relative_to(site)}: {y}" for x, document in documents.items() for y in problems_of_page(site, document, documents)]
    for path in [*site.rglob("*.css"), *site.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        found = css_addresses(text) if path.suffix == ".css" else re.findall(r"(?:fetch|import|importScripts)\([\"'](.*?)[\"']", text)
        problems += [f"{path.name}: loads {x} from the network" for x in found if NETWORK.match(x)]

    listed = {target_of(site, site / "index.html", x)[0] for x in documents[site / "index.html"].listed}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        if site / page.relative_to(ROOT).with_suffix(".html") not in listed:
            problems.append(f"{page.relative_to(ROOT)} is not in the list of pages (nav in docs/site/mkdocs.yml)")

    sections = json.loads((site / "search.js").read_text(encoding="utf-8").split("=", 1)[1].rstrip().rstrip(";"))
    problems += [f"the search leads to {x['page']}#{x['anchor']}, which is not there" for x in sections
                 if x["anchor"] not in documents.get(site / x["page"], Document(site / "index.html")).anchors]
    if len(sections) < 100:
        problems.append(f"the search knows {len(sections)} sections only")
    return len(documents), problems


def main():
    program = shutil.which("mkdocs")
    if not program:
        print("skipped: mkdocs is not installed (Debian package mkdocs)")
        return 77
    with tempfile.TemporaryDirectory(prefix="symscan-site-") as name:
        site = pathlib.Path(name).resolve() / "site"
        done = subprocess.run([program, "build", "--quiet", "--strict", "--config-file", ROOT / "docs/site/mkdocs.yml", "--site-dir", site],
                              cwd=name, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
        if done.returncode:
            print(f"FAILED mkdocs: exit code {done.returncode}\n{(done.stderr + done.stdout).strip()[-3000:]}")
            return 1
        count, problems = check_site(site)
    for problem in problems:
        print("FAILED", problem)
    print(f"{count} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
