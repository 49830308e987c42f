"""Random annotated articles: awkward texts, nested mentions, every kind of relation."""

from __future__ import annotations

from hypothesis import strategies as st

from waqai.schema import Document, Entity, Mention, Relation, Trigger, default_scheme
from waqai.text import running_sentences, split_sentences, split_words

SCHEME = default_scheme()

WORDS = st.one_of(
    st.sampled_from(["وزير", "الدفاع", "باريس", "وبريطانيا", "قصفَ", "داعش", "2016/01/20", "٢٣", "25.5%", "«الدولة»"]),
    st.sampled_from(
        [".", "؟", "،", "(", ")", "=x", "@2", "/visit", "!future", "#", "-", "O", "B-GPE", "e1", "//", "S"]
    ),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Mn")), min_size=1, max_size=6),
)
SPACES = st.sampled_from(
    [" ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u2028", "\u200f ", "\x0b", "\x85"]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Words with all kinds of space between them; at least one."""
    words = draw(st.lists(st.tuples(WORDS, SPACES), min_size=1, max_size=25))
    text = "".join(word + space for word, space in words)
    return text if split_words(text) else text + "كلمة"


@st.composite
def articles(draw: st.DrawFn) -> Document:
    """An article whose mentions lie within its running sentences and overlap none of their own layer."""
    text = draw(texts())
    words = split_words(text)
    sentences = running_sentences(text, words, split_sentences(text, words))
    entities = []
    for kind in draw(st.lists(st.sampled_from(SCHEME.entities), max_size=4, unique=True)):
        for start, end in draw(_spans(sentences, words)):
            value = draw(st.sampled_from([None, "2016-01-20", "2014-10/2014-12"])) if kind == "DATE" else None
            entities.append(Entity(kind, start, end, value))
    triggers = []
    for start, end in draw(_spans(sentences, words)):
        kind = draw(st.sampled_from(SCHEME.triggers))
        mode = draw(st.sampled_from([None, *kind.modes]))
        auxiliary = draw(st.sampled_from([None, *SCHEME.auxiliaries]))
        triggers.append(Trigger(kind.name, start, end, mode, auxiliary))
    relations = {}
    if entities:
        heads: list[Mention] = [*entities, *triggers]
        for head in draw(st.lists(st.sampled_from(heads), max_size=6)):
            labels = SCHEME.roles if isinstance(head, Trigger) else SCHEME.relations
            relation = Relation(draw(st.sampled_from(labels)).name, head, draw(st.sampled_from(entities)))
            relations[relation.key] = relation
    title = draw(st.sampled_from(["", "عنوان: خبر = عاجل", "x\u2028y"]))
    date = draw(st.sampled_from([None, "2016-01-20"]))
    return Document(
        id="article",
        text=text,
        title=title,
        publication_date=date,
        entities=tuple(entities),
        triggers=tuple(triggers),
        relations=tuple(relations.values()),
    )


@st.composite
def _spans(draw: st.DrawFn, sentences, words) -> list[tuple[int, int]]:
    """Word-aligned spans that do not overlap, each within a sentence."""
    found = []
    for sentence in sentences:
        borders = sorted(draw(st.sets(st.integers(sentence.first_word, sentence.last_word), max_size=4)))
        pairs = list(zip(borders[::2], borders[1::2], strict=False))
        found += [(words[first].start, words[last - 1].end) for first, last in pairs if first < last]
    return found
