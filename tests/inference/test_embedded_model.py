"""The model that ships: small, offline, without torch, and good enough for what README shows."""

import subprocess
import sys
from pathlib import Path

import pytest

from waqai import Extractor
from waqai.bundle import Bundle, embedded_bundle, embedded_encoder
from waqai.events import merge
from waqai.inference.articles import find_files, read_articles
from waqai.schema import Scheme, default_scheme

ROOT = Path(__file__).parent.parent.parent
MIB = 1 << 20


@pytest.fixture(scope="module")
def seeds():
    return list(Extractor.from_pretrained().pipe(read_articles(find_files([str(ROOT / "seeds")]))))


def test_it_is_small():
    for folder in (embedded_bundle(), embedded_encoder()):
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 40 * MIB


def test_its_scheme_is_the_one_in_configs():
    assert default_scheme() == Scheme.read(ROOT / "configs/scheme/waqai.yaml")
    assert Bundle.read(embedded_bundle()).scheme.to_dict() == default_scheme().to_dict()


def test_it_needs_neither_torch_nor_a_network():
    code = (
        "import sys, socket\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket.connect = refuse\n"
        "from waqai import Extractor\n"
        "document = Extractor.from_pretrained()('التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس الأربعاء.', publication_date='2020-09-01')\n"
        "assert document.entities and document.triggers and document.events\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_offsets_point_into_the_text(seeds):
    for document in seeds:
        for mention in document.mentions:
            assert document.surface(mention).strip() == document.surface(mention) != ""


def test_two_reports_of_one_meeting_become_one_record(seeds):
    merged = merge((record for document in seeds for record in document.events), seeds)
    meetings = [
        {mention.document[:3] for mention in record.mentions}
        for record in merged
        if record.event == "CONSULT" and record.date and record.date.value == "2016-01-20"
    ]
    assert {"000", "001"} in meetings


def test_a_text_gives_the_same_alone_and_again():
    extractor = Extractor.from_pretrained()
    text = (ROOT / "seeds/001_3b94b23d1bbcb671.txt").read_text(encoding="utf-8")
    assert extractor(text) == extractor(text)
