"""Ports and health: is one free, which one is, does the server behind it answer."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from neurox_core.errors import InvalidInputError, NeuroXError


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there; port 0 always."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # A port whose last connection ended a moment ago is free to a server.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def ensure_free(host: str, port: int) -> None:
    """Raise InvalidInputError, naming the way out, if the port cannot be had."""
    if is_free(host, port):
        return
    if not is_free(host, 0):
        raise InvalidInputError(
            f"This machine has no address {host!r}. Use 127.0.0.1, or 0.0.0.0 for all addresses."
        )
    if port < 1024:
        reason = "is in use or needs more rights"
    else:
        reason = "is in use by another program, perhaps another NeuroX"
    raise InvalidInputError(
        f"Port {port} of {host} {reason}. Choose another one with --port, or --port 0 for any "
        "free one."
    )


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.bind((host, 0))
        port: int = trial.getsockname()[1]
    return port


def address(host: str, port: int) -> str:
    """What a browser on this machine opens."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def wait_until_healthy(url: str, timeout: float, ended: Callable[[], bool]) -> None:
    """Wait until ``/healthz`` answers ok.

    Parameters
    ----------
    url : str
        The server's root, with a slash at its end.
    timeout : float
        Seconds.
    ended : callable
        Asked between tries; True gives up.

    Raises
    ------
    NeuroXError
        If the server ended or did not answer in time.
    """
    until = time.monotonic() + timeout
    # A proxy of the environment must not stand between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until:
        if ended():
            raise NeuroXError("The server ended before it was ready; its messages are above.")
        try:
            with opener.open(f"{url}healthz", timeout=2) as answer:
                if json.load(answer).get("status") == "ok":
                    return
        except (OSError, ValueError, urllib.error.URLError):
            pass
        time.sleep(0.1)
    raise NeuroXError(f"The server at {url} did not answer within {timeout:g} seconds.")
