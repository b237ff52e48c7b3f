"""cvc5 as a process of its own: a script of SMT-LIB 2 on standard input, an answer a line on standard output.

Run as a file, not imported: whatever becomes of cvc5 (it hangs, or takes all memory, or crashes), it can be ended.
"""

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose files have names that others may have as well

    import contextlib
    from importlib import import_module
    from typing import Any

    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system can bound memory
        import resource

        bytes_ = int(sys.argv[1]) << 20
        resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))

    cvc5: Any = import_module("cvc5")  # an extra, whose types no checker can read

    solver = cvc5.Solver()
    solver.setOption("incremental", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read(), "certificate")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        if answer := command.invoke(solver, symbols).strip():
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()
