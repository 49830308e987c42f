"""The frame of the error analysis: its style sheet, its legend and a colour for each type."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

PAGE = """<!doctype html>
<html lang="ar" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8885; --bad: #c62828; --warn: #b26a00; --new: #6a1b9a; }}
@media (prefers-color-scheme: dark) {{ :root {{ --bad: #ff8a80; --warn: #ffb74d; --new: #ce93d8; }} }}
body {{ font: 1.05rem/2.1 "Noto Naskh Arabic", "Amiri", "Segoe UI", "Geeza Pro", Tahoma, sans-serif;
  margin: 0 auto; max-width: 90rem; padding: 1rem; }}
h1, h2, .k, .id, sub, summary, i, label {{ font-family: system-ui, sans-serif; line-height: 1.4; }}
.id, sub, .k, i {{ font-size: .72rem; font-style: normal; font-weight: normal; opacity: .75; }}
.row {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; border-top: 1px solid var(--line); }}
.row:target {{ outline: 2px solid var(--warn); outline-offset: .3rem; }}
#only:checked ~ section .clean {{ display: none; }}
p {{ margin: .4rem 0; }}
ul, ol {{ margin: 0 0 .6rem; padding-inline-start: 1.4rem; line-height: 1.7; font-size: .92rem; }}
.e, .t {{ border-radius: .3em; padding: .05em .25em; border: 2px solid transparent; }}
.e {{ background: color-mix(in srgb, var(--k, #888) 22%, transparent); }}
.t {{ font-weight: bold; border-bottom: 3px double currentColor; border-radius: 0; }}
sub {{ margin-inline-start: .25em; vertical-align: baseline; }}
.missed {{ border: 2px dashed var(--bad); }}
.spurious {{ border: 2px solid var(--new); }}
.wrong-type {{ border: 2px solid var(--bad); }}
.boundary {{ border: 2px dotted var(--warn); }}
li {{ border: 0 !important; }}
li.differs::before {{ content: "✗ differs · "; color: var(--warn); font-size: .75rem; }}
li.missed::before {{ content: "✗ missed · "; color: var(--bad); font-size: .75rem; }}
li.spurious::before {{ content: "✗ spurious · "; color: var(--new); font-size: .75rem; }}
details {{ border-top: 1px solid var(--line); }}
summary {{ cursor: pointer; padding: .2rem 0; }}
.said {{ margin-inline-end: 1.5rem; }}
@media (max-width: 50rem) {{ .row {{ grid-template-columns: 1fr; gap: 0; }} }}
{colours}
</style>
</head>
<body>
<h1>{title}</h1>
<h2>Classes of error</h2>
{classes}
<h2>Sentences: gold (right), predicted (left)</h2>
{legend}
<input type="checkbox" id="only"><label for="only"> hide sentences without an error</label>
{articles}</body>
</html>
"""
"""Filled with ``title``, ``colours``, ``classes``, ``legend`` and ``articles``."""

LEGEND = (
    '<p><span class="e right">found</span> <span class="e missed">missed</span> '
    '<span class="e spurious">spurious</span> <span class="e wrong-type">wrong type</span> '
    '<span class="e boundary">wrong boundary</span> <span class="t right">trigger</span></p>'
)


def colour_rules(types: Sequence[str]) -> str:
    """A style rule for each entity type, its hues as far apart as the number of types lets them be."""
    return "\n".join(
        f".k-{escape(kind)} {{ --k: hsl({round(360 * number / max(len(types), 1))} 80% 45%); }}"
        for number, kind in enumerate(types)
    )
