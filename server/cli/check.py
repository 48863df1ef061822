"""``neurox check``: is a model read and edited correctly, and what can be done with it?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from .shared import open_model, place_option, progress

if TYPE_CHECKING:
    from neurox_core.models.check import CheckReport

CHECK_EPILOG = """
\b
Examples:
  neurox check marian
  neurox check ./my-model --precision bf16 --device auto
  neurox check facebook/nllb-200-distilled-600M --target-language fra_Latn
  neurox check gpt2 --text "One sentence." --text "Another one, longer." --format json
"""
_MARK = {"holds": ("ok", "green"), "broken": ("BROKEN", "red"), "not judged": ("-", "yellow")}


@click.command(epilog=CHECK_EPILOG, short_help="Say what a model has, and put it to the laws.")
@click.argument("model", metavar="MODEL")
@click.option("--source-language", metavar="CODE", help="Of a multilingual model.")
@click.option("--target-language", metavar="CODE", help="Of a multilingual model.")
@click.option("--text", "texts", multiple=True, help="Sentences to check with; at least two.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@place_option
@click.option(
    "--precision", "--dtype", "dtype", default="float32", show_default=True,
    help="In which the model runs: float32, bf16 or fp16.",
)  # fmt: skip
def check(
    model: str,
    source_language: str | None,
    target_language: str | None,
    texts: tuple[str, ...],
    form: str,
    device: str,
    dtype: str,
) -> None:
    """Load MODEL, say what it is made of, and put it to the laws that make its numbers right.

    MODEL is a demo model, a folder, or a name on the hub. The exit status is 1 if a law is broken,
    and 2 if the model cannot be opened.
    """
    given = {
        "dtype": dtype, "source_language": source_language, "target_language": target_language,
    }  # fmt: skip
    network = open_model(model, device, **{k: v for k, v in given.items() if v})
    from neurox_core.models.check import TEXTS, check_model

    with progress("Checking", "law") as move:
        report = check_model(network, texts or TEXTS, on_progress=move)
    click.echo(json.dumps(report.to_dict(), indent=1) if form == "json" else _text(report))
    if not report.ok:
        click.get_current_context().exit(1)


def _text(report: CheckReport) -> str:
    """The report for a terminal."""
    languages = " -> ".join(
        "not stated" if code == "und" else code
        for code in (report.source_language, report.target_language)
    )
    lines = [
        click.style(f"{report.name}: {report.architecture}, {report.task}", bold=True),
        f"  parameters  {report.parameters:,} ({report.dtype} on {report.device})",
        f"  vocabulary  {report.vocabulary:,}; texts of up to {report.max_tokens:,} tokens",
        f"  fingerprint {report.fingerprint}",
    ]
    if report.task == "translation" and languages != "not stated -> not stated":
        known = f" (of {len(report.languages)})" if report.languages else ""
        lines.append(f"  languages   {languages}{known}")
    if report.labels:
        lines.append(f"  classes     {', '.join(report.labels[:12])}")
    special = ", ".join(
        f"{role.removesuffix('_token')} {token}" for role, token in report.special_tokens.items()
    )
    lines += [f"  special     {special}", f"  score       {report.score}"]
    if report.unused_weights:
        left = ", ".join(f"{part} ({n})" for part, n in report.unused_weights.items())
        lines += [
            "  " + click.style("not used", fg="yellow") + f"    weights of the checkpoint: {left}",
            "              Are there layers among them? Then config.json names too few.",
        ]
    for stack in report.stacks:
        heads = "" if stack.heads is None else f", {stack.heads} heads"
        layers = "1 layer" if stack.layers == 1 else f"{stack.layers} layers"
        lines += ["", click.style(f"{stack.name}: {layers}{heads}", bold=True)]
        lines += [f"  {site:<16} {width:>7,} units" for site, width in stack.sites.items()]
    lines += ["", click.style("Laws", bold=True)]
    for law in report.laws:
        mark, colour = _MARK[law.state]
        lines.append(f"  {click.style(f'{mark:<7}', fg=colour)} {law.name}: {law.detail}")
    lines += ["", click.style("What can be done with it", bold=True)]
    for ability in report.abilities:
        mark, colour = ("yes", "green") if ability.possible else ("no", "yellow")
        lines.append(f"  {click.style(f'{mark:<7}', fg=colour)} {ability.name}: {ability.why}")
    broken = sum(law.state == "broken" for law in report.laws)
    verdict = (
        "All laws that apply hold: what NeuroX shows of this model is right."
        if report.ok
        else f"{broken} law{'s are' if broken > 1 else ' is'} broken: do not trust what NeuroX "
        "shows of this model. Please report it."
    )
    return "\n".join([*lines, "", click.style(verdict, bold=True)])
