"""An exported model goes back to torch: its own weights in fp32, the rounded ones in int8."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from transformers import AutoConfig, AutoModel, ModernBertConfig

from waqai import Extractor
from waqai.bundle import RELATIONS, Bundle, embedded_bundle
from waqai.decoding import DecodingSettings
from waqai.errors import ModelError
from waqai.models.export import export_bundle
from waqai.models.joint import JointModel
from waqai.models.loading import Encoder, load_encoder, load_joint_model
from waqai.schema import Document, Scheme
from waqai.training.run import build_model

HEADS = {
    "concat": {"relation_head": "concat"},
    "biaffine": {"relation_head": "biaffine"},
    "with context": {"pair_features": "context", "pairs_compete": True, "attribute_head": "attention"},
    "chains": {"crf": True},
}


def _modernbert(beside: Encoder) -> Encoder:
    config = ModernBertConfig(
        vocab_size=beside.config.vocab_size, hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=130, pad_token_id=0, layer_types=["full_attention"] * 2,
    )  # fmt: skip
    return Encoder(AutoModel.from_config(config), beside.tokenizer, AutoConfig.for_model(**config.to_dict()))


def _model(architecture: str, settings: Any, scheme: Scheme, folder: Path) -> tuple[JointModel, Encoder]:
    encoder = load_encoder(str(folder))
    if architecture == "modernbert":
        encoder = _modernbert(encoder)
    torch.manual_seed(5)
    model = build_model(settings, scheme, encoder)
    return model, encoder


@pytest.mark.parametrize("architecture", ["bert", "modernbert"])
@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize("precision", ["fp32", "int8"])
@pytest.mark.parametrize("fresh", [True, False])  # of equal tables the exporter keeps one
def test_every_weight_comes_back(
    architecture: str,
    heads: str,
    precision: str,
    fresh: bool,
    encoder_folder: Callable[[str], Path],
    quick_settings: Callable[..., Any],
    scheme: Scheme,
    tmp_path: Path,
) -> None:
    settings = quick_settings(tmp_path, **HEADS[heads])
    model, encoder = _model(architecture, settings, scheme, encoder_folder("bert-wordpiece"))
    if not fresh:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.02)
    learnt = DecodingSettings(transitions=model.transitions())
    export_bundle(model, Bundle("tiny", scheme, 96, 0, learnt), encoder.tokenizer, tmp_path, precision=precision)
    again, bundle, _ = load_joint_model(tmp_path)
    assert bundle.scheme == scheme
    for (name, before), after in zip(model.state_dict().items(), again.state_dict().values(), strict=True):
        if "pooler" not in name:
            step = 0.0 if precision == "fp32" else float(before.abs().max()) / 127
            atol = 1e-4 if name.startswith("chains") else 1e-6 + step
            torch.testing.assert_close(after, before, atol=atol, rtol=0, msg=lambda text, at=name: f"{at}: {text}")


def test_the_embedded_model_runs_on_torch() -> None:
    text = "التقى وزير الدفاع الفرنسي جان إيف لودريان نظيره الأميركي في باريس الأربعاء."
    by_torch, by_onnx = (
        Extractor.from_pretrained(engine=engine)(text, publication_date="2016-01-20") for engine in ("torch", "onnx")
    )
    assert by_torch.events
    assert [(e.event, e.date, e.event_loc) for e in by_torch.events] == [
        (e.event, e.date, e.event_loc) for e in by_onnx.events
    ]
    confidences = [[mention.confidence for mention in found.mentions] for found in (by_torch, by_onnx)]
    np.testing.assert_allclose(*confidences, atol=0.05)


def test_a_model_of_entities_alone_comes_back(
    encoder_folder: Callable[[str], Path], quick_settings: Callable[..., Any], tmp_path: Path
) -> None:
    scheme = Scheme.from_dict({"name": "names", "version": 1, "entities": ["PERS", "GPE"]})
    model, encoder = _model("bert", quick_settings(tmp_path), scheme, encoder_folder("bert-wordpiece"))
    export_bundle(model, Bundle("tiny", scheme, 96, 0), encoder.tokenizer, tmp_path, precision="fp32")
    again, _, _ = load_joint_model(tmp_path)
    torch.testing.assert_close(again.tagging.entities.weight, model.tagging.entities.weight)


def _copy(folder: Path, target: Path, without: str = "") -> Path:
    target.mkdir()
    for path in folder.iterdir():
        if path.name != without:
            (target / path.name).write_bytes(path.read_bytes())
    return target


def test_graphs_of_another_shape_are_told_of(onnx_folder: Path, tmp_path: Path) -> None:
    folder = _copy(onnx_folder, tmp_path / "wide")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "pair_size": 64}))
    with pytest.raises(ModelError, match=r"relations\.\S+ is \(.*, not \("):
        load_joint_model(folder)
    (folder / "config.json").write_text(json.dumps({**config, "pairs_compete": True}))
    with pytest.raises(ModelError, match=r"lack relations\.rivals"):
        load_joint_model(folder)
    (folder / "config.json").write_text(json.dumps({**config, "relation_head": "biaffine"}))
    with pytest.raises(ModelError, match=r"speaks of no relations\.between"):
        load_joint_model(folder)
    (folder / "config.json").write_text(json.dumps({**config, "pair_features": "context"}))
    with pytest.raises(ModelError, match=r"lack relations\.sentences"):
        load_joint_model(folder)


def test_an_export_without_its_configuration_is_for_onnx_alone(onnx_folder: Path, tmp_path: Path) -> None:
    folder = _copy(onnx_folder, tmp_path / "bare", without="config.json")
    with pytest.raises(ModelError, match=r"config\.json.*use engine onnx"):
        load_joint_model(folder)
    assert Extractor.from_pretrained(folder)("زار الوزير باريس.").text


def test_training_goes_on_from_the_embedded_model(
    quick_settings: Callable[..., Any], gold: list[Document], tmp_path: Path
) -> None:
    from waqai.schema import default_scheme
    from waqai.training.run import start_model

    model, tokenizer = start_model(quick_settings(tmp_path, start="embedded"), default_scheme())
    assert tokenizer.pad_id == Bundle.read(embedded_bundle()).pad_id
    graph = onnx.load(embedded_bundle() / RELATIONS).graph
    [expected] = [numpy_helper.to_array(table) for table in graph.initializer if table.name == "output.weight"]
    np.testing.assert_array_equal(model.relations.output.weight.detach().numpy(), expected)
