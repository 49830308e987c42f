"""Event records kept: JSON Lines, CSV with POLECAT's columns, Parquet, and SQL databases.

What a format needs beyond the standard library is imported when it is asked for: ``pip install 'waqai[parquet]'`` or
``'waqai[sql]'``.
"""

from waqai.storage.files import WRITABLE_RECORDS, read_records, write_records
from waqai.storage.polecat import COLUMNS, polecat_row

__all__ = ["COLUMNS", "WRITABLE_RECORDS", "polecat_row", "read_records", "write_records"]
