"""Opening a checkpoint of OpenNMT-py: which network it holds."""

from __future__ import annotations

from pathlib import Path

from ..errors import ModelLoadError
from .base import TranslationModel
from .opennmt_files import find_checkpoint, read_checkpoint


def load_opennmt(place: Path, name: str, device: str = "cpu") -> TranslationModel:
    """Open a ``.pt`` file, or the only one in a folder.

    Raises
    ------
    ModelLoadError
        If it is no checkpoint of OpenNMT-py 2 or 3, or holds a network that NeuroX does not read.
    """
    path = find_checkpoint(place)
    if path is None:
        raise ModelLoadError(f"{place} is no checkpoint of OpenNMT-py, nor a folder with one.")
    checkpoint = read_checkpoint(path)
    kinds = (str(checkpoint.option("encoder_type")), str(checkpoint.option("decoder_type")))
    if kinds in (("rnn", "rnn"), ("brnn", "rnn"), ("rnn", "ifrnn"), ("brnn", "ifrnn")):
        from .opennmt_recurrent import OpenNMTRecurrentModel

        return OpenNMTRecurrentModel(checkpoint, name, device)
    if kinds == ("transformer", "transformer"):
        from .opennmt_transformer import OpenNMTTransformer

        return OpenNMTTransformer.open(checkpoint, name, device)
    raise ModelLoadError(
        f"{path} has an encoder of type {kinds[0]} and a decoder of type {kinds[1]}; NeuroX reads "
        "rnn, brnn and transformer."
    )
