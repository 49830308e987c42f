"""The tables of an event database: events, their parties, the articles that report them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def event_tables() -> sa.MetaData:
    """``events`` by id, ``event_parties`` by event, role and number, ``event_sources`` by event and document."""
    import sqlalchemy as sa

    def event_id() -> sa.Column[str]:
        return sa.Column(
            "event_id", sa.String(64), sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, nullable=False
        )

    metadata = sa.MetaData()
    sa.Table(
        "events",
        metadata,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("date", sa.String(32), index=True),
        sa.Column("date_precision", sa.String(16)),
        sa.Column("enddate", sa.String(32)),
        sa.Column("event", sa.String(32), nullable=False, index=True),
        sa.Column("mode", sa.String(32)),
        sa.Column("auxiliary", sa.String(16)),
        sa.Column("quad_code", sa.SmallInteger),
        sa.Column("event_scale", sa.Float),
        sa.Column("place", sa.Text),
        sa.Column("country", sa.String(3), index=True),
        sa.Column("admin1", sa.Text),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("geonameid", sa.Integer),
        sa.Column("text", sa.Text),
        sa.Column("event_text", sa.Text),
        sa.Column("confidence", sa.Float),
        sa.Column("model", sa.Text),
        sa.Column("record", sa.Text, nullable=False),
    )
    sa.Table(
        "event_parties",
        metadata,
        event_id(),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, index=True),
        sa.Column("country", sa.String(3)),
        sa.Column("sector", sa.String(8)),
        sa.Column("identifier", sa.String(32)),
        sa.Column("office", sa.Text),
        sa.Column("text", sa.Text),
    )
    sa.Table(
        "event_sources",
        metadata,
        event_id(),
        sa.Column("document", sa.String(255), primary_key=True),
        sa.Column("title", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("publication_date", sa.String(32)),
        sa.Column("url", sa.Text),
        sa.Column("copies", sa.Text),
    )
    return metadata
