"""DataFusion, of Apache: operators reserve memory of a pool before they allocate it, and spill when it refuses.

The pool does not allocate. What an operator holds is what it says in its reservations, which give back what they have
when they are dropped.
"""

from __future__ import annotations

from spillproof.model.datafusion.external_sorter import Sorting
from spillproof.model.datafusion.fair_spill_pool import FairSpillPooling
from spillproof.model.datafusion.grouped_hash_aggregate_stream import Aggregating
from spillproof.model.library.engine import Engine, Manager

ENGINE = Engine(
    "datafusion",
    "DataFusion",
    "55.2.0",
    (
        Manager(
            "datafusion",
            "Consumers of DataFusion's FairSpillPool, each with any number of reservations.",
            FairSpillPooling,
            frozenset({"acquired_can_be_allocated", "no_limit_is_exceeded"}),
        ),
        Manager(
            "datafusion:sort",
            "DataFusion's ExternalSorter beside another consumer of a GreedyMemoryPool.",
            Sorting,
            frozenset({"a_satisfiable_request_is_satisfied"}),
        ),
        Manager("datafusion:aggregate", "DataFusion's hash aggregation, which sorts before it spills.", Aggregating),
    ),
)
