"""What a caller says of a file that does not say it itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import FormatError, nth
from .content import Sentence
from .kept import Kept

Tagged = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Hints:
    """What the caller knows of a file that does not say it itself.

    Attributes
    ----------
    layers : list of str or None
        Address of each layer, in the order of the file.
    tokens : list of lists of str or None
        One list for each sentence.
    labels : dict of str to list of lists of str
        One value for each token.
    on_open : callable of (done, total), optional
        Told, in bytes, how far a file is that has to be looked through before it can be used.
    """

    layers: list[str] | None = None
    tokens: Tagged | None = None
    labels: Mapping[str, Tagged] = field(default_factory=dict)
    on_open: Callable[[int, int], None] | None = field(default=None, compare=False, repr=False)

    def addresses(self, count: int, site: str = "resid_post") -> list[str]:
        """Addresses of `count` layers: those given, or ``encoder.0.<site>`` and so on."""
        if self.layers is None:
            return [f"encoder.{i}.{site}" for i in range(count)]
        if len(self.layers) != count:
            named = f"{len(self.layers)} name{'s were' if len(self.layers) != 1 else ' was'} given"
            raise FormatError(
                f"it holds {count} layer{'s' * (count != 1)}, and {named} (layers, --layers); give "
                "one for each"
            )
        return self.layers

    def sentences(self, given: Iterable[Sequence[str]] | None = None) -> Kept:
        """Sentences from the tokens that the caller gave, or from those in the file."""
        tokens = self.tokens if self.tokens is not None else given
        if tokens is None:
            raise FormatError(
                "it does not say what its tokens are; name a text file with a sentence a line, "
                "tokens separated by a space (tokens, --tokens)"
            )
        for name, lines in self.labels.items():
            tokens = list(tokens)  # Labels are in memory, so they may be as well.
            if len(lines) != len(tokens):
                raise FormatError(
                    f"there are {len(tokens)} sentences, and {len(lines)} of labels {name!r}"
                )
        found = Kept()
        for number, words in enumerate(tokens):
            labels = {name: lines[number] for name, lines in self.labels.items()}
            for name, values in labels.items():
                if len(values) != len(words):
                    raise FormatError(
                        f"{nth(number)} has {len(words)} tokens and "
                        f"{len(values)} labels {name!r}; give one for each token"
                    )
            found.append(Sentence.of_tokens(words, labels))
        return found
