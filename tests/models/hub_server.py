"""A hub on this machine: the few routes of the model hub that opening a model asks for."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Hub:
    """What the server gives.

    Attributes
    ----------
    models : dict of str to dict of str to Path
        By name and then by revision, the folder with the files.
    gated, closed : set of str
        Models whose files, or whose very page, only those may see who asked for it.
    broken : set of str
        Models whose weights come half and then the connection ends.
    asked : list of str
        Method and path of all requests.
    address : str
    """

    models: dict[str, dict[str, Path]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def commit(self, name: str, revision: str) -> str | None:
        """The commit of a branch or of itself; None if there is none."""
        commits = {r: hashlib.sha1(f"{name}@{r}".encode()).hexdigest() for r in self.models[name]}
        return commits.get(revision, revision if revision in commits.values() else None)

    def folder(self, name: str, commit: str) -> Path:
        """The files of a commit."""
        return next(f for r, f in self.models[name].items() if self.commit(name, r) == commit)


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve until the end of the block, on a free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            hub.asked.append(f"{self.command} {path}")
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
                self.about(found[1], found[2] or "main", "blobs" in query)
            elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                self.file(found[1], found[2], found[3])
            else:
                self.refuse(404, "Unknown")

        def commit(self, name: str, revision: str, of_file: bool) -> str | None:
            if name not in hub.models:
                self.refuse(401, "RepoNotFound")
            elif name in hub.closed or (of_file and name in hub.gated):
                self.refuse(403, "GatedRepo")
            elif (commit := hub.commit(name, revision)) is None:
                self.refuse(404, "RevisionNotFound")
            else:
                return commit
            return None

        def about(self, name: str, revision: str, sizes: bool) -> None:
            commit = self.commit(name, revision, of_file=False)
            if commit is None:
                return
            folder = hub.folder(name, commit)
            files: list[dict[str, object]] = []
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                size = {"size": path.stat().st_size} if sizes else {}
                files.append({"rfilename": str(path.relative_to(folder)), **size})
            self.give(json.dumps({"id": name, "sha": commit, "siblings": files}).encode())

        def file(self, name: str, revision: str, file: str) -> None:
            commit = self.commit(name, revision, of_file=True)
            if commit is None:
                return
            path = hub.folder(name, commit) / file
            if not path.is_file():
                return self.refuse(404, "EntryNotFound")
            content = path.read_bytes()
            headers = {"X-Repo-Commit": commit, "ETag": f'"{hashlib.sha1(content).hexdigest()}"'}
            first = int((re.findall(r"bytes=(\d+)-", self.headers.get("Range", "")) or [0])[0])
            if first:
                headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            half = name in hub.broken and file.endswith(".safetensors")
            self.give(content[first:], headers, 206 if first else 200, half=half)

        def refuse(self, status: int, code: str) -> None:
            self.give(b"", {"X-Error-Code": code, "X-Error-Message": code}, status)

        def give(
            self, content: bytes, headers: dict[str, str] | None = None, status: int = 200,
            half: bool = False,
        ) -> None:  # fmt: skip
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            self.wfile.write(content[: len(content) // 2] if half else content)
            self.close_connection = half

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
