"""The command ``neurox``: the demo, a server, and the toolkit from a shell.

Every command is a thin layer over the Python interface. Nothing heavy is imported until a command
runs, so that ``neurox --help`` answers at once. What goes wrong on purpose (any NeuroXError, a file
that cannot be read) is one line on the standard error and exit status 2; a stack trace is a bug.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from neurox_core.errors import CancelledError, NeuroXError

from .analyse import extract
from .by_task import classify
from .causal import ablate, prune
from .causes import attribute, compare, find
from .check import check
from .convert import export_command, import_command
from .decode import score, translate
from .groups import groups, try_command
from .inside import attention, tree
from .looking import nearest, similar, slices
from .properties import bias, control
from .rank import rank
from .sets import sets
from .start import demo, serve

__all__ = ["cli", "main"]

EPILOG = """
\b
Examples:
  neurox demo
  neurox check facebook/opt-125m
  neurox translate --model lstm-a "He left." --ablate "encoder.1.rnn_hidden[3]"
  neurox extract --model lstm-a --corpus demo --out acts
  neurox rank --method variance --store acts --top 20
  neurox score --model lstm-a --corpus demo --ablate "encoder.1.rnn_hidden[3]"
"""


class Problem(click.ClickException):
    """An error that a person can mend."""

    exit_code = 2


class Commands(click.Group):
    """A group that turns deliberate errors into one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except CancelledError as error:
            raise click.Abort from error
        except NeuroXError as error:
            raise Problem(str(error)) from error
        except BrokenPipeError:  # `neurox rank ... | head`: the reader has gone, which is fine
            # What is still buffered has nowhere to go; without this, the exit would try once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        except OSError as error:
            what = error.strerror or str(error)
            raise Problem(f"{error.filename}: {what}" if error.filename else what) from error


def _version() -> str:
    try:
        return version("neurox-app")
    except PackageNotFoundError:
        import neurox_core

        return neurox_core.__version__


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(_version(), prog_name="neurox")
def cli() -> None:
    """Neurons of translation models: see them, switch them off, turn them.

    A neuron is named by its layer and unit, such as "encoder.1.rnn_hidden[3]".
    """


for _command in (demo, serve, check, extract, rank, translate, classify, score):
    cli.add_command(_command)
for _command in (attention, tree, nearest, similar, slices):
    cli.add_command(_command)
for _command in (ablate, groups, attribute, compare, find, try_command, control, bias, sets, prune):
    cli.add_command(_command)
cli.add_command(export_command)
cli.add_command(import_command)


def main() -> None:
    """Entry point of the command ``neurox``."""
    cli(prog_name="neurox")
