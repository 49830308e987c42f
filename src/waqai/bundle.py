"""A model's folder: everything that prediction needs, so that training and inference cannot differ.

waqai.json            format, versions, scheme, window, thresholds and temperatures
tokenizer.json        the fast tokenizer
config.json, model.safetensors        the joint model for torch (a trained bundle)
encoder.onnx, relations.onnx          the same model for ONNX Runtime (an exported bundle, with config.json to go back)
README.md             the model card
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from waqai.decoding import DecodingSettings
from waqai.encoding import LabelSpace, SubwordTokenizer
from waqai.errors import ModelError
from waqai.schema import Scheme

MANIFEST = "waqai.json"
TOKENIZER = "tokenizer.json"
ENCODER, RELATIONS = "encoder.onnx", "relations.onnx"
FORMAT = 1


@dataclass(frozen=True)
class Bundle:
    """What a model's folder says besides its weights.

    Attributes:
        name: the model's name and version, written into every record.
        max_subwords: the window it was trained with.
        pad_id: the encoder's padding token.
    """

    name: str
    scheme: Scheme
    max_subwords: int
    pad_id: int
    settings: DecodingSettings = field(default_factory=DecodingSettings)
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> LabelSpace:
        """The numbers of the scheme's labels."""
        return LabelSpace(self.scheme)

    def save(self, folder: Path) -> None:
        """Write the manifest."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "max_subwords": self.max_subwords,
            "pad_id": self.pad_id,
            "settings": asdict(self.settings),
            "training": dict(self.training),
            "scheme": self.scheme.to_dict(),
        }
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Read the manifest of a folder.

        Raises:
            ModelError: the folder is missing, holds no model, or one this version cannot read.
        """
        if not folder.is_dir():
            raise ModelError(f"{folder} is no folder; name a model folder, a hub id, or nothing for the embedded model")
        path = folder / MANIFEST
        if not path.is_file():
            raise ModelError(f"{folder} holds no {MANIFEST}; it is not a model that scripts/train.py saved")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ModelError(f"{path} has format {content['format']}; this version reads format {FORMAT}")
            return cls(
                name=content["name"],
                scheme=Scheme.from_dict(content["scheme"]),
                max_subwords=int(content["max_subwords"]),
                pad_id=int(content["pad_id"]),
                settings=DecodingSettings(**content["settings"]),
                training=content.get("training", {}),
            )
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{path} is broken ({error!r}); copy or train the model again") from error

    def read_tokenizer(self, folder: Path) -> SubwordTokenizer:
        """The tokenizer beside the manifest."""
        return SubwordTokenizer.read(folder / TOKENIZER, self.pad_id)


def embedded_bundle() -> Path:
    """The folder of the model that ships inside the package."""
    return Path(str(resources.files("waqai") / "embedded" / "model"))


def embedded_encoder() -> Path:
    """The folder of the pretrained encoder that ships inside the package."""
    return Path(str(resources.files("waqai") / "embedded" / "encoder"))
