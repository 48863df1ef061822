"""Models of a server run where, and in the precision, that its settings say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from flask import Flask

from neurox_core.activations import open_store
from neurox_core.engine.sources import DEVICE, PRECISION, open_model
from neurox_core.errors import InvalidInputError
from neurox_server.settings import Settings

from .conftest import Api


def test_the_page_and_its_jobs_use_the_same_precision(
    settings: Settings, serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (DEVICE, PRECISION):  # Put back afterwards.
        monkeypatch.setenv(name, "")
    app = serve(replace(settings, precision="bf16"))
    assert Api(app.test_client()).extracted(model="marian")["state"] == "done"
    live = app.extensions["neurox"].projects["tiny"].live("marian").model
    assert {p.dtype for p in live.module.parameters()} == {torch.bfloat16}
    store = open_store(next(settings.workspace.glob("**/store.json")).parent)
    assert store.model_fingerprint == live.fingerprint
    # What knows one precision only is opened in that, and does not fail.
    other = app.extensions["neurox"].projects["tiny"].live("lstm").model
    assert {p.dtype for p in other.module.parameters()} == {torch.float32}
    # In another precision it is another recording.
    monkeypatch.setenv(PRECISION, "float32")
    folder = app.extensions["neurox"].projects["tiny"].model_reference("marian")
    assert open_model(folder).fingerprint != live.fingerprint


@pytest.mark.parametrize("wrong", [{"precision": "int8"}, {"device": "abacus"}])
def test_what_there_is_not_is_told_at_the_start(settings: Settings, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match="int8|abacus"):
        replace(settings, **wrong)  # type: ignore[arg-type]
