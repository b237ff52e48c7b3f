"""A bench on which a model's source is edited and its steps are taken, one by one, on plain integers.

It needs neither a solver nor Hypothesis, so that it runs in a browser (`docs/site/bench`). `bench.py` takes a question
as JSON and answers it; nothing is kept from one question to the next but the text that was read last.
"""
