"""`python -m spillproof` is the command `spillproof`."""

from spillproof.counterexamples.entry import main

if __name__ == "__main__":
    main()
