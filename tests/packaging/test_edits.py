"""Interventions as they are written on the command line."""

from __future__ import annotations

import pytest

from neurox_core import Intervention
from neurox_core.errors import InvalidInputError
from neurox_core.interventions import Where
from neurox_server.cli.edits import interventions


def read(**given: object) -> list[Intervention]:
    empty: dict[str, object] = {
        "ablate": (), "put": (), "add": (), "scale": (), "positions": None, "scope": "output"
    }  # fmt: skip
    return interventions(**{**empty, **given})  # type: ignore[arg-type]


def test_a_range_of_units_names_every_neuron() -> None:
    (found,) = read(ablate=["encoder.1.rnn_hidden[3, 5-7]"])
    assert found == Intervention([f"encoder.1.rnn_hidden[{u}]" for u in (3, 5, 6, 7)], "zero")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2sigma", 2.0, "sigma"),
        ("-1.5σ", -1.5, "sigma"),
        ("0.25", 0.25, "raw"),
        ("1e-2", 0.01, "raw"),
        ("97.5%", 97.5, "percentile"),
    ],
)
def test_values_are_raw_or_in_sigma(text: str, value: float, unit: str) -> None:
    (found,) = read(put=[f"encoder.0.embed[1]={text}"])
    assert found == Intervention(["encoder.0.embed[1]"], "set", value, unit)


def test_ablation_acts_last_and_may_use_the_mean() -> None:
    found = read(ablate=["encoder.0.embed[1]=mean"], scale=["encoder.0.embed[1]=2"],
                 add=["encoder.0.embed[1]=-1"], positions="0,2-3", scope="recurrence")  # fmt: skip
    assert [i.operation for i in found] == ["add", "scale", "mean"]
    assert {i.positions for i in found} == {(0, 2, 3)}
    assert {i.scope for i in found} == {"recurrence"}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("words:he, she", Where(words=("he", "she"))),
        ("form:.*:ed", Where(pattern=".*:ed")),
        ("label:Tense=Past|Pres", Where(label="Tense", value="Past|Pres")),
    ],
)
def test_a_place_limits_every_change(place: str, where: Where) -> None:
    found = read(ablate=["encoder.0.embed[1]=resample"], put=["encoder.0.embed[2]=1"], place=place)
    assert [i.operation for i in found] == ["set", "resample"]
    assert [i.where for i in found] == [where, where]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"ablate": ["nonsense"]}, "nonsense"),
        ({"ablate": ["encoder.1.rnn_hidden[3]=2"]}, "--set"),
        ({"put": ["encoder.1.rnn_hidden[3]"]}, "number"),
        ({"put": ["encoder.1.rnn_hidden[3]=1.2.3"]}, "number"),
        ({"put": ["encoder.1.rnn_hidden[3]=1e9"]}, "million"),
        ({"scale": ["encoder.1.rnn_hidden[3]=2sigma"]}, "factor"),
        ({"ablate": ["encoder.1.rnn_hidden[7-3]"]}, "7-3"),
        ({"ablate": ["encoder.1.rnn_hidden[0-9999999]"]}, "at most"),
        ({"ablate": ["encoder.1.nowhere[3]"]}, "nowhere"),
        ({"ablate": ["encoder.0.embed[1]"], "positions": "first"}, "first"),
        ({"scale": ["encoder.0.embed[1]=50%"]}, "percentile"),
        ({"put": ["encoder.0.embed[1]=101%"]}, "between 0 and 100"),
        ({"ablate": ["encoder.0.embed[1]"], "place": "Tense=Past"}, "label:Tense=Past"),
        ({"ablate": ["encoder.0.embed[1]"], "place": "form:("}, "regular expression"),
        ({"ablate": ["encoder.0.embed[1]"], "place": "words:"}, "names no words"),
    ],
)
def test_what_cannot_be_read_is_named(given: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInputError, match=names):
        read(**given)
