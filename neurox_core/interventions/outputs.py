"""What a model of any kind is scored on: texts, log-probabilities, or labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from ..corpora import Corpus
    from ..models.base import Interventions, TranslationModel

Progress = Callable[[int, int], None]


def outputs(
    model: TranslationModel,
    sources: Sequence[str],
    interventions: Interventions | Sequence[Interventions] = (),
    beams: int = 1,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Any:
    """What a model is scored on.

    Parameters
    ----------
    interventions : sequence of Intervention, or one such sequence for each source
    beams : int
        Of a translation model.

    Returns
    -------
    list
        Texts of a translation model; of a language model a list of log-probabilities for each
        source; of a classifier a label, or a list of labels, one a word, for each.
    """
    edits = list(interventions)
    network: Any = model  # Each kind has a method of its own.
    if model.task == "translation":
        found = network.translate(
            sources, edits, beams, on_progress=on_progress, cancelled=cancelled
        )
        return [translation.text for translation in found]
    if model.task == "language-modelling":
        return network.logprobs(sources, edits, on_progress=on_progress, cancelled=cancelled)
    found = network.classify(sources, edits, on_progress=on_progress, cancelled=cancelled)
    if model.task == "classification":
        return [one.label for one in found]
    return [one.word_labels for one in found]


def scorable(model: TranslationModel) -> None:
    """Raise InvalidInputError for a model without an output that could be scored."""
    if model.task == "encoding":
        raise InvalidInputError(f"{model.name} gives activations only; there is nothing to score.")


def require_references(model: TranslationModel, corpus: Corpus) -> None:
    """Raise InvalidInputError if a model is to be scored by references that a corpus lacks."""
    if corpus.has_references or model.task == "language-modelling":
        return
    wanted = "references" if model.task == "translation" else "labels"
    raise InvalidInputError(
        f"The corpus {corpus.name} has no {wanted} to score {model.name} by: put them in a second "
        "column, after a tab, or into a file of their own, one a line."
    )


def gold_of(model: TranslationModel, corpus: Corpus) -> Sequence[Any]:
    """What a corpus' second column says a model should give.

    References of a translation model; gold labels of a classifier, of a token classifier one a
    word, separated by spaces. A language model needs none.

    Raises
    ------
    InvalidInputError
        If the corpus has no such column and the model needs it, or if it holds something else than
        the model's classes, or more or fewer of them than words.
    """
    require_references(model, corpus)
    gold: Sequence[Any] = corpus.references
    if model.task == "token-classification":
        gold = [line.split() for line in corpus.references]
        _one_a_word(model, corpus, gold)
    known = getattr(model, "labels", None)
    if known and model.task.endswith("classification"):
        found = {label for one in gold for label in ([one] if isinstance(one, str) else one)}
        if found.isdisjoint(known):  # Every prediction would be wrong, whatever the model does.
            raise InvalidInputError(
                f"None of the labels of the corpus {corpus.name} ({_first(sorted(found))}) is a "
                f"class of {model.name}, which has {_first(known)}. Write its classes there."
            )
    return gold


def _one_a_word(model: TranslationModel, corpus: Corpus, gold: Sequence[Sequence[str]]) -> None:
    """Raise InvalidInputError, before anything is run, if a text has not one label a word."""
    wrong: list[str] = []
    for index, (text, labels) in enumerate(zip(corpus.sources, gold, strict=True)):
        words = len(model.tokenize(text).word_texts)
        if words != len(labels):
            line = "" if corpus.lines is None else f"line {corpus.lines[index]}, "
            begins = f"{line or 'text '}{text[:40]!r}"
            wrong.append(f"{begins}: {words} words, {len(labels)} labels")
    if wrong:
        raise InvalidInputError(
            f"{len(wrong)} of {len(gold)} texts of the corpus {corpus.name} have not one label a "
            f"word as {model.name} sees words ({'; '.join(wrong[:3])}"
            f"{'; ...' if len(wrong) > 3 else ''}). Labels stand in the second column, one for "
            "each word of the text, with spaces between them."
        )


def _first(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")


def summed(task: str, output: Any) -> Any:
    """An output as it is scored again and again, kept and shown: a language model's is the sum of
    a text's log-probabilities and their number."""
    if task != "language-modelling":
        return output
    return [float(sum(output)), len(output)]


def shown(task: str, output: Any) -> str:
    """An output as a person reads it: a translation, a text's perplexity, labels."""
    if task == "language-modelling":
        total, tokens = output
        return f"perplexity {math.exp(min(-total / tokens, 700)):.4g}" if tokens else "one token"
    return output if isinstance(output, str) else " ".join(label or "-" for label in output)
