"""Live class probabilities: every setting beside the baseline, in one batch."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from neurox_core.engine.live_classes import LiveClassifier
from neurox_core.errors import InvalidInputError, UnknownAddressError
from neurox_core.interventions import Intervention

TEXTS = ["She reads a book in the garden.", "He left."]


@pytest.mark.parametrize("name", ["bert-classes", "bert-tags"])
def test_each_setting_gives_what_it_gives_alone(name: str, open_family: Any) -> None:
    _, model = open_family(name)
    strong = [Intervention([f"encoder.1.resid_post[{u}]" for u in range(8)], "set", 3.0)]
    found = LiveClassifier(model).classify(TEXTS, [strong, []])
    for text, item in zip(TEXTS, found, strict=True):
        alone = model.classify(text, strong)[0]
        assert np.allclose(item.outputs[0].probabilities, alone.probabilities, atol=1e-5)
        assert item.outputs[0].tokens == alone.tokens
        assert item.changed(1) == []
        before = item.baseline.word_labels if name == "bert-tags" else [item.baseline.label]
        after = alone.word_labels if name == "bert-tags" else [alone.label]
        assert item.changed(0) == [i for i in range(len(before)) if before[i] != after[i]]
        plain = json.loads(json.dumps(item.to_dict()))
        assert plain["of_tokens"] == (name == "bert-tags") and len(plain["outputs"]) == 2


def test_what_cannot_be_classified_is_refused(open_family: Any) -> None:
    with pytest.raises(InvalidInputError, match="no head"):
        LiveClassifier(open_family("bert")[1])
    live = LiveClassifier(open_family("bert-classes")[1])
    assert live.classify([]) == []
    with pytest.raises(UnknownAddressError):
        live.classify(TEXTS, [[Intervention(["encoder.9.ffn_act[0]"], "zero")]])
