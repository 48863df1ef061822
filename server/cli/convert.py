"""``neurox import`` and ``neurox export``: activations from and for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from neurox_core.errors import InvalidInputError

from .shared import (
    is_finished,
    megabytes,
    note,
    note_store,
    open_corpus,
    open_model,
    progress,
    size_option,
    split_names,
)

EXPORT_EPILOG = """
\b
The suffix tells the format:
  .hdf5 .json            NeuroX's own (give --words last, as NeuroX does)
  .npz .npy              numpy: an array a layer; one matrix of all neurons
  .safetensors .parquet  a tensor a layer; a row a token

\b
Examples:
  neurox export acts acts.hdf5 --words last --layers encoder.0.rnn_hidden,encoder.1.rnn_hidden
  neurox export acts acts.parquet --corpus demo
"""
IMPORT_EPILOG = """
\b
Examples:
  neurox import activations.hdf5 --out acts
  neurox import activations.pt --out acts --tokens source.txt --label pos=pos.txt
  neurox import acts.encoder.npz acts.decoder.npz --out acts --max-size 10GB
"""
_DTYPES = click.Choice(["float16", "float32"])


@click.command("export", epilog=EXPORT_EPILOG, short_help="Write activations for other tools.")
@click.argument("store", type=click.Path(file_okay=False))
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--format", "form", metavar="NAME", help="If the suffix does not tell it.")
@click.option("--layers", multiple=True, metavar="LAYER,...", help="All layers if missing.")
@click.option(
    "--words",
    type=click.Choice(["first", "last", "mean"]),
    help="Rows are words (one of their pieces, or the mean) instead of tokens.",
)
@click.option("--dtype", type=_DTYPES, help="As stored if missing.")
@click.option("--corpus", "-c", metavar="CORPUS", help="Takes its word labels along.")
@click.option("--references", metavar="FILE", type=click.Path(dir_okay=False))
@click.option("--model", "-m", metavar="MODEL", help="For stores that do not know their pieces.")
@click.option("--overwrite", is_flag=True, help="Replace files that are already there.")
def export_command(
    store: str,
    file: str,
    form: str | None,
    layers: tuple[str, ...],
    words: str | None,
    dtype: str | None,
    corpus: str | None,
    references: str | None,
    model: str | None,
    overwrite: bool,
) -> None:
    """Write the activations in the folder STORE to FILE, one file for each stack."""
    import neurox_core as nx

    opened = nx.open_store(store)
    text = None if corpus is None else open_corpus(corpus, references)
    network = None if model is None else open_model(model, "cpu")
    with progress("Exporting", "sentence") as move:
        files = nx.export_activations(
            opened,
            file,
            format=form,
            layers=split_names(layers),
            words=words,
            dtype=dtype,
            corpus=text,
            model=network,
            overwrite=overwrite,
            on_progress=move,
        )
    for path in files:
        note(f"{path}: {path.stat().st_size / 1e6:.1f} MB.")


@click.command("import", epilog=IMPORT_EPILOG, short_help="Read activations of other tools.")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--out", "-o", required=True, type=click.Path(file_okay=False), help="New folder.")
@click.option("--format", "form", metavar="NAME", help="If the suffix does not tell it.")
@click.option("--layers", multiple=True, metavar="LAYER,...", help="Address of each layer.")
@click.option(
    "--tokens",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Tokens, one sentence a line, if the file has none.",
)
@click.option("--label", multiple=True, metavar="NAME=FILE", help="Labels, laid out as tokens.")
@click.option("--dtype", type=_DTYPES, help="As in the file if missing.")
@click.option("--model", metavar="NAME", help="What to call the model.")
@click.option(
    "--max-size", metavar="SIZE", callback=size_option, help="Refuse to write more, such as 10GB."
)
@click.option("--estimate", is_flag=True, help="Say what it would take, and end.")
@click.option("--overwrite", is_flag=True, help="Replace a store that is already there.")
def import_command(
    files: tuple[str, ...],
    out: str,
    form: str | None,
    layers: tuple[str, ...],
    tokens: str | None,
    label: tuple[str, ...],
    dtype: str | None,
    model: str | None,
    max_size: int | None,
    estimate: bool,
    overwrite: bool,
) -> None:
    """Make a store from FILES, one for each stack; `neurox rank` and the rest work on it."""
    import neurox_core as nx
    from neurox_core.activations import import_size
    from neurox_core.activations.budget import free_bytes, size

    labels: dict[str, str] = {}
    for text in label:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise InvalidInputError(f"{text!r} is not a label such as 'pos=pos.txt'.")
        labels[name] = path
    if estimate:
        with megabytes("Opening") as opened:
            needed = import_size(
                files, format=form, layers=split_names(layers), tokens=tokens, dtype=dtype,
                on_open=opened,
            )  # fmt: skip
        there, free = free_bytes(Path(out))
        click.echo(f"{size(needed)} at most; {size(free)} are free at {there}")
        return
    known = not overwrite and is_finished(out) is True
    with (
        megabytes("Opening") as opened,
        progress("Reading tokens", "sentence", late=True) as read,
        progress("Importing", "sentence", late=True) as move,
        progress("Describing", "layer", late=True) as describe,
    ):
        store = nx.import_activations(
            files,
            out,
            format=form,
            layers=split_names(layers),
            tokens=tokens,
            labels=labels,
            dtype=dtype,
            model=model,
            max_bytes=max_size,
            overwrite=overwrite,
            on_open=opened,
            on_read=read,
            on_progress=move,
            on_describe=describe,
        )
    note_store(out, store, there=known)
