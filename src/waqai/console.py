"""What a command line takes and what it shows of an error: one clear line, exit code 2, no traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from waqai.errors import ConfigError, WaqaiError


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn an error the user can mend into its message on stderr and exit code 2."""
    try:
        yield
    except WaqaiError as error:
        print(f"waqai: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # `waqai show … | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        print("waqai: interrupted", file=sys.stderr)
        raise SystemExit(130) from None


def run_script(main: Callable[[], object]) -> None:
    """Run a Hydra entry point; a misspelt or missing setting ends like every other error a user can mend."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # or Hydra would print a part of its traceback and exit with 1
    try:
        main()
    except (HydraException, OmegaConfBaseException) as error:
        cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
        override = getattr(error, "override", None)  # an override that could not be read
        lines = [*([f"cannot read {override}"] if override else []), *_lines(cause), *_lines(error)]
        print("waqai: " + "; ".join(dict.fromkeys(lines)), file=sys.stderr)
        raise SystemExit(2) from None


def as_settings(config: Any) -> Any:
    """What Hydra composed as the dataclass that its schema names.

    Raises:
        ConfigError: a key that is no setting, which ``+`` gets past Hydra.
    """
    from omegaconf import OmegaConf

    settings = OmegaConf.to_object(config)
    if unknown := sorted(_unknown(settings)):
        raise ConfigError(f"no setting is called {', '.join(unknown)}")
    return settings


def _unknown(settings: Any, place: str = "") -> Iterator[str]:
    known = {field.name for field in fields(settings)}
    for name, value in vars(settings).items():
        if name not in known:
            yield place + name
        elif is_dataclass(value):
            yield from _unknown(value, f"{place}{name}.")


def _lines(error: object) -> list[str]:
    return [line.strip() for line in str(error).splitlines() if line.strip()]
