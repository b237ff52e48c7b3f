"""A page in which every run of a model can be taken: the automaton as data, and a script that follows it.

`table.py` writes the automaton that the engines extract as plain data, and `announced.py` what each of its edges
announces. `page/core.js` computes with that, and with nothing else; `page.py` puts both into one file. `link.py` reads
the address that the page gives a run, and `chain.py` makes a run on integers of it.
"""
