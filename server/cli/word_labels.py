"""Labels on the command line: a name and options in, a label for every word of a store out.

A label is looked for in a file of labels if one was given, then among those that an imported store
brought along, then by :func:`neurox_core.label_words`: in the annotation and the columns of the
corpus, and among the annotators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from neurox_core.errors import InvalidInputError, UnknownNameError

from .shared import CORPUS_HELP, open_corpus, references_option, split_names

if TYPE_CHECKING:
    from neurox_core import ActivationStore, Corpus
    from neurox_core.corpora.labelling import Labelling
    from neurox_core.parameters import Parameter

Command = TypeVar("Command", bound=Callable[..., object])

_OPTIONS = (
    click.option("--corpus", "-c", metavar="CORPUS",
                 help=f"Where labels stand beside the text. {CORPUS_HELP}"),
    references_option,
    click.option("--labels", "-l", "label_name", metavar="NAME",
                 help="A label of the words; --list-labels names them."),
    click.option("--with", "label_options", multiple=True, metavar="NAME=VALUE",
                 help="An option of the label, such as pattern=ing$."),
    click.option("--labels-file", metavar="FILE", type=click.Path(dir_okay=False),
                 help="CoNLL-U (.conllu), a table of words (.tsv), one line of labels for each "
                 "sentence (.labels), or a list of words (.txt)."),
    click.option("--words-file", metavar="FILE", type=click.Path(dir_okay=False),
                 help="The lines of words that a .labels file is about, if these are not the "
                 "sentences cut at spaces."),
    click.option("--side", type=click.Choice(["source", "reference"]),
                 help="Whose words are labelled; those of the first layer's stack if missing."),
    click.option("--classes", multiple=True, metavar="CLASS,...", help="Only these classes."),
    click.option("--against", metavar="CLASS", help="One class, told from all the others."),
    click.option("--minimum", type=click.IntRange(1), default=1,
                 help="Leave out classes with fewer words."),
    click.option("--rest", metavar="CLASS", default="",
                 help="A class for the words that have no label."),
)  # fmt: skip


def label_options(command: Command) -> Command:
    """Add the options that :class:`Wanted` is made of."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Wanted:
    """What was asked for; see the options of the same names."""

    corpus: str | None
    references: str | None
    label_name: str | None
    label_options: tuple[str, ...]
    labels_file: str | None
    words_file: str | None
    side: str | None
    classes: tuple[str, ...]
    against: str | None
    minimum: int
    rest: str

    @property
    def any(self) -> bool:
        """Whether there is a label to be made."""
        return self.label_name is not None or self.labels_file is not None

    def side_of(self, store: ActivationStore, layers: Sequence[str] | None) -> str:
        """Source or reference: as asked for, or where the first layer is."""
        if self.side is not None:
            return self.side
        first = (layers or list(store.layers))[0]
        return "reference" if first.startswith("decoder") else "source"

    def labels(self, store: ActivationStore, layers: Sequence[str] | None) -> Labelling:
        """A label for every word of the store.

        Raises
        ------
        UnknownNameError, InvalidInputError, CorpusError
        """
        import neurox_core as nx

        side = self.side_of(store, layers)
        corpus = self.text(store, side)
        name = self.label_name or _only_name(corpus, side, self.labels_file)
        own = None if self.labels_file else (store.labels(_stack(side)) or {}).get(name)
        given = label_parameters(name, self.label_options)
        try:
            return nx.label_words(
                store, corpus, name if own is None else _said(name, own), side,
                classes=split_names(self.classes), against=self.against, minimum=self.minimum,
                rest=self.rest, **given,
            )  # fmt: skip
        except UnknownNameError as error:
            if corpus is not None or name not in str(error):
                raise
            raise InvalidInputError(
                f"{error} Labels that stand beside a text need --corpus or --labels-file."
            ) from error

    def text(self, store: ActivationStore, side: str) -> Corpus | None:
        """The sentences of the store with the labels that stand beside them."""
        from neurox_core import Corpus, read_labels

        texts = store.texts(_stack(side))
        corpus = None if self.corpus is None else open_corpus(self.corpus, self.references)
        if corpus is not None and side == "reference" and list(corpus.references) != texts:
            corpus = _read_by_decoder(corpus, texts)
        if self.labels_file is not None:
            if corpus is None:
                corpus = Corpus(Path(self.labels_file).stem, list(texts), list(texts))
            whole = corpus.sources if side == "source" else corpus.references
            path = Path(self.labels_file)
            found = read_labels(path, whole, name=self.label_name, words=self.words_file)
            if side == "source":
                corpus = replace(corpus, source_labels=found)
            else:
                corpus = replace(corpus, reference_labels=found)
        return None if corpus is None else _recorded(corpus, store)


