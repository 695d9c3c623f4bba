"""What goes wrong, as the library tells it: one sentence that says what to do."""


class Error(Exception):
    """Every error of symscan."""


class ConfigError(Error, ValueError):
    """Settings that cannot be used."""


class DataError(Error, ValueError):
    """Data that cannot be used."""


class UsageError(Error, ValueError):
    """An argument that cannot be understood, a device or a replica that is not there."""


class TemporaryError(Error):
    """The same call may succeed later: a full disk, too little memory, a server that does not answer."""


class SymscanWarning(UserWarning):
    """No GPU where one was asked for, a column that the model does not look at, ..."""
