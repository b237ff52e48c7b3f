"""Class files are read: what a method does is the same however it was written."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from spillproof.counterexamples.replay import real
from spillproof.counterexamples.replay.real.fingerprints.class_file import ClassFileError, Method, read
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from tests.conformance.class_maker import Pool, class_file, code, op

HELPER = Path(real.__file__).with_name("helper.jar")


def method(data: bytes) -> Method:
    """The only method of a class."""
    return read(data).methods[0]


def called(owner: str, *, far: bool) -> bytes:
    """A class that has a text and calls a method with it, unless it is told to skip that."""

    def body(pool: Pool) -> bytes:
        text, target = pool.string("words"), pool.member(10, owner, "say", "(Ljava/lang/String;)V")
        load = op("ldc_w", "H", text) if far else op("ldc", "B", text)
        jump = op("ifeq", "h", 3 + len(load) + 3)
        return code(op("iload_0"), jump, load, op("invokestatic", "H", target), op("return"))

    return class_file(body, fillers=300 if far else 0, lines=3 if far else 0)


def test_how_a_class_is_written_makes_no_difference() -> None:
    """With 300 more constants, other instructions to load one, other offsets and lines, a method is the same."""
    assert called("x/Y", far=False) != called("x/Y", far=True)
    assert list(method(called("x/Y", far=False)).lines()) == [
        "run()V",
        "iload_0",
        "ifeq @4",
        "ldc 'words'",
        "invokestatic x/Y.say:(Ljava/lang/String;)V",
        "return",
    ]
    assert method(called("x/Y", far=True)) == method(called("x/Y", far=False))


def test_what_a_method_calls_makes_a_difference() -> None:
    """Another class called is another method."""
    assert method(called("x/Z", far=False)) != method(called("x/Y", far=False))


def test_a_table_of_cases_is_a_list_of_them() -> None:
    """The two instructions for a switch say the same, if they do the same."""
    rest = code(op("nop"), op("return"))
    table = code(
        op("iload_0"), op("tableswitch"), b"\0\0", b"".join(n.to_bytes(4, "big") for n in (23, 5, 6, 24, 23)), rest
    )
    listed = code(
        op("iload_0"), op("lookupswitch"), b"\0\0", b"".join(n.to_bytes(4, "big") for n in (27, 2, 5, 28, 6, 27)), rest
    )

    found = [method(class_file(lambda _, body=body: body)) for body in (table, listed)]  # type: ignore[misc]

    assert str(found[0].instructions[1]) == "switch 5 @3 6 @2 default @2"
    assert found[0] == found[1]


def test_a_wide_instruction_has_the_number_of_its_variable() -> None:
    """A variable beyond the 256th is loaded, and added to."""
    body = code(op("wide"), op("iload", "H", 300), op("wide"), op("iinc", "Hh", 300, -2), op("return"))

    assert [str(each) for each in method(class_file(lambda _: body)).instructions] == [
        "iload 300",
        "iinc 300 -2",
        "return",
    ]


def test_handlers() -> None:
    """What is caught, from where to where: by the places of instructions; a finally catches any."""
    body = code(op("sipush", "h", 7), op("pop"), op("return"), op("athrow"))
    found = method(class_file(lambda _: body, handlers=((0, 4, 5, "java/io/IOException"), (4, 5, 5, ""))))

    assert list(found.lines())[-2:] == ["0 2 3 java/io/IOException", "2 3 3 any"]


def test_text_may_have_zeros() -> None:
    """Java writes the character 0 as two bytes that are not UTF-8."""
    data = class_file(lambda pool: code(op("ldc", "B", pool.string(b"a\xc0\x80b")), op("return")))

    assert method(data).instructions[0].operands == (repr("a\0b"),)


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"\xca\xfe\xba\xbe", called("x/Y", far=False)[:-20]])
def test_what_is_not_a_class_file_is_said(data: bytes) -> None:
    """A file of another kind, and one that is cut off, raise one error."""
    with pytest.raises(ClassFileError, match="not a class file"):
        read(data)


def test_a_constant_of_an_unknown_kind_is_said() -> None:
    """As of a Java to come."""
    data = class_file(lambda pool: code(op("ldc", "B", pool.add(b"\x63\0\0"))))

    with pytest.raises(ClassFileError, match="not a class file that is whole: KeyError 99"):
        read(data)


needs_javap = pytest.mark.skipif(shutil.which("javap") is None, reason="javap comes with a Java development kit")


@needs_javap
def test_the_disassembler_reads_the_same() -> None:
    """Java's own disassembler names the same instructions, in the same order, of every method of the helper."""
    with zipfile.ZipFile(HELPER) as archive:
        names = [name for name in archive.namelist() if name.endswith(".class")]
        ours = [
            each.name for name in names for found in read(archive.read(name)).methods for each in found.instructions
        ]
    told = subprocess.run(
        ["javap", "-c", "-p", "-cp", str(HELPER), *(name.removesuffix(".class").replace("/", ".") for name in names)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = [plain(word) for word in re.findall(r"^ +\d+: ([a-z]\w*)", told, re.MULTILINE)]

    assert len(ours) > 2_500
    assert ours == theirs


def plain(word: str) -> str:
    """An instruction without its length."""
    return {"ldc_w": "ldc", "goto_w": "goto", "tableswitch": "switch", "lookupswitch": "switch"}.get(word, word)


# Closures and accessors


def test_a_method_has_the_closures_that_are_made_in_it() -> None:
    """A lambda is a method of its own; it counts with the method that makes it, and has no number."""
    program = Program([HELPER])
    with_lambda = [
        (found.name, each.name)
        for name in program.names()
        if (found := program.class_file(name.removesuffix(".class"))) is not None
        for each in found.methods
        if any("lambda$" in str(operand) for line in each.instructions for operand in line.operands)
    ]
    assert with_lambda

    for owner, name in with_lambda:
        inner = [each.name for each in program.methods(owner, name) if each.name.startswith("lambda$")]
        assert inner
        assert all(re.fullmatch(r"lambda\$\w+\$", each) for each in inner)


def test_an_accessor_is_what_it_gives_access_to(tmp_path: Path) -> None:
    """An older compiler numbers a class's accessors, in the order in which they are needed: the number says nothing."""
    found = [of_accessor(tmp_path / f"{number}.jar", number) for number in (0, 300)]

    assert found[0] == ["run()V", "invokestatic a/C.access getfield a/C.used:J", "return"]
    assert found[1] == found[0]


def of_accessor(jar: Path, number: int) -> list[str]:
    """The lines of a method that calls the accessor with such a number."""

    def calls(pool: Pool) -> bytes:
        return code(op("invokestatic", "H", pool.member(10, "a/C", f"access${number}", "()V")), op("return"))

    def gets(pool: Pool) -> bytes:
        return code(op("aload_0"), op("getfield", "H", pool.member(9, "a/C", "used", "J")), op("lreturn"))

    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("a/B.class", class_file(calls))
        archive.writestr("a/C.class", class_file(gets, called=f"a/C.access${number}"))
    return [line for each in Program([jar]).methods("a/B", "run") for line in each.lines()]
