"""Progress: a line on a terminal, a bar in a notebook, nothing elsewhere."""
import html
import sys
import time


def in_notebook():
    """Whether a Jupyter kernel runs this."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class _Silent:
    def show(self, share, text):
        pass

    def close(self):
        pass


class _Line:
    """One line of a terminal, written again at most ten times a second."""

    def __init__(self, stream):
        self._stream, self._last, self._drawn = stream, 0.0, False

    def show(self, share, text):
        now = time.monotonic()
        if now - self._last < 0.1:
            return
        self._last, self._drawn = now, True
        filled = int(24 * share)
        self._stream.write(f"\r\033[K{'█' * filled}{'░' * (24 - filled)} {100 * share:3.0f}% {text}")
        self._stream.flush()

    def close(self):
        if self._drawn:
            self._stream.write("\r\033[K")
            self._stream.flush()


class _Bar:
    """A bar in the output of a notebook's cell."""

    def __init__(self):
        from IPython.display import HTML, display

        self._html = HTML
        self._handle = display(HTML(""), display_id=True)
        self._last = 0.0

    def show(self, share, text):
        now = time.monotonic()
        if self._handle is None or now - self._last < 0.2:
            return
        self._last = now
        self._handle.update(self._html(
            f'<progress value="{share:.4f}" max="1" style="width:20em;vertical-align:middle"></progress> '
            f"{100 * share:.0f}% {html.escape(text)}"))

    def close(self):
        if self._handle is not None:
            self._handle.update(self._html(""))


def progress_display(wanted):
    """`wanted`: True, False, or None: where somebody sees it."""
    if wanted is False:
        return _Silent()
    if in_notebook():
        return _Bar()
    if wanted is True or sys.stderr.isatty():
        return _Line(sys.stderr)
    return _Silent()


def duration(seconds):
    """"1 min 20 s" """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
