"""Interventions as they are written on a command line.

``--ablate "encoder.1.rnn_hidden[3,5-7]"`` names four neurons. A value follows after ``=``, as in
``--set "encoder.1.rnn_hidden[2]=2sigma"``: a raw activation or, with ``sigma``, standard deviations
from the neuron's mean; ``90%`` is the value that 90 percent of its activations do not exceed. All
options may be given several times. They act in a fixed order: set, add, scale, and ablate last, so
that an ablated neuron stays ablated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from neurox_core.errors import InvalidInputError

if TYPE_CHECKING:
    from neurox_core import Corpus, Intervention, TranslationModel
    from neurox_core.interventions import Where
    from neurox_core.interventions.where import Forms, Labels
    from neurox_core.models.tokens import Tokens

_NEURONS = re.compile(r"\s*([a-z0-9_.]+)\[([\d,\s-]+)\]\s*(?:=\s*(\S+)\s*)?")
_VALUE = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)(sigma|sd|σ|%)?", re.IGNORECASE)
_MOST = 20_000

Function = TypeVar("Function", bound=Callable[..., object])


def edit_options(command: Function) -> Function:
    """Add the options that say what to change to a command."""
    options = [
        click.option(
            "--ablate", multiple=True, metavar="NEURONS[=mean|=resample]",
            help="Silence neurons: with zero, their mean, or what they have at other words of the "
            'corpus. Example: "encoder.1.rnn_hidden[3,5-7]".',
        ),
        click.option(
            "--set", "put", multiple=True, metavar="NEURONS=VALUE",
            help='Hold neurons at a value: "...[5]=0.8", "...[5]=2sigma" for two standard '
            'deviations above the mean, or "...[5]=90%" for a percentile of its activations.',
        ),
        click.option(
            "--add", multiple=True, metavar="NEURONS=VALUE", help="Add a value (raw or sigma)."
        ),
        click.option(
            "--scale", multiple=True, metavar="NEURONS=FACTOR", help="Multiply by a factor."
        ),
        click.option(
            "--apply", "applied", multiple=True, metavar="FILE",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="The changes of manipulation sets in a file, before all others: what the page "
            "exports, and what `find`, `control` and `compare` write with --out.",
        ),
        click.option(
            "--positions", metavar="N,N-N",
            help="Token positions that the changes hold at, from 0; all if missing.",
        ),
        click.option(
            "--scope", type=click.Choice(["output", "recurrence"]), default="output",
            show_default=True,
            help="Recurrent layers: change what later layers see, or the state itself.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


at_option = click.option(
    "--at", "place", metavar="PLACE",
    help="Only at these words of the source, or for a decoder after these words of the output: "
    "'words:he,she', 'form:.*ed' (a regular expression of the whole word), or 'label:Tense=Past'.",
)  # fmt: skip

like_option = click.option(
    "--like",
    metavar="CORPUS",
    help="A corpus like these texts: where resampled values, percentiles and labels come from, and "
    "what is usual for neurons of which that is not known.",
)


def interventions(
    ablate: Sequence[str],
    put: Sequence[str],
    add: Sequence[str],
    scale: Sequence[str],
    positions: str | None,
    scope: str,
    place: str | None = None,
    applied: Sequence[Path] = (),
) -> list[Intervention]:
    """What the options of :func:`edit_options` mean, in the order it takes effect."""
    from neurox_core import Intervention

    from .sets import read_sets

    where = None if positions is None else _numbers(positions)
    words = None if place is None else _place(place)
    found = [i for path in applied for one in read_sets(path) for i in one.interventions]
    for operation, texts in (("set", put), ("add", add), ("scale", scale)):
        for text in texts:
            neurons, given = _split(text)
            value, unit = _value(text, given)
            if operation == "scale" and unit != "raw":
                raise InvalidInputError(f"--scale takes a plain factor, not {unit}: {text!r}.")
            found.append(Intervention(neurons, operation, value, unit, where, scope, words))
    for text in ablate:
        neurons, given = _split(text)
        if given not in (None, "zero", "mean", "resample"):
            raise InvalidInputError(
                f"--ablate puts zero, mean or resample in place of an activation, not {given!r}. "
                f"To hold a neuron at a value: --set {text!r}."
            )
        found.append(Intervention(neurons, given or "zero", 0.0, "raw", where, scope, words))
    return found


def rows_of(
    model: TranslationModel,
    sources: Sequence[str],
    edits: Sequence[Intervention],
    corpus: Corpus | None,
    own: bool,
) -> list[Intervention] | list[list[Intervention]]:
    """Interventions as a model takes them: where they name words, a list for each text.

    Parameters
    ----------
    corpus : Corpus, optional
        Where labels and samples come from.
    own : bool
        Whether the texts are the corpus's sentences.
    """
    from neurox_core.interventions.placing import corpus_rows, text_rows

    _need_corpus(model, edits, corpus)
    if corpus is not None:
        lend(model, corpus, edits)
    if corpus is not None and own:
        return corpus_rows(model, corpus, edits)
    return text_rows(model, sources, edits, corpus)


def words_like(
    model: TranslationModel, edits: Sequence[Intervention], like: str | None
) -> tuple[Callable[[Tokens], Labels | None] | None, Forms | None]:
    """Labels of read words, and forms of written ones, by the corpus of :data:`like_option`."""
    from neurox_core.engine.causes import known_words

    from .shared import open_corpus

    corpus = None if like is None else open_corpus(like, None)
    _need_corpus(model, edits, corpus)
    if corpus is None:
        return None, None
    lend(model, corpus, edits)
    return known_words(corpus, edits)


def _need_corpus(
    model: TranslationModel, edits: Sequence[Intervention], corpus: Corpus | None
) -> None:
    """Say what edits want of a corpus, if there is none."""
    from neurox_core.interventions.where import asked_forms, asked_labels

    stack = model.source_stack
    labelled = bool(asked_labels(edits, stack) or asked_forms(edits, stack))
    drawn = any(e.operation == "resample" or e.unit == "percentile" for e in edits)
    usual = model.statistics is None and any(map(_usual, edits))
    if corpus is None and (labelled or drawn or usual):
        what = "Labels of words come"
        if not labelled:
            what = "Resampled values and percentiles come" if drawn else "Mean and deviation come"
        raise InvalidInputError(f"{what} from a corpus: name one with --like.")


def lend(model: TranslationModel, corpus: Corpus, edits: Sequence[Intervention] = ()) -> None:
    """Let edits take from a corpus what is not known of a model: samples, and what is usual.

    Means and deviations that the model has of its own are not replaced.
    """
    from neurox_core import Neuron, ReferenceValues
    from neurox_core.engine.sources import lend_samples

    usual = [e for e in edits if _usual(e)]
    if usual and model.statistics is None:
        layers = sorted({str(Neuron.parse(name).layer) for e in usual for name in e.neurons})
        model.check_layers(layers)
        model.statistics = ReferenceValues.measure(model, *texts_of(corpus), layers)
    lend_samples(model, corpus)


def texts_of(corpus: Corpus) -> tuple[Sequence[str], Sequence[str]]:
    """Sources, and references or nothing if there are none."""
    return corpus.sources, corpus.references if corpus.has_references else ()


def _usual(edit: Intervention) -> bool:
    """Whether it needs to know the means and deviations of its neurons."""
    return edit.operation == "mean" or edit.unit == "sigma"


def _place(text: str) -> Where:
    """``words:a,b``, ``form:RE`` or ``label:NAME=VALUE``."""
    from neurox_core.interventions import Where

    kind, colon, said = text.partition(":")
    if colon and said and kind in ("words", "form"):
        if kind == "form":
            return Where(pattern=said)
        return Where(words=tuple(w.strip() for w in said.split(",") if w.strip()))
    label, equals, value = said.partition("=")
    if kind == "label" and label and equals and value:
        return Where(label=label, value=value)
    raise InvalidInputError(
        f"{text!r} names no words. Write 'words:he,she', 'form:.*ed' or 'label:Tense=Past'."
    )


def neurons_of(text: str) -> list[str]:
    """``layer[1,3-4]`` as addresses."""
    neurons, value = _split(text)
    if value is not None:
        raise InvalidInputError(f"{text!r} has a value; name neurons alone.")
    return neurons


def _split(text: str) -> tuple[list[str], str | None]:
    """``layer[1,3-4]=x`` as its neurons and ``x``."""
    match = _NEURONS.fullmatch(text)
    if match is None:
        raise InvalidInputError(
            f"{text!r} does not name neurons. One looks like 'encoder.1.rnn_hidden[3]', several "
            "like 'encoder.1.rnn_hidden[3,5-7]'; a value follows after '='."
        )
    return [f"{match[1]}[{unit}]" for unit in _numbers(match[2])], match[3]


def _value(text: str, given: str | None) -> tuple[float, str]:
    """``2sigma`` as (2.0, "sigma") and ``0.5`` as (0.5, "raw")."""
    match = _VALUE.fullmatch(given or "")
    try:
        if match is None:
            raise ValueError
        unit = {None: "raw", "%": "percentile"}.get(match[2], "sigma")
        return float(match[1]), unit
    except ValueError:
        raise InvalidInputError(
            f"{text!r} needs a number after '=', such as 0.5, 2sigma or 90%."
        ) from None


def _numbers(text: str) -> list[int]:
    """``3,5-7`` as [3, 5, 6, 7]."""
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?", part)
        if match is None:
            raise InvalidInputError(f"{text!r} is not a list of numbers such as '3,5-7'.")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= _MOST:
            raise InvalidInputError(f"{part.strip()!r} is not a range of at most {_MOST} numbers.")
        found += range(first, last + 1)
    return found
