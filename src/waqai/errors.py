"""The exceptions waqai raises for causes a user can mend.

    WaqaiError                  anything below; the CLI prints it and exits with code 2
    ├── DataError               an article, annotation or corpus file is not as it should be
    ├── ConfigError             a setting is unknown, missing or contradictory
    ├── ModelError              a model folder is missing, broken or of another kind
    └── OutputError             a result cannot be written where it was asked for

A message says what was expected and what to do; a ``DataError`` about a file also says where.
"""

from __future__ import annotations

from pathlib import Path


class WaqaiError(Exception):
    """Base of every error that the user, not the developer, can mend."""


class DataError(WaqaiError):
    """An input file is not as it should be.

    Args:
        message: what was expected and what to do.
        path: the file at fault, if one is.
        line: its 1-based line number, if one is known.
    """

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        super().__init__(where + message)
        self.path = path
        self.line = line


class ConfigError(WaqaiError):
    """A setting is unknown, missing or contradicts another."""


class ModelError(WaqaiError):
    """A model folder is missing, broken, or was made for another scheme or version."""


class OutputError(WaqaiError):
    """A result cannot be written where it was asked for."""
