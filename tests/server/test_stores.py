"""Stores are opened beside one another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from neurox_core.activations import ActivationStore, extract, open_store
from neurox_server import stores
from neurox_server.stores import Stores
from tests.activations.fake import FakeModel
from tests.activations.test_extraction import made_up


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Two finished stores."""
    one = tmp_path_factory.mktemp("stores") / "one"
    model: Any = FakeModel()
    extract(model, made_up(5), one)
    two = one.with_name("two")
    shutil.copytree(one, two)
    yield one, two


def test_a_store_opens_while_another_is_compared(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = folders
    begun, go_on = Event(), Event()
    opened: list[Path] = []

    def slow(path: Path) -> ActivationStore:
        opened.append(path)
        if path == large:
            begun.set()
            assert go_on.wait(20)
        return open_store(path)

    monkeypatch.setattr(stores, "open_store", slow)
    found = Stores(large.parent)
    with ThreadPoolExecutor(3) as hands:
        try:
            first, second = hands.submit(found.at, large), hands.submit(found.at, large)
            assert begun.wait(20)
            other = hands.submit(found.at, small).result(10)
            assert other is not None and other.path == small
            assert not first.done() and not second.done()
        finally:
            go_on.set()
        # Both who wanted the large one have got the same, which was compared once.
        assert first.result(20) is second.result(20) is not None
    assert sorted(opened) == [large, small]


def test_a_store_is_opened_once_until_it_is_written_again(folders: tuple[Path, Path]) -> None:
    one, _ = folders
    found = Stores(one.parent)
    assert found.at(one.with_name("none")) is None
    before = found.at(one)
    assert before is not None and found.at(one) is before
    (one / stores.META).touch()
    assert found.at(one) is not before
