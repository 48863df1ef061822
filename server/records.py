"""What survives a restart: jobs and rankings, in SQLite or any database that SQLAlchemy speaks.

Results are small JSON documents. Arrays (stores, the order of a ranking) lie in the workspace as
files; a record only says what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, String, create_engine, delete, event, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from neurox_core.errors import NeuroXError

ACTIVE = ("queued", "running")


class RecordsError(NeuroXError):
    """The database cannot be opened."""

    code = "records"


class Base(DeclarativeBase):
    """Base of the tables."""


class JobRecord(Base):
    """One job; ``key`` is what its result depends on, ``owner`` the server that runs it."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    owner: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    project: Mapped[str] = mapped_column(String(80))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(default="")
    created: Mapped[str] = mapped_column(String(40), index=True)
    finished: Mapped[str | None] = mapped_column(String(40), default=None)
    result: Mapped[Any] = mapped_column(JSON, default=None)
    error: Mapped[Any] = mapped_column(JSON, default=None)


class RankingRecord(Base):
    """One ranking; its order and scores are in ``<workspace>/rankings/<id>.npz``."""

    __tablename__ = "rankings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(String(80), index=True)
    model: Mapped[str] = mapped_column(String(80), index=True)
    created: Mapped[str] = mapped_column(String(40))
    info: Mapped[dict[str, Any]] = mapped_column(JSON)


class Records:
    """The tables, opened.

    Parameters
    ----------
    url : str
        As SQLAlchemy writes it. Missing tables are made.

    Raises
    ------
    RecordsError
        If the database cannot be opened or written.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._engine: Engine = create_engine(url)
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _wait_for_others)
            Base.metadata.create_all(self._engine)
        except (SQLAlchemyError, ImportError) as error:
            raise RecordsError(
                f"The records at {url} cannot be opened: {error}. Check the address, or move the "
                "file away to begin anew."
            ) from error
        self._session = sessionmaker(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Give connections back."""
        self._engine.dispose()

    def session(self) -> Session:
        """A new session; use it as a context manager."""
        return self._session()

    def put(self, record: Base) -> None:
        """Write a record, new or changed."""
        try:
            with self._session.begin() as session:
                session.merge(record)
        except IntegrityError:  # Somebody else wrote the same one between our look and our write.
            with self._session.begin() as session:
                session.merge(record)

    def job(self, identifier: str) -> JobRecord | None:
        """A job by id."""
        with self.session() as session:
            return session.get(JobRecord, identifier)

    def jobs(self, limit: int = 100) -> Sequence[JobRecord]:
        """The newest jobs, newest first."""
        with self.session() as session:
            query = select(JobRecord).order_by(JobRecord.created.desc()).limit(limit)
            return session.scalars(query).all()

    def jobs_with(self, key: str) -> Sequence[JobRecord]:
        """Jobs that ask the same question, newest first."""
        with self.session() as session:
            query = select(JobRecord).where(JobRecord.key == key)
            return session.scalars(query.order_by(JobRecord.created.desc())).all()

    def unfinished(self) -> Sequence[JobRecord]:
        """Jobs that no server has brought to an end."""
        with self.session() as session:
            query = select(JobRecord).where(JobRecord.state.in_(ACTIVE))
            return session.scalars(query.order_by(JobRecord.created)).all()

    def ranking(self, identifier: str) -> RankingRecord | None:
        """A ranking by id."""
        with self.session() as session:
            return session.get(RankingRecord, identifier)

    def remove_ranking(self, identifier: str) -> None:
        """Forget a ranking."""
        with self._session.begin() as session:
            session.execute(delete(RankingRecord).where(RankingRecord.id == identifier))

    def rankings(self, project: str, model: str | None) -> Sequence[RankingRecord]:
        """The rankings of a project, or of one of its models, oldest first."""
        query = select(RankingRecord).where(RankingRecord.project == project)
        if model is not None:
            query = query.where(RankingRecord.model == model)
        with self.session() as session:
            return session.scalars(query.order_by(RankingRecord.created)).all()


def now() -> str:
    """The present moment as records write it (UTC, ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _wait_for_others(connection: Any, _: Any) -> None:
    """Readers never block the writer, and a second server waits its turn."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=5000")
