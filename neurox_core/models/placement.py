"""Where a model runs and in what precision, as words that a person may write."""

from __future__ import annotations

import torch

from ..errors import InvalidInputError

DTYPES = {
    "float32": torch.float32, "fp32": torch.float32,
    "bfloat16": torch.bfloat16, "bf16": torch.bfloat16,
    "float16": torch.float16, "fp16": torch.float16,
}  # fmt: skip


def dtype_of(name: str | torch.dtype) -> torch.dtype:
    """A torch type from ``float32``, ``bf16`` and the like.

    Weights are never loaded in whatever precision the checkpoint happens to have: half precision
    changes results and is slow on most CPUs, so it has to be asked for.
    """
    if isinstance(name, torch.dtype):
        name = str(name).removeprefix("torch.")
    if name not in DTYPES:
        raise InvalidInputError(f"{name!r} is no precision; write float32, bf16 or fp16.")
    return DTYPES[name]


def device_of(name: str) -> torch.device:
    """A torch device from ``cpu``, ``cuda``, ``cuda:1``, ``mps`` or ``auto``.

    Raises
    ------
    InvalidInputError
        If this machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InvalidInputError(
            f"{name!r} is no device; write cpu, cuda, cuda:1, mps or auto."
        ) from error
    there = {
        "cpu": True, "meta": False, "mps": torch.backends.mps.is_available(),
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
    }.get(device.type, False)  # fmt: skip
    if not there:
        raise InvalidInputError(
            f"This machine has no device {name!r} that torch can use; write auto to take the best."
        )
    return device
