"""A file that a library writes to which cannot be told that a disk is full.

HDF5 tries to write once more when it is closed, for every object that is still open, and when the
process ends, which then crashes. So it is told that all went well, and what went wrong is raised
to whoever has the file written.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType


class Sink:
    """A new file; :class:`OSError` from :meth:`check`, or in the end, if it could not be written.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes | memoryview) -> int:
        """Write all of it, unless something went wrong before."""
        rest = memoryview(data)
        try:
            while self._error is None and len(rest):
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._error = error
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        """Make it longer or shorter."""
        try:
            if self._error is None:
                return self._file.truncate(size)
        except OSError as error:
            self._error = error
        return size or 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """Read what was written."""
        return self._file.read(size)

    def readinto(self, into: bytearray | memoryview) -> int:
        """The same into given memory."""
        return self._file.readinto(into) or 0

    def flush(self) -> None:
        """Nothing is held back."""

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._file.close()
        # What the library says of a file that lacks parts is due to that, too.
        if error is None or isinstance(error, Exception):
            self.check()
