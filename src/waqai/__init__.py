"""waqai (وقائع): Arabic news in, event records out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Document", "Extractor", "__version__"]

if TYPE_CHECKING:
    from waqai.inference.extractor import Extractor
    from waqai.schema import Document


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `import waqai` stays instant.
    if name == "Extractor":
        from waqai.inference.extractor import Extractor

        return Extractor
    if name == "Document":
        from waqai.schema import Document

        return Document
    raise AttributeError(f"module 'waqai' has no attribute {name!r}")
