"""Which words of some texts a scope means, so that a person sees it where the scope is typed.

Neurons that read the source are limited by its words. The decoder of a translation model is limited
by the words that it writes; what it will write under an edit is not known before, so its clean
translation is looked at. A word of several pieces is tested there as it stands in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..corpora.text_labels import TextLabels
from ..errors import NeuroXError
from ..interventions.intervention import Intervention
from ..interventions.where import Forms, Where, asked_labels, placed
from ..models.tokens import Tokens
from .live import LiveModel


@dataclass
class Meant:
    """Words that a scope means.

    Attributes
    ----------
    wrong : str
        Why it means none at all, such as an expression that cannot be read; '' otherwise.
    words : list of str
        In the order of the texts, each as often as it is there.
    texts : int
        How many texts have such a word.
    """

    wrong: str = ""
    words: list[str] = field(default_factory=list)
    texts: int = 0


def meant(
    live: LiveModel,
    texts: Sequence[str],
    scopes: Sequence[tuple[str, Callable[[], Where]]],
    beams: int = 1,
    labels: Callable[[int, Tokens, Sequence[str]], TextLabels] | None = None,
    forms: Forms | None = None,
) -> list[Meant]:
    """Words that each scope means in some texts.

    Parameters
    ----------
    live : LiveModel
    texts : sequence of str
    scopes : sequence of (str, callable)
        Address of the neuron that is limited, and what makes the scope: a scope that is refused
        is told of and costs the others nothing.
    beams : int
        Of the clean translations.
    labels : callable, optional
        Labels of a text's words, by its place among the texts, its words, and the labels' names.
    forms : callable, optional
        Forms of output words by label.

    Raises
    ------
    InvalidInputError, TextTooLongError
        If a text cannot be read.
    """
    stack = live.model.source_stack
    sources = live.all_checked(texts)
    written: list[Tokens] | None = None
    found = []
    for neuron, make in scopes:
        seen = Meant()
        try:
            one = Intervention([neuron], "zero", where=make())
            names = asked_labels([one], stack)
            for i, source in enumerate(sources):
                known = labels(i, source, names).values if labels is not None and names else None
                if names and known is None:
                    continue
                here = placed([one], source, known, forms, stack)[0]
                if here.where is not None:
                    if written is None:
                        written = [r.tokens for r in live.baseline(texts, beams)]
                    words = written[i].word_texts
                    chosen = here.where.indices(words)
                else:
                    words = source.word_texts
                    chosen = sorted({source.word_ids[at] for at in here.positions or ()})
                seen.words += [words[at] for at in chosen if at >= 0]
                seen.texts += bool(chosen)
        except NeuroXError as error:
            seen = Meant(str(error))
        found.append(seen)
    return found
