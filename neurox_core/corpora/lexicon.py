"""Tagging words of new translations with what the corpus' own annotation says of their form.

There is no tagger at run time. A form that was annotated often has, for most properties, one value:
"était" is past wherever it stands. A form keeps a value if at least `purity` of its annotated
occurrences have it; forms that were not seen, or have no clear value, have none. How much of a text
is covered is known, and should be shown beside what is concluded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

Labels = Mapping[str, Sequence[str]]


class Lexicon:
    """Values of labels by word form.

    Parameters
    ----------
    values : mapping of label name to mapping of form to value
    seen : iterable of str
        All forms that were looked at, whether they have a value or not, without case.
    """

    def __init__(self, values: Mapping[str, Mapping[str, str]], seen: Iterable[str] = ()) -> None:
        self._values = values
        self._seen = frozenset(seen)

    @classmethod
    def of(
        cls,
        sentences: Iterable[tuple[Sequence[str], Labels]],
        names: Sequence[str],
        purity: float = 0.8,
    ) -> Lexicon:
        """Collect values from annotated sentences.

        Parameters
        ----------
        sentences : iterable of (words, labels of the words)
        names : sequence of str
            Labels to collect.
        purity : float
            Least share of a form's occurrences that its value must have.
        """
        counts: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in names}
        for words, labels in sentences:
            for name in names:
                for word, value in zip(words, labels.get(name, ()), strict=False):
                    counts[name][word.casefold()][value] += 1
        found: dict[str, dict[str, str]] = {}
        for name, forms in counts.items():
            found[name] = {}
            for form, seen in forms.items():
                value, times = seen.most_common(1)[0]
                if value and times >= purity * seen.total():
                    found[name][form] = value
        return cls(found, (form for forms in counts.values() for form in forms))

    def knows(self, word: str) -> bool:
        """Whether a form was seen at all."""
        return word.casefold() in self._seen

    def value(self, name: str, word: str) -> str:
        """A word's value, or ''."""
        return self._values.get(name, {}).get(word.casefold(), "")

    def forms(self, name: str, value: str) -> list[str]:
        """All forms of a value, in alphabetical order."""
        return sorted(f for f, v in self._values.get(name, {}).items() if v == value)

    def coverage(self, name: str) -> int:
        """How many forms have a value."""
        return len(self._values.get(name, {}))
