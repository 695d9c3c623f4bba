"""Hooks of MkDocs (mkdocs.yml beside this file): the site's pages are README.md and what links lead to from it.

The pages are written for a reader of the repository, so their links are paths in the checkout. The site keeps these paths:
docs/data.md becomes docs/data.html. A link to a folder or to a source file leads to a page that shows it; a file that is
too long for a page is copied. Headings get the anchors that GitHub gives them.
"""
import html
import json
import pathlib
import posixpath
import re

from mkdocs.structure.files import File, Files

ROOT = pathlib.Path(__file__).resolve().parents[2]
THEME = pathlib.Path(__file__).resolve().parent / "theme"
START = "README.md"
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"(^ *```.*?^ *```\s*$)", re.M | re.S)
MOST_LINES = 400  # of a source file that is shown as a page
LANGUAGES = {".cpp": "cpp", ".hpp": "cpp", ".json": "json", ".py": "python", ".sh": "sh", ".yaml": "yaml"}

sections = []  # of all pages, for the search: {page, title, heading, anchor, text}


# ---- which pages there are

def slug(heading, separator="-"):
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", separator)


def target_of(page, link):
    """The path in the checkout, or None for what is not in it."""
    if re.match(r"[a-z]+:", link):
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    return target if (ROOT / target).exists() else None


def shown_as(target):
    """The name of the page that shows a file or folder; the target itself if it is a page or is copied."""
    path = ROOT / target
    if path.is_dir():
        return f"{target}/index.md"
    if path.suffix == ".md" or path.suffix in (".png", ".svg", ".gz"):
        return target
    if path.suffix != ".ipynb" and len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES:
        return target
    return f"{target}.md"


def links_of(page):
    path = ROOT / page
    prose = FENCE.sub("", path.read_text(encoding="utf-8")) if page.endswith(".md") and path.exists() else ""
    return [x[1] for x in LINK.findall(prose)]


def pages_and_files():
    """Names in the site, in the order in which a reader of README.md meets them."""
    found = [START, *(x.relative_to(ROOT).as_posix() for x in sorted((ROOT / "docs").rglob("*.md")))]
    for page in found:  # grows
        for link in links_of(page):
            target = target_of(page, link)
            if target and shown_as(target) not in found:
                found.append(shown_as(target))
    return found


def on_config(config):
    config["mdx_configs"]["toc"] = {"slugify": slug}
    config["extra"]["version"] = re.search(r"project\(symscan VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    return config


def on_files(files, config):
    sections.clear()
    theme = [x for x in files if pathlib.Path(x.abs_src_path).resolve() == THEME / x.src_uri]
    return Files([File(x, str(ROOT), config["site_dir"], False) for x in pages_and_files()] + theme)


# ---- what stands on them

def code_page(path):
    text = path.read_text(encoding="utf-8").rstrip("\n")
    return f"```{LANGUAGES.get(path.suffix, 'text')}\n{text}\n```\n"


def folder_page(target):
    """Its files; of pictures and long ones the names."""
    parts = [f"# {target}"]
    for path in sorted(x for x in (ROOT / target).iterdir() if x.is_file() and not x.name.startswith(".")):
        is_shown = shown_as(f"{target}/{path.name}") != f"{target}/{path.name}"
        parts.append(f"## {path.name}\n\n{code_page(path)}" if is_shown else f"- `{path.name}`")
    return "\n\n".join(parts) + "\n"


def notebook_page(path):
    """The cells and what they print as text."""
    parts = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
        for output in cell.get("outputs", []):
            printed = "".join(output.get("text", output.get("data", {}).get("text/plain", []))).rstrip("\n")
            parts += [f"```text\n{printed}\n```"] if printed else []
    return "\n\n".join(parts) + "\n"


def on_page_read_source(page, config):
    name = page.file.src_uri
    if (ROOT / name).exists():
        return None
    target = posixpath.dirname(name) if name.endswith("/index.md") else name[:-len(".md")]
    if (ROOT / target).is_dir():
        return folder_page(target)
    if target.endswith(".ipynb"):
        return notebook_page(ROOT / target)
    return f"# {target}\n\n{code_page(ROOT / target)}"


def on_page_markdown(markdown, page, config, files):
    name = page.file.src_uri

    def lead(match):
        target = target_of(name, match[2])
        if target is None or shown_as(target) == target:
            return match[0]
        return f"{match[1]}{posixpath.relpath(shown_as(target), posixpath.dirname(name) or '.')}{match[3] or ''})"

    def plain(part):
        # GitHub reads a list after a line of text, and \| within a table's code, as the writer means them.
        part = re.sub(r"^(?!\s*(?:[-*]|\d+\.) )(\S.*)\n(?=(?:[-*]|1\.) )", r"\1\n\n", part, flags=re.M)
        part = re.sub(r"^\|.*$", lambda row: re.sub(r"`[^`]*`", lambda x: x[0].replace("\\|", "|"), row[0]), part, flags=re.M)
        return LINK.sub(lead, part)

    return "".join(x if FENCE.fullmatch(x) else plain(x) for x in FENCE.split(markdown))


# ---- search: the text of every section, as a script, so that it works from the disk

def words(part):
    part = re.sub(r"<!--.*?-->|</?(?:span|code|a|em|strong)\b[^>]*>", "", part, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def on_page_content(content, page, config, files):
    is_written = (ROOT / page.file.src_uri).exists() or ".ipynb" in page.file.src_uri  # the others show source files
    parts = re.split(r'<h[1-4] id="([^"]*)">(.*?)</h[1-4]>', content, flags=re.S)
    for anchor, heading, text in zip(parts[1::3], parts[2::3], parts[3::3]) if is_written else []:
        sections.append({"page": page.file.url, "title": words(page.title or ""), "heading": words(heading), "anchor": anchor,
                         "text": words(text)})
    return re.sub(r"<table>(.*?)</table>", r'<div class="table-scroll"><table>\1</table></div>', content, flags=re.S)


def on_post_build(config):
    site = pathlib.Path(config["site_dir"])
    for name in ("sitemap.xml", "sitemap.xml.gz"):  # they name the address of a site, and there is none
        (site / name).unlink(missing_ok=True)
    (site / "search.js").write_text(f"symscanSections = {json.dumps(sections, ensure_ascii=False)};\n", encoding="utf-8")
