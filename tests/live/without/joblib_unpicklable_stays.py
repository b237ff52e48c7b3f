"""joblib's Memory leaves a broken file behind for each result that cannot be pickled."""

import tempfile
import warnings
from pathlib import Path


def main() -> int:
    import joblib

    warnings.simplefilter("ignore")  # it tells of each, and goes on
    with tempfile.TemporaryDirectory() as folder:
        compute = joblib.Memory(folder, verbose=0).cache(lambda _number: lambda: None)
        for number in range(3):
            compute(number)
        left = sorted(each.name for each in Path(folder).rglob("output.pkl*"))
        print(f"of three results that cannot be pickled: {left}")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