def describe_labels(store: ActivationStore, wanted: Wanted, layers: Sequence[str] | None) -> str:
    """One line for each label that can be asked for, with its options."""
    from neurox_core.corpora import label_sources

    side = wanted.side_of(store, layers)
    lines = [f"{name}: came with the store" for name in store.labels(_stack(side)) or {}]
    for entry in label_sources(wanted.text(store, side), side):
        lines.append(f"{entry['name']}: {entry['summary']}")
        for option in entry["parameters"]:
            kind = ", ".join(option["choices"]) or option["kind"]
            lines.append(
                f"    --with {option['name']}={option['default']}  {option['help']} ({kind})"
            )
    return "\n".join(lines)


def setting(text: str, declared: Mapping[str, Parameter]) -> tuple[str, Any]:
    """``name=value`` in the type of the option; what is not declared stays text."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise InvalidInputError(f"{text!r} is not a setting such as 'quantile=0.9'.")
    kind = type(declared[name].default) if name in declared else str
    if kind is bool:
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if value.lower() not in known:
            raise InvalidInputError(f"{name} is true or false, not {value!r}.")
        return name, known[value.lower()]
    if kind is str:
        return name, value
    try:
        return name, int(value) if re.fullmatch(r"[-+]?\d+", value) else float(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is a number, not {value!r}.") from error


def label_parameters(name: str, given: Sequence[str]) -> dict[str, Any]:
    """Options of an annotator; a label that stands beside a text has none."""
    from neurox_core.corpora.annotation import annotator

    try:
        declared = annotator(name.removeprefix("annotator:")).parameters
    except UnknownNameError:
        declared = {}
        if given:
            raise InvalidInputError(
                f"The label {name!r} takes no options; leave out --with, or name an annotator "
                "(--list-labels)."
            ) from None
    return dict(setting(text, declared) for text in given)


def _only_name(corpus: Corpus | None, side: str, path: str | None) -> str:
    """The label of a file that has but one."""
    from neurox_core.corpora.labels import COMPUTED

    found = None if corpus is None else getattr(corpus, f"{side}_labels")
    names = [] if found is None else [name for name in found.names if name not in COMPUTED]
    if len(names) != 1:
        raise InvalidInputError(f"{path} holds {', '.join(names)}; say which one with --labels.")
    return str(names[0])


def _said(name: str, values: Sequence[str]) -> Callable[[object], Sequence[str]]:
    """Values as a function of the words, called what the label is called."""

    def label(words: object) -> Sequence[str]:
        return values

    label.__name__ = name
    return label


def _read_by_decoder(corpus: Corpus, texts: Sequence[str]) -> Corpus:
    """A model without an encoder reads the sources with its decoder."""
    if list(corpus.sources[: len(texts)]) != list(texts):
        return corpus
    return replace(
        corpus, references=list(corpus.sources), reference_labels=corpus.source_labels
    )  # fmt: skip


def _recorded(corpus: Corpus, store: ActivationStore) -> Corpus:
    """Those of the sentences that the store holds: all, a sample, or the first."""
    if store.sentences >= len(corpus):
        return corpus
    return corpus.take(range(store.sentences) if store.rows is None else store.rows)


def _stack(side: str) -> str:
    return "encoder" if side == "source" else "decoder"
