"""Conditions as tests write them: how an expression stands to 0."""

from __future__ import annotations

from typing import Any

from spillproof.model.quantity import Condition, Is


def least(left: Any) -> Condition:
    """That it is 0 or more."""
    return Condition(left, Is.AT_LEAST_ZERO)


def zero(left: Any) -> Condition:
    """That it is 0."""
    return Condition(left, Is.ZERO)


def other(left: Any) -> Condition:
    """That it is not 0."""
    return Condition(left, Is.NOT_ZERO)
