"""Train one demo model: ``python -m neurox_demo.train lstm-a --corpus DIR``.

Resumable: a checkpoint (weights, optimiser, step) is written every two minutes and at the end, and
the next run goes on from it. Every evaluation appends one JSON line to ``log.jsonl``: steps,
minutes of training, tokens a second, loss, and greedy BLEU and chrF on dev text, natural and
everyday apart. One thread is used; run two models side by side rather than one on two threads.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import sacrebleu
import sentencepiece as spm
import torch

from .data import EOS, Pair, batches, load_training, make_vocabulary, read_pairs
from .networks import Trainee, build
from .recipes import RECIPES, Recipe

CHECKPOINT_SECONDS = 120
DEV_SENTENCES = 200


class Trainer:
    """One model's run, from its last checkpoint to the recipe's last step."""

    def __init__(self, name: str, recipe: Recipe, corpus: Path, work: Path) -> None:
        self.recipe, self.corpus = recipe, corpus
        self.folder = work / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.vocabulary = work / "vocabulary"
        self.pieces = make_vocabulary(corpus, self.vocabulary)
        self.pairs = load_training(corpus, self.pieces, recipe)
        self.trainee: Trainee = build(recipe, self.pairs)
        self.optimiser = torch.optim.Adam(
            self.trainee.module.parameters(), betas=(0.9, 0.98), eps=1e-9, fused=True
        )
        self.step = self.epoch = self.index = 0
        self.seconds = 0.0
        if (self.folder / "checkpoint.pt").exists():
            self._restore()

    def run(self, evaluate_every: int) -> None:
        """Train to the last step, then keep the final checkpoint."""
        self.trainee.module.train()
        tokens, losses, mark, saved = 0, [], time.monotonic(), time.monotonic()
        for batch in self._remaining():
            losses.append(self._update(batch))
            tokens += sum(len(p.target) for p in batch)
            if self.step % evaluate_every == 0 or self.step == self.recipe.steps:
                spent = time.monotonic() - mark
                self.seconds += spent
                self._log(tokens / spent, sum(losses) / len(losses))
                tokens, losses, mark = 0, [], time.monotonic()
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self._save()
                saved = time.monotonic()
        self._save()

    def _remaining(self):  # type: ignore[no-untyped-def]
        while self.step < self.recipe.steps:
            for number, batch in enumerate(batches(self.pairs, self.recipe, self.epoch)):
                if number < self.index:
                    continue
                if self.step >= self.recipe.steps:
                    return
                yield batch
                self.index = number + 1
            self.epoch, self.index = self.epoch + 1, 0

    def _update(self, batch: list[Pair]) -> float:
        # The dropout of a step depends on the step, not on where the run was cut.
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        progress = self.step / self.recipe.steps
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * self._rate(progress)
        loss, plain = self.trainee.loss(batch, progress)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trainee.module.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        return plain

    def _rate(self, progress: float) -> float:
        warm = min(1.0, (self.step + 1) / self.recipe.warmup)
        return warm * (1 - 0.98 * progress)

    def _log(self, speed: float, loss: float) -> None:
        self.trainee.module.eval()
        scores = {
            part: evaluate(self.trainee, self.pieces, self.corpus / f"{part}.dev.tsv")
            for part in ("natural", "everyday")
        }
        self.trainee.module.train()
        line = {
            "step": self.step,
            "epoch": self.epoch,
            "minutes": round(self.seconds / 60, 1),
            "tokens_per_second": round(speed),
            "loss": round(loss, 3),
            **scores,
        }
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)

    def _save(self) -> None:
        state = {
            "model": self.trainee.module.state_dict(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "epoch": self.epoch, "index": self.index, "seconds": self.seconds,
        }  # fmt: skip
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.folder / "checkpoint.pt")

    def _restore(self) -> None:
        state = torch.load(self.folder / "checkpoint.pt", weights_only=True)
        self.trainee.module.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.epoch, self.index = state["step"], state["epoch"], state["index"]
        self.seconds = state["seconds"]


def evaluate(
    trainee: Trainee, pieces: spm.SentencePieceProcessor, path: Path, count: int = DEV_SENTENCES
) -> dict[str, float]:
    """Greedy corpus BLEU and chrF on the first `count` pairs of a dev file."""
    pairs = read_pairs(path)[:count]
    sources = [[*ids, EOS] for ids in pieces.encode([s for s, _ in pairs])]
    texts = [""] * len(pairs)
    order = sorted(range(len(pairs)), key=lambda i: len(sources[i]))
    for start in range(0, len(order), 40):
        rows = order[start : start + 40]
        longest = 2 * max(len(sources[i]) for i in rows) + 5
        outputs = trainee.greedy([sources[i] for i in rows], longest)
        for row, ids in zip(rows, outputs, strict=True):
            texts[row] = pieces.decode([i for i in ids if i < pieces.get_piece_size()])
    references = [[t for _, t in pairs]]
    return {
        "bleu": round(sacrebleu.corpus_bleu(texts, references).score, 2),
        "chrf": round(sacrebleu.corpus_chrf(texts, references).score, 2),
    }


def main() -> None:
    """Train, then write the model's folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model", choices=list(RECIPES))
    parser.add_argument(
        "--corpus", type=Path, required=True, help="folder that build_corpus and everyday wrote"
    )
    parser.add_argument("--work", type=Path, default=Path("demo/work"), help="checkpoints and logs")
    parser.add_argument(
        "--out", type=Path, default=Path("demo/models"), help="where model folders go"
    )
    parser.add_argument("--steps", type=int, help="another number of updates than the recipe's")
    parser.add_argument("--evaluate-every", type=int, default=200)
    parser.add_argument(
        "--export-only", action="store_true", help="write the last checkpoint as it is"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    recipe = RECIPES[options.model]
    if options.steps:
        recipe = replace(recipe, steps=options.steps)
    trainer = Trainer(options.model, recipe, options.corpus, options.work)
    if not options.export_only:
        trainer.run(options.evaluate_every)
    trainer.trainee.save(options.out / options.model, trainer.vocabulary)


if __name__ == "__main__":
    main()
