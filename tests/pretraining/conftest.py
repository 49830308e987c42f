"""A tiny corpus and its tokenizer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from waqai.pretraining.model import ModelShape
from waqai.pretraining.packing import FileCount, pack
from waqai.pretraining.settings import (
    BatchSettings,
    MaskingSettings,
    PretrainSettings,
    ScheduleSettings,
    TokenizerSettings,
    VectorSettings,
)
from waqai.pretraining.tokenizer import train_tokenizer

VERBS = [
    "قال",
    "أعلن",
    "أكد",
    "أضاف",
    "صرح",
    "طالب",
    "زار",
    "التقى",
    "وصل",
    "غادر",
    "قصف",
    "هاجم",
]
NAMES = [
    "الرئيس",
    "الوزير",
    "بغداد",
    "دمشق",
    "الموصل",
    "القاهرة",
    "الرياض",
    "المدينة",
    "القوات",
    "الجيش",
    "أوباما",
    "العبادي",
    "مستشفى",
    "الحكومة",
]
REST = [
    "في",
    "من",
    "إلى",
    "على",
    "مع",
    "خلال",
    "اليوم",
    "أمس",
    "مساء",
    "صباح",
    "الاثنين",
    "قبل",
    "بعد",
    "ضد",
    "نحو",
    "2014",
    "12",
    "،",
    ".",
    ":",
]


@pytest.fixture(scope="session")
def articles() -> list[str]:
    """Sixty different articles of two lines."""
    rng = random.Random(7)
    pools = (VERBS, NAMES, NAMES, REST, NAMES, REST)
    return ["\n".join(" ".join(rng.choice(rng.choice(pools)) for _ in range(40)) for _ in range(2)) for _ in range(60)]


@pytest.fixture(scope="session")
def tokenizer(articles: list[str]) -> Tokenizer:
    """A WordPiece tokenizer of at most 350 subwords."""
    return train_tokenizer(iter(articles), "wordpiece", 350)


@pytest.fixture
def packed(tmp_path: Path, articles: list[str], tokenizer: Tokenizer) -> Path:
    """A work folder with a packed corpus named ``news``."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "articles.txt").write_text("\n\n".join(articles), encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))
    counts = [FileCount("tiny.txt", "0" * 64, 60, 60, 4800, 4800, 0, 0)]
    pack(folder / "articles.txt", tokenizer, folder / "ids.bin", counts, {})
    return tmp_path


@pytest.fixture
def settings(packed: Path) -> PretrainSettings:
    """A run of six steps that takes a second."""
    return PretrainSettings(
        work=str(packed),
        run="tiny",
        compile=False,
        threads=1,
        log_every=1,
        checkpoint_seconds=1e9,
        tokenizer=TokenizerSettings(vocabulary=150, every=1),
        vectors=VectorSettings(enabled=False),
        model=ModelShape(layers=2, hidden=16, heads=2, intermediate=24, positions=64),
        masking=MaskingSettings(0.25, 0.15),
        schedule=ScheduleSettings(steps=6, warmup=0.2, hold=0.5, long_from=0.7),
        batch=BatchSettings(subwords=128, length=16, long_length=32),
    )
