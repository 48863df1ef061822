"""Check the Dockerfile against the rules of this project, without a Docker engine.

The rules: several stages, of which only the last one ships; every base image with a version; what
is copied exists and is not kept out by ``.dockerignore``; the last stage runs as a user other than
root, has one volume, one port, a health check on ``/healthz`` and commands in the form that needs
no shell; it installs nothing and holds no build tool; nothing secret is baked in.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
TOOLS = re.compile(r"\b(gcc|g\+\+|build-essential|make|npm|node|git|pip install|apt-get install)\b")
SECRET = re.compile(r"\b\w*(TOKEN|PASSWORD|SECRET|API_KEY)\w*\s*=\s*\S", re.IGNORECASE)


@dataclass
class Stage:
    """The instructions between one FROM and the next."""

    image: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        """Arguments of every such instruction, in order."""
        return [text for word, text in self.steps if word == instruction]


def parse(text: str) -> list[Stage]:
    """Stages of a Dockerfile; ValueError for what is no instruction."""
    joined = re.sub(r"\\\s*\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    found: list[Stage] = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        if word not in KNOWN:
            raise ValueError(f"not an instruction: {line[:60]!r}")
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            found.append(Stage(image.strip(), name.strip()))
        elif found:
            found[-1].steps.append((word, rest.strip()))
    return found


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong, one sentence each; empty if all is well."""
    stages = parse((root / "Dockerfile").read_text(encoding="utf-8"))
    if len(stages) < 2:
        return ["There is one stage only; build tools would ship."]
    last = stages[-1]
    found = [p for stage in stages for p in _stage_problems(stage, stages, root)]
    found += _runtime_problems(last)
    found += _ignore_problems(root)
    return found


def _stage_problems(stage: Stage, stages: list[Stage], root: Path) -> list[str]:
    names = {s.name for s in stages if s.name}
    found = []
    if stage.image not in names and not re.search(r":[\w.-]*\d", stage.image):
        found.append(f"{stage.image} has no version.")
    if stage is not stages[-1] and not stage.name:
        found.append(f"The build stage from {stage.image} has no name.")
    if stage.all("ADD"):
        found.append("ADD fetches and unpacks silently; use COPY.")
    for text in stage.all("COPY"):
        words = shlex.split(text)
        source = [w.removeprefix("--from=") for w in words if w.startswith("--from=")]
        if source and source[0] not in names:
            found.append(f"COPY --from={source[0]}: there is no such stage.")
        if not source:
            files = [w for w in words if not w.startswith("--")][:-1]
            found += [f"COPY {f}: no such file." for f in files if not (root / f).exists()]
            found += [f"COPY {f}: .dockerignore keeps it out." for f in files if _ignored(f, root)]
    for instruction in ("ENV", "ARG"):
        if any(SECRET.search(text) for text in stage.all(instruction)):
            found.append(f"{instruction} holds something secret.")
    return found


def _runtime_problems(last: Stage) -> list[str]:
    found = []
    users = last.all("USER")
    if not users or users[-1].partition(":")[0] in ("root", "0"):
        found.append("The last stage runs as root.")
    order = [word for word, _ in last.steps]
    if users and "RUN" in order[order.index("USER") :]:
        found.append("The last stage runs commands after USER, which need rights it gave away.")
    for instruction in ("VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"):
        if len(last.all(instruction)) != 1:
            found.append(f"The last stage needs exactly one {instruction}.")
    if any(len(text.split()) > 1 for text in last.all("VOLUME") + last.all("EXPOSE")):
        found.append("The last stage has more than one volume or port.")
    for text in last.all("CMD") + [h.partition("CMD ")[2] for h in last.all("HEALTHCHECK")]:
        try:
            json.loads(text)
        except ValueError:
            found.append(f"Not in the form that needs no shell: {text[:50]!r}.")
    if not any("/healthz" in text for text in last.all("HEALTHCHECK")):
        found.append("The health check does not ask /healthz.")
    if any(TOOLS.search(text) for text in last.all("RUN")):
        found.append("The last stage installs or uses build tools.")
    if any(not t.startswith("--from=") for t in last.all("COPY")):
        found.append("The last stage copies from the build context.")
    return found


def _ignore_problems(root: Path) -> list[str]:
    wanted_out = (".git", ".venv", "node_modules", "demo/work", "tests", "server/static")
    return [f".dockerignore lets {name} in." for name in wanted_out if not _ignored(name, root)]


def _ignored(name: str, root: Path) -> bool:
    """Whether .dockerignore keeps a path out: the last line that matches it or a parent decides."""
    out = False
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    parents = [name.strip("/"), *map(str, Path(name).parents)]
    for line in filter(None, map(str.strip, lines)):
        pattern = line.lstrip("!").strip("/").removeprefix("**/")
        if any(fnmatch(part, pattern) for part in parents if part != "."):
            out = not line.startswith("!")
    return out


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    found = problems()
    print("\n".join(found) or "Dockerfile: all rules hold.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
