"""What a model is called."""

import shlex

import pytest

from spillproof.model.title import Title, is_path


@pytest.mark.parametrize(
    ("text", "title", "shell"),
    [
        ("spark@2.4.0", Title("spark@2.4.0"), "spark@2.4.0"),
        (
            "spark@2.3.4 with A with B without C",
            Title("spark@2.3.4", ("A", "B"), ("C",)),
            "spark@2.3.4 --with A --with B --without C",
        ),
        ("my models/pool.py:Pool", Title("my models/pool.py:Pool"), "'my models/pool.py:Pool'"),
        ("C:\\pool.py:Pool", Title("C:\\pool.py:Pool"), "'C:\\pool.py:Pool'"),
    ],
)
def test_a_title_is_text_and_words_of_a_command(text: str, title: Title, shell: str) -> None:
    """A title is read from what it is written as; the command is told of it in words."""
    assert Title.parse(text) == title
    assert str(title) == text
    assert shlex.join(title.shell()) == shell


@pytest.mark.parametrize("name", ["pool.py", "pool.py:Pool", "models/pool:Pool", "..\\pool.py:Pool", "./x"])
def test_a_path(name: str) -> None:
    """What ends in .py before the colon, or has folders, is a file."""
    assert is_path(name)


@pytest.mark.parametrize("name", ["spark@2.3.4", "spark:merge@2.4.0", "python:zict-buffer+repaired", "kv.pyramid"])
def test_a_name(name: str) -> None:
    """Everything else is a name of the catalogue, be it one or not."""
    assert not is_path(name)
