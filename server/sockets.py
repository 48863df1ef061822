"""Socket.IO: live decoding while a slider moves, and news of jobs.

A hand moves a slider faster than a model decodes. Each connection therefore has one request being
computed and at most one waiting; a newer request takes the waiting one's place, which is answered
at once as superseded. The one being computed is finished, so that the text keeps moving under a
hand that does not stop.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO
from pydantic import ValidationError

from .api.live import translate_now
from .contracts import Job, TranslateRequest, TranslateResponse
from .errors import ApiError, error_body, validation_body
from .security import carries, check_host, same
from .services import Services

LOG = logging.getLogger(__name__)


class Turns:
    """Who of one connection's requests is computed; see the module."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._busy = False
        self._arrivals = 0
        self._newest = (-1, 0)

    @contextmanager
    def turn(self, number: int) -> Iterator[bool]:
        """Wait for a turn; True if this request is still the newest when it gets one.

        Parameters
        ----------
        number : int
            The client's own number; a smaller one than the newest is old however late it came.
        """
        with self._changed:
            self._arrivals += 1
            mine = (number, self._arrivals)
            self._newest = max(self._newest, mine)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy or self._newest != mine)
            wanted = self._newest == mine
            if wanted:
                self._busy = True
        try:
            yield wanted
        finally:
            if wanted:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()


def connect(socketio: SocketIO, services: Services) -> None:
    """Answer the events of a Socket.IO server."""
    turns: dict[str, Turns] = {}
    guard = Lock()

    @socketio.on("connect")
    def connected(auth: Any = None) -> None:
        try:
            check_host(request, services.settings)
        except ApiError as error:
            raise ConnectionRefusedError(str(error)) from error
        token = services.settings.token
        given = auth.get("token") if isinstance(auth, dict) else None
        if token is not None and not (
            (isinstance(given, str) and same(given, token))
            or carries(request, token, request.args.get("token"))
        ):
            raise ConnectionRefusedError("This server needs its access token.")
        with guard:
            turns[request.sid] = Turns()  # type: ignore[attr-defined]

    @socketio.on("disconnect")
    def disconnected(reason: Any = None) -> None:
        with guard:
            turns.pop(request.sid, None)  # type: ignore[attr-defined]

    @socketio.on("translate")
    def translate(body: Any = None) -> dict[str, Any]:
        try:
            asked = TranslateRequest.model_validate(body)
        except ValidationError as error:
            return validation_body(error).model_dump(mode="json")
        with guard:
            mine = turns.setdefault(request.sid, Turns())  # type: ignore[attr-defined]
        try:
            with mine.turn(asked.request) as wanted:
                if not wanted:
                    return _superseded(asked)
                return translate_now(services, asked).model_dump(mode="json")
        except Exception as error:
            told = error_body(error)
            if told.status >= 500:
                LOG.exception("a live translation failed")
            return told.model_dump(mode="json")


def publish(socketio: SocketIO, job: Job) -> None:
    """Tell every open page of a job."""
    socketio.emit("job", job.model_dump(mode="json"))


def _superseded(asked: TranslateRequest) -> dict[str, Any]:
    return TranslateResponse(
        request=asked.request, superseded=True, milliseconds=0.0, items=[]
    ).model_dump(mode="json")
