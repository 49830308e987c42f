"""What a command line shows of an error: one clear line, exit code 2, no traceback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from waqai.errors import WaqaiError


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn an error the user can mend into its message on stderr and exit code 2."""
    try:
        yield
    except WaqaiError as error:
        print(f"waqai: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("waqai: interrupted", file=sys.stderr)
        raise SystemExit(130) from None
