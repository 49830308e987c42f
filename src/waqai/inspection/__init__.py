"""Events to look at: a table, a timeline and actor pairs for the terminal, one self-contained page for the browser."""

from waqai.inspection.page import render_html
from waqai.inspection.tables import actor_pairs, render_actor_pairs, render_table, render_timeline

__all__ = ["actor_pairs", "render_actor_pairs", "render_html", "render_table", "render_timeline"]
