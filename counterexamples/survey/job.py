"""What is asked of a process, and what it replies: both are data, so that they can be sent, kept and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from spillproof.counterexamples.survey.sources import fingerprint

Json = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A function to call in a process, and what it is given."""

    call: str
    """Where it is: `package.module:function`. It takes `given` and a number of seconds, and returns a JSON object."""
    given: str
    """As JSON, with sorted keys: two jobs that are given the same are equal."""
    code: str = field(default_factory=fingerprint)
    """The fingerprint of the code that is to answer."""

    @classmethod
    def of(cls, call: str, given: Mapping[str, Any]) -> Job:
        """Return the job that gives these values, which JSON must have, to a function."""
        return cls(call, json.dumps(given, sort_keys=True, ensure_ascii=False))

    @property
    def key(self) -> str:
        """Return what a reply is kept under."""
        return sha256(json.dumps([self.call, self.given, self.code]).encode()).hexdigest()


@dataclass(frozen=True)
class Reply:
    """What a job led to."""

    said: Json | None = None
    """What the function returned; None where it could not. `open` in it says that more time could say more."""
    error: str = ""
    """Why there is none, in one line."""
    defect: bool = False
    """Whether that is a defect of this project."""
    seconds: float = 0.0
    """How long it took."""
    limit: float | None = None
    """The seconds that it had; None for any number of them."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The files besides this package that the process had read as code, each with its SHA-256."""

    def suffices(self, seconds: float | None) -> bool:
        """Return whether it need not be asked again with so many seconds."""
        if self.said is None:
            return False
        enough = self.limit is None or (seconds is not None and seconds <= self.limit)
        return enough or not self.said.get("open", False)

    def as_json(self) -> Json:
        """Return an object that `json.dumps` takes."""
        return asdict(self)
