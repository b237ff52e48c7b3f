"""Values that a ledger makes: how they are pickled."""

import subprocess
import sys

CIRCLE = """
import gc, pickle
from spillproof.properties.live.measure import Ledger

ledger, beside = Ledger(), []
pickle.dumps(ledger.value(1, 1024), protocol=5, buffer_callback=lambda buffer: bool(beside.append(buffer)))
circle = [beside.pop()]
circle.append(circle)
before = ledger.reachable()
del circle
gc.collect()
print(before, ledger.reachable(), len(beside))
"""


def test_the_bytes_of_a_value_beside_its_pickle_are_collected_in_a_circle() -> None:
    """Whatever the collector of garbage meets first: a view of a view, it ended Python."""
    done = subprocess.run([sys.executable, "-c", CIRCLE], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "1024 0 0\n", "")
