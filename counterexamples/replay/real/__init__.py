"""A counterexample taken again on real Spark: the classes of a release, in a Java process, step by step.

`index`, `jars`, `java` and `worker` get a release to run; `expecting`, `units` and `driving` take a run of a model on
it; `comparing` holds the two against each other, and `telling` says what came of it. `helper` compiles what drives it.
"""
