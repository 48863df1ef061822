"""Score the demo models on the shipped test text: ``python -m neurox_demo.report [MODEL ...]``.

Prints one table row for each model, part and number of beams, in Markdown: BLEU and chrF of
sacreBLEU with half the width of the 95 % confidence interval, then the two signatures.
"""

from __future__ import annotations

import argparse

import torch

import neurox_core as nx
from neurox_core.evaluation import CorpusScore, score_corpus


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| model | part | sentences | beams | BLEU | chrF |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    score: CorpusScore | None = None
    for name in options.models or nx.demo.models():
        model = nx.load_model(name)
        for part in nx.demo.PARTS:
            corpus = nx.demo.corpus(part)
            for beams in options.beams:
                texts = [t.text for t in model.translate(list(corpus.sources), beams=beams)]
                score = score_corpus(texts, list(corpus.references))
                cells = (f"{m.value:.1f} ± {m.interval:.1f}" for m in (score.bleu, score.chrf))
                print(
                    f"| {name} | {part} | {len(texts)} | {beams} | {' | '.join(cells)} |",
                    flush=True,
                )
    if score is not None:
        print(f"\nBLEU: {score.bleu.signature}\nchrF: {score.chrf.signature}")


if __name__ == "__main__":
    main()
