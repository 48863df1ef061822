"""``neurox attention`` and ``tree``: how a model came to write what it wrote."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .edits import at_option, edit_options, interventions, like_option, rows_of
from .shared import (
    FORMATS,
    beams_option,
    device_option,
    model_option,
    note,
    open_corpus,
    open_model,
    warn_of_unknown,
    write_rows,
)

if TYPE_CHECKING:
    from neurox_core import Intervention, TranslationModel
    from neurox_core.models.beam_tree import BeamTree

ATTENTION_EPILOG = """
\b
Examples:
  neurox attention -m lstm-a "He left."
  neurox attention -m marian "He left." --kind encoder --layer 2 --head 0
  neurox attention -m marian "He left." --target "Elle est partie." --format csv
  neurox attention -m ./bert "He left." --layer 3
"""
TREE_EPILOG = """
\b
Examples:
  neurox tree -m lstm-a "He is tired." --beams 4
  neurox tree -m marian "He is tired." --prefix "Elle" --format json
  neurox tree -m lstm-a "He is tired." --set "encoder.1.rnn_hidden[275]=2sigma"
"""
MARKS = {"winner": "*", "finished": "+", "left": "~", "outranked": "-", "pruned": " "}
"""What became of a hypothesis, in one sign."""


def _placed(model: TranslationModel, text: str, like: str | None, changes: Any) -> Any:
    """Interventions on one text."""
    edits: list[Intervention] = interventions(**changes)
    corpus = None if like is None else open_corpus(like, None)
    rows = rows_of(model, [text], edits, corpus, own=False)
    return rows[0] if rows and isinstance(rows[0], list) else rows


@click.command(epilog=ATTENTION_EPILOG, short_help="Where a model attends.")
@click.argument("text")
@model_option
@click.option("--target", metavar="TEXT", help="What is written, if it is not the model's own.")
@click.option("--kind", metavar="KIND", help="cross (output to source), encoder or decoder; the "
              "first that the model has if missing.")  # fmt: skip
@click.option("--layer", type=click.IntRange(0), help="The mean of all layers if missing.")
@click.option("--head", type=click.IntRange(0), help="Of --layer; the mean of all if missing.")
@edit_options
@at_option
@like_option
@beams_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@device_option
def attention(
    text: str,
    model: str,
    target: str | None,
    kind: str | None,
    layer: int | None,
    head: int | None,
    like: str | None,
    beams: int,
    form: str,
    device: str,
    **changes: Any,
) -> None:
    """Write attention weights: a row for each token written (or read), a column for each read.

    An encoder reads TEXT and writes none, so it shows attention within it. A recurrent layer has no
    attention.

    A weight is where a head looks, not what a word causes. The mean over heads and layers is a
    summary, and nothing that the model computes.
    """
    import neurox_core as nx
    from neurox_core.errors import InvalidInputError, UnknownNameError
    from neurox_core.models.attention import attention_of

    if head is not None and layer is None:
        raise InvalidInputError("--head is one of a layer: name it with --layer.")
    network = open_model(model, device)
    warn_of_unknown(network, [text], [target] if target else [])
    wanted = kind or next(iter(attention_of(network)), None)
    edits = _placed(network, text, like, changes)
    (found,) = nx.attention(network, text, target, edits, beams, kind=wanted, layer=layer).values()
    heads = found.of(layer) if layer is not None else None
    if heads is not None and head is not None:
        if head >= len(heads):
            raise UnknownNameError("head", str(head), [str(i) for i in range(len(heads))])
        weights = heads[head]
    else:
        weights = found.mean(layer)
    keys = [place.piece for place in found.keys]
    if form == "json":
        values = {
            "kind": found.kind, "layer": layer, "head": head, "keys": keys,
            "queries": [place.piece for place in found.queries], "weights": weights.tolist(),
        }  # fmt: skip
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    rows = [
        (place.piece, *(round(value, 4) for value in row))
        for place, row in zip(found.queries, weights.tolist(), strict=True)
    ]
    click.echo(write_rows(("", *keys), rows, form))
    known = ", ".join(f"{of} ({len(layers)})" for of, layers in attention_of(network).items())
    note(f"{found.kind} of {model}, which has {known} layers with attention.")


@click.command(epilog=TREE_EPILOG, short_help="Every hypothesis of a beam search.")
@click.argument("text")
@model_option
@click.option("--beams", type=click.IntRange(1, 10), default=5, show_default=True)
@click.option("--prefix", default="", metavar="TEXT", help="What the output has to begin with.")
@edit_options
@at_option
@like_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@device_option
def tree(
    text: str,
    model: str,
    beams: int,
    prefix: str,
    like: str | None,
    form: str,
    device: str,
    **changes: Any,
) -> None:
    """Draw the tree of all hypotheses that a beam search held.

    A line has tokens up to where hypotheses part, each with its probability after those before it,
    and at an end the score and place. Before it stands what became of it: * the output, + another
    finished one, ~ running when the search stopped, - finished and displaced, and nothing for one
    that was dropped on the way.
    """
    import neurox_core as nx

    network = open_model(model, device)
    warn_of_unknown(network, [text], [prefix] if prefix else [])
    found = nx.beam_tree(network, text, beams, _placed(network, text, like, changes), prefix=prefix)
    ids = [node.token for node in found.nodes]
    pieces = dict(zip(ids, network.pieces(ids), strict=True))
    if form == "json":
        nodes = [{**asdict(node), "piece": pieces[node.token]} for node in found.nodes]
        click.echo(json.dumps({"beams": beams, "nodes": nodes}, indent=1, ensure_ascii=False))
        return
    for line in _drawn(found, pieces):
        click.echo(line)
    for rank, end in enumerate(found.ends()):
        note(f"{rank + 1}. {network.detokenize(found.path(end))}")


def _drawn(found: BeamTree, pieces: dict[int, str]) -> list[str]:
    """A line for each run of tokens up to where hypotheses part, those behind it further in."""
    children: dict[int, list[int]] = {}
    for number, node in enumerate(found.nodes):
        children.setdefault(node.parent, []).append(number)
    lines: list[str] = []
    waiting = [(number, 0) for number in reversed(children.get(-1, []))]
    while waiting:
        number, depth = waiting.pop()
        run = [number]
        while len(below := children.get(run[-1], [])) == 1:
            run += below
        nodes = [found.nodes[i] for i in run]
        said = "  ".join(f"{pieces[n.token]} {100 * math.exp(n.logprob):.3g}%" for n in nodes)
        last = nodes[-1]
        end = "" if last.score is None else f"  (score {last.score:.3f}"
        end += "" if last.rank is None else f", place {last.rank + 1}"
        lines.append(f"{MARKS[last.fate]} {'    ' * depth}{said}{end}{')' if end else ''}")
        waiting += [(child, depth + 1) for child in reversed(below)]
    return lines
