"""Runs docs/examples/notebook.ipynb with the module of the build folder and looks at what it says. Exit code 77: a package is
missing.
    notebook_test.py [--write]     --write keeps the outputs in the notebook"""
import pathlib
import sys
import tempfile

try:
    import nbclient
    import nbformat
except ImportError as error:
    print(f"skipped: {error} (python/install_packages.sh)")
    sys.exit(77)

NOTEBOOK = pathlib.Path(__file__).resolve().parents[1] / "docs/examples/notebook.ipynb"
# What the cells must say, whatever the machine.
SAID = ["1 degree of freedom", "x^2 + y^2 = 1", "2 degrees of freedom", "px(mu-) + px(mu+) = 0", "so(2)"]


def text_of(notebook):
    parts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            parts.append(output.get("text", ""))
            parts.append(output.get("data", {}).get("text/plain", ""))
            assert output["output_type"] != "error", output
            assert output.get("name") != "stderr", f"a cell warns: {output['text']}"
    return "\n".join(parts)


def main():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    with tempfile.TemporaryDirectory() as folder:
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    said = text_of(notebook)
    missing = [sentence for sentence in SAID if sentence not in said]
    if missing:
        print(said)
        print("the notebook does not say:", missing)
        return 1
    if "--write" in sys.argv:
        for cell in notebook.cells:
            cell.get("metadata", {}).pop("execution", None)
        nbformat.write(notebook, NOTEBOOK)
    return 0


sys.exit(main())
