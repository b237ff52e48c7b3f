"""What is counted free and still held is found, by whom it is held, and nothing else is accused."""

import html
import json
from pathlib import Path

import pytest

from spillproof.counterexamples.command import run
from spillproof.counterexamples.heap import inquiry
from spillproof.counterexamples.heap.heap_text import tell
from spillproof.counterexamples.heap.page import page
from spillproof.counterexamples.heap.record import recorded
from spillproof.counterexamples.heap.result import Result
from spillproof.model.errors import ModelError
from tests.counterexamples.heap.heaps import COLLECTION, Spark
from tests.counterexamples.heap.hprof import Dump
from tests.counterexamples.heap.test_reader import SILENT

MB = 1 << 20


def asked(dump: Dump, tmp_path: Path, accountant: str = "") -> Result:
    """Return what is found in a dump."""
    return inquiry.asked(dump.write(tmp_path / "a.hprof"), accountant, SILENT)


def incident() -> Dump:
    """Return the heap of the report: E1 has released 3 MB that its iterator holds, E2 accounts for its 2 MB."""
    spark = Spark()
    spark.consumer(0, 3 * MB, released=True)
    spark.consumer(2 * MB, 2 * MB, reading=False)
    return spark.done()


def test_a_released_map_behind_its_iterator(tmp_path: Path) -> None:
    """E1 is accounted 0 and holds its 3 MB: SPARK-22713, its path, and the reference to cut."""
    found = asked(incident(), tmp_path)

    (fault,) = found.found
    assert fault.fault is not None
    assert (fault.fault.name, fault.fault.fixed, fault.fault.cut) == (
        "SPARK-22713",
        "2.4.0",
        "SpillableIterator.upstream",
    )
    assert fault.bytes == 3 * MB
    assert fault.path[:-1] == ("readingIterator", "upstream", "$outer")
    assert found.exit_status() == 1


def test_the_account_of_each(tmp_path: Path) -> None:
    """E1 holds 3 MB, E2 2 MB, and 2 MB are accounted: of 10 MB the pool believes 8 MB free, and 5 MB are."""
    found = asked(incident(), tmp_path)

    account = found.accounts[0]
    assert account.label == "task 7"
    assert [(each.accounted, round(each.held / MB, 2)) for each in account.consumers] == [(0, 3), (2 * MB, 2)]
    assert all(each.shared < 64 for each in account.consumers)
    (pool,) = found.pools
    assert (pool.capacity, pool.believed) == (10 * MB, 10 * MB)  # its own counters have nothing: there are none here


@pytest.mark.parametrize(
    ("used", "held", "released"),
    [
        (3 * MB, 3 * MB, False),  # it accounts for what it holds
        (2 * MB + MB // 2, 3 * MB, False),  # sizes are estimated: within a quarter
        (0, 3 * MB, False),  # below 5 MB a collection asks for nothing
        (0, 0, True),  # repaired: released, and nothing is there
        (3 * MB, 0, True),  # it accounts for more than it holds
    ],
)
def test_nobody_is_accused(tmp_path: Path, used: int, held: int, released: bool) -> None:  # noqa: FBT001 - a table
    """Who holds no more than it may is not accused."""
    spark = Spark()
    spark.consumer(used, held, released=released)

    found = asked(spark.done(), tmp_path)

    assert found.found == ()
    assert found.exit_status() == 0


def test_more_than_its_account_and_not_known(tmp_path: Path) -> None:
    """A map that holds 6 MB beyond its account, and has not released it, has no fault that is known: that is said."""
    spark = Spark()
    spark.consumer(MB, 7 * MB)

    (found,) = asked(spark.done(), tmp_path).found

    assert found.fault is None
    assert round(found.bytes / MB, 2) == 6
    assert "no fault of this shape is known" in " ".join(tell(asked(spark.dump, tmp_path)).split())


def test_bytes_off_the_heap(tmp_path: Path) -> None:
    """What is accounted off the heap is not compared with what is on it."""
    spark = Spark()
    spark.consumer(0, 7 * MB, mode="OFF_HEAP")

    found = asked(spark.done(), tmp_path)

    assert found.found == ()
    assert found.accounts[0].accounted == 0


def test_what_two_consumers_hold(tmp_path: Path) -> None:
    """What two consumers hold is shared by both, and counted once for the task."""
    spark = Spark()
    both = spark.dump.array("byte", 4 * MB)
    for _ in range(2):
        node = spark.dump.later("org.apache.spark.util.collection.ExternalAppendOnlyMap")
        spark.dump.set(
            node, "org.apache.spark.util.collection.ExternalAppendOnlyMap",
            {"used": 4 * MB, "taskMemoryManager": spark.manager, "extra": both},
        )  # fmt: skip
        spark.consumers.append(node)

    (account,) = asked(spark.done(), tmp_path).accounts

    assert [each.shared for each in account.consumers] == [4 * MB + 16] * 2
    assert account.held < 4 * MB + 200


def test_the_ways_are_merged(tmp_path: Path) -> None:
    """Both ways to the map are told, with what they have in common once."""
    spark = Spark()
    node = spark.consumer(0, 3 * MB, released=True)
    dump = spark.dump
    dump.class_("example.Downstream", source="object")
    of = dump.classes["org.apache.spark.util.collection.ExternalAppendOnlyMap$SpillableIterator"].address
    iterator = next(int.from_bytes(each[1:9]) for each in dump.heap if each[13:21] == dump.id(of))
    dump.root(dump.new("example.Downstream", source=iterator), 0x03, 1, 0)

    found = asked(spark.done(), tmp_path)
    text = tell(found)

    assert node
    assert len(found.found[0].ways) == 2
    assert text.count("AppendOnlyMap$$anon$1.$outer") == 1
    assert "Downstream.source" in text
    assert "ExternalAppendOnlyMap.readingIterator" in text


def test_a_heap_without_accountants(tmp_path: Path) -> None:
    """Where nobody accounts, nothing can be compared: status 3, and which class was looked for."""
    dump = Dump()
    dump.root(dump.text("x"))

    found = asked(dump, tmp_path)

    assert found.exit_status() == 3
    assert found.program == ""
    assert "org.apache.spark.memory.TaskMemoryManager" in " ".join(tell(found).split())


def chain(length: int) -> Dump:
    """Return the dump of a list, each node of which has the next; the last has a text, which is another class."""
    dump = Dump()
    node = dump.class_("Node", next="object")
    last = dump.text("x" * 1000)
    for _ in range(length):
        last = dump.new(node, next=last)
    dump.root(last)
    return dump


def test_a_chain_is_drawn_together(tmp_path: Path) -> None:
    """Objects each of which holds the next by the same field are one line of the tree, with what the last one holds."""
    (first,) = (each for each in asked(chain(9), tmp_path).tree if each.name == "Node")
    (others,) = first.below
    (text,) = others.below

    assert (first.times, first.by) == (1, "")
    assert (others.by, others.in_a_row()) == ("next", ", 8 in a row")
    assert (text.name, text.by) == ("java.lang.String", "next")


def test_a_chain_of_any_length_is_one_line(tmp_path: Path) -> None:
    """A list that is longer than the tree has objects is said to have at least as many."""
    found = asked(chain(4000), tmp_path)
    (line,) = (each for each in tell(found).splitlines() if "in a row" in each)

    assert "next* Node, at least 2,9" in line
    assert "next* <" not in page(found)
    assert "in a row" in page(found)


def test_what_is_missing_is_no_clean_bill(tmp_path: Path) -> None:
    """Of a dump that is cut off nothing good is concluded: status 3, and a question mark."""
    spark = Spark()
    spark.consumer(3 * MB, 3 * MB)
    whole = spark.done().written()
    (tmp_path / "a.hprof").write_bytes(whole[:-9])

    found = inquiry.asked(tmp_path / "a.hprof", "", SILENT)

    assert found.exit_status() == 3
    assert "The dump is not whole" in " ".join(tell(found).split())


def test_names_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    """A class that is called like an escape sequence, or like markup, is text everywhere."""
    spark = Spark()
    spark.consumer(0, 3 * MB, released=True)
    evil = spark.dump.class_("ev\x1b[31mil<script>alert(1)</script>")
    big = spark.dump.objects([spark.dump.new(evil)] * 9, f"{evil}[]")
    spark.dump.root(spark.dump.objects([big, spark.dump.array("byte", 9 * MB)], f"{evil}[]"))

    found = asked(spark.done(), tmp_path)

    assert "\x1b" not in tell(found)
    assert "\x1b" not in page(found)
    assert "<script" not in page(found)


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    """The page has no script, its style is known by its digest, and nothing in it names another place."""
    text = html.unescape(page(asked(incident(), tmp_path)))

    assert "default-src 'none'; style-src 'sha256-" in text
    assert "SPARK-22713" in text
    assert not any(each in text for each in ("<script", "http://", "https://", "src=", "url(", "style="))


def test_json_says_the_same(tmp_path: Path) -> None:
    """What is recorded can be read by others, and has the verdict, the fault and the pool."""
    told = json.loads(json.dumps(recorded(asked(incident(), tmp_path))))

    assert told["status"] == 1
    assert told["counted_free_and_held"][0]["fault"]["name"] == "SPARK-22713"
    assert told["accounts"][0]["consumers"][0]["held"] >= 3 * MB


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 1, and leaves a page, a report, and the run of the model that matches, which replays."""
    dump = incident().write(tmp_path / "a.hprof")

    assert run(["heap", str(dump), "--out", str(tmp_path / "found")]) == 1
    assert {each.name for each in (tmp_path / "found").iterdir()} == {
        "index.html", "report.json", "spark-22713-forced-spill.itf.json",
    }  # fmt: skip
    assert run(["replay", str(tmp_path / "found" / "spark-22713-forced-spill.itf.json")]) == 1
    assert "SPARK-22713" in capsys.readouterr().out


def test_a_log_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log's last words on each consumer stand beside what the heap has of it, joined by task, class and amount."""
    name = "org.apache.spark.util.collection.ExternalAppendOnlyMap"
    (tmp_path / "executor.log").write_text(
        "18/03/01 10:00:01 INFO Executor: Running task 0.0 in stage 1.0 (TID 7)\n"
        f"18/03/01 10:00:02 DEBUG TaskMemoryManager: Task 7 acquired 3.0 MB for {name}@1a\n"
        "18/03/01 10:00:03 INFO ExternalAppendOnlyMap: Task 7 force spilling in-memory map to disk and it will release "
        "3.0 MB memory\n"
        f"18/03/01 10:00:03 DEBUG TaskMemoryManager: Task 7 release 3.0 MB from {name}@1a\n"
        f"18/03/01 10:00:03 DEBUG TaskMemoryManager: Task 7 released 3.0 MB from {name}@1a for {name}@2b\n"
        f"18/03/01 10:00:03 DEBUG TaskMemoryManager: Task 7 acquired 2.0 MB for {name}@2b\n"
    )
    dump = incident().write(tmp_path / "a.hprof")

    assert run(["heap", str(dump), str(tmp_path / "executor.log"), "--json"]) == 1
    moments = json.loads(capsys.readouterr().out)["moments"]

    assert [(each["logged"][:2], each["accounted"], round(each["held"] / MB)) for each in moments] == [
        ("E1", 0, 3), ("E2", 2 * MB, 2),
    ]  # fmt: skip
    assert "released 3.0 MB at 10:00:0" in moments[0]["words"]


# Accountants of one's own


OWN = """\
name = "Example"
[[accountant]]
name = "pool"
class = "example.Pool"
label = "pool {name}"
consumers = ["buffers"]
consumer = "example.Buffer"
accounted = "size"
"""


def own(sizes: list[tuple[int, int]]) -> Dump:
    """Return the heap of a program with a pool of buffers: what each accounts for, and what it has."""
    dump = Dump()
    dump.class_("java.util.ArrayList", elementData="object")
    dump.class_("example.Pool", name="object", buffers="object")
    dump.class_("example.Buffer", size="long", data="object")
    made = [dump.new("example.Buffer", size=size, data=dump.array("byte", held)) for size, held in sizes]
    buffers = dump.new("java.util.ArrayList", elementData=dump.objects(made))
    dump.root(dump.new("example.Pool", name=dump.text("main"), buffers=buffers))
    return dump


def test_a_manager_of_ones_own(tmp_path: Path) -> None:
    """A file says which class accounts; a buffer that was given back and still has its bytes is found."""
    (tmp_path / "own.toml").write_text(OWN)

    found = asked(own([(MB, MB), (0, 2 * MB)]), tmp_path, str(tmp_path / "own.toml"))

    assert found.accounts[0].label == "pool main"
    assert [(each.holder, each.bytes, each.path[0]) for each in found.found] == [("Buffer#2", 2 * MB + 16 + 24, "data")]


NESTED = OWN.replace(
    "[[accountant]]", '[pool]\nclass = "example.Pool"\ncapacity = "capacity"\naccounted = ["used"]\n[[accountant]]'
).replace("consumers =", 'pool = "parent"\nconsumers =')


def test_pools_within_pools(tmp_path: Path) -> None:
    """What those below a pool hold, it has truly, too: one of 10 MB believes 1 MB used, and has 2 MB of a child."""
    dump = Dump()
    dump.class_("java.util.ArrayList", elementData="object")
    dump.class_("example.Pool", capacity="long", used="long", name="object", buffers="object", parent="object")
    dump.class_("example.Buffer", size="long", data="object")

    def pool(capacity: int, used: int, parent: int, size: int, held: int) -> int:
        buffer = dump.new("example.Buffer", size=size, data=dump.array("byte", held))
        buffers = dump.new("java.util.ArrayList", elementData=dump.objects([buffer]))
        return dump.new(
            "example.Pool", capacity=capacity, used=used, name=dump.text("p"), buffers=buffers, parent=parent
        )

    top = pool(10 * MB, MB, 0, MB, MB)
    dump.root(pool(5 * MB, 0, top, 0, 2 * MB))
    (tmp_path / "own.toml").write_text(NESTED)

    found = asked(dump, tmp_path, str(tmp_path / "own.toml"))

    assert [(each.capacity // MB, each.believed // MB, round(each.free / MB)) for each in found.pools] == [
        (10, 9, 7), (5, 5, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"no \[\[accountant\]\]"),
        ("name = ", "not TOML"),
        (OWN + "colour = 3\n", "has 'colour'"),
        (OWN.replace('consumer = "example.Buffer"\n', ""), "lacks consumer"),
        (OWN.replace('"size"', "7"), "wanted is a text"),
        (OWN + "unclaimed = -1\n", "wanted is a whole number"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    """What a file cannot mean is said in a line, before the dump is read."""
    (tmp_path / "own.toml").write_text(text)

    with pytest.raises(ModelError, match=words):
        inquiry.asked(tmp_path / "there is no dump", str(tmp_path / "own.toml"), SILENT)


def test_the_example(tmp_path: Path) -> None:
    """Of the example's buffers the one that was given back is found; who accounts for what it has is not accused."""
    dump = Dump()
    dump.class_("java.util.ArrayList", elementData="object")
    dump.class_("example.Pool", capacity="long", used="long", name="object", buffers="object")
    dump.class_("example.Pool$Buffer", size="long", data="object")
    made = [dump.new("example.Pool$Buffer", size=size, data=dump.array("byte", 2 * MB)) for size in (2 * MB, 0)]
    buffers = dump.new("java.util.ArrayList", elementData=dump.objects(made))
    dump.root(dump.new("example.Pool", capacity=10 * MB, used=2 * MB, name=dump.text("main"), buffers=buffers))

    found = asked(dump, tmp_path)

    assert [(each.holder, each.bytes) for each in found.found] == [("Pool$Buffer#2", 2 * MB + 16)]
    assert (found.pools[0].believed, round(found.pools[0].free / MB)) == (8 * MB, 6)


@pytest.mark.parametrize(
    ("shared", "link"),
    [
        ("org.apache.logging.slf4j.Log4jLogger", "configuration"),
        ("java.lang.ref.Finalizer", "next"),
        ("jdk.internal.ref.PhantomCleanable", "next"),
        ("jdk.internal.ref.PhantomCleanable", "list"),
        ("sun.misc.Cleaner", "prev"),
    ],
)
def test_what_everybody_refers_to_is_nobodys(shared: str, link: str, tmp_path: Path) -> None:
    """A consumer's logger leads to all that writes logs, its open file to all open files: that is not what it holds."""
    found = asked(referring(shared, shared, link).done(), tmp_path)

    assert found.found == ()
    assert found.accounts[0].consumers[0].held < MB
    assert found.unowned > 7 * MB


@pytest.mark.parametrize(
    ("cleanable", "above", "action"),
    [
        ("jdk.internal.ref.CleanerImpl$PhantomCleanableRef", "jdk.internal.ref.PhantomCleanable", "action"),
        ("sun.misc.Cleaner", "sun.misc.Cleaner", "thunk"),
    ],
)
def test_what_a_consumer_has_to_clean_is_its_own(cleanable: str, above: str, action: str, tmp_path: Path) -> None:
    """What a consumer holds by what is to clean it is on its account, as any other object is: no leak hides there."""
    found = asked(referring(cleanable, above, action).done(), tmp_path)

    assert [each.bytes // MB for each in found.found] == [7]


def referring(class_: str, above: str, field: str) -> Spark:
    """Return a heap with a consumer that accounts for nothing, and refers to an object that leads to 7 MB."""
    spark = Spark()
    spark.dump.class_(above, **({field: "object"} if class_ == above else {}))
    if class_ != above:
        spark.dump.class_(class_, above, **{field: "object"})
    shared = spark.dump.new(class_, **{field: spark.dump.array("byte", 7 * MB)})
    values = {"extra": shared, "taskMemoryManager": spark.manager}
    spark.consumers.append(spark.dump.new(f"{COLLECTION}.ExternalAppendOnlyMap", **values))
    return spark


RING = """
[[accountant]]
name = "ring"
class = "example.Ring"
consumer = "example.Ring$Slot"
consumers = ["head"]
accounted = "count"
"""


def ring() -> Dump:
    """Return a heap with a ring of one's own: two slots, of which one counts by a LongAdder that had to spread."""
    dump = Dump()
    dump.class_("example.Ring", head="object")
    dump.class_("example.Ring$Link", slot="object", next="object")
    dump.class_("example.Ring$Slot", count="object", data="object")
    dump.class_("java.util.concurrent.atomic.LongAdder", base="long", cells="object")
    dump.class_("java.util.concurrent.atomic.Striped64$Cell", value="long")
    cells = [dump.new("java.util.concurrent.atomic.Striped64$Cell", value=MB) for _ in range(2)]
    spread = dump.new("java.util.concurrent.atomic.LongAdder", base=MB, cells=dump.objects(cells))
    nothing = dump.new("java.util.concurrent.atomic.LongAdder", base=0, cells=0)
    slots = [dump.new("example.Ring$Slot", count=count, data=dump.array("byte", 3 * MB)) for count in (spread, nothing)]
    link = dump.new("example.Ring$Link", slot=slots[0], next=dump.new("example.Ring$Link", slot=slots[1], next=0))
    dump.root(dump.new("example.Ring", head=link))
    return dump


def test_a_collection_of_ones_own(tmp_path: Path) -> None:
    """The links of a ring are passed through where the file says so; what threads added apart is added up."""
    path = tmp_path / "ring.toml"
    path.write_text(f'{RING}inside = ["example.Ring$Link"]\n')

    found = asked(ring(), tmp_path, str(path))
    assert sorted(each.accounted or 0 for each in found.accounts[0].consumers) == [0, 3 * MB]
    assert [each.bytes // MB for each in found.found] == [3]


def test_a_collection_that_leads_nowhere(tmp_path: Path) -> None:
    """That there are consumers to which nothing leads that the file names is said, with status 3."""
    path = tmp_path / "ring.toml"
    path.write_text(RING)

    found = asked(ring(), tmp_path, str(path))
    assert found.exit_status() == 3
    text = " ".join(tell(found).split())
    assert "Reachable are 2 of example.Ring$Slot, and no collection that the accountant's file names leads to" in text


@pytest.mark.parametrize("entry", ["java.util.WeakHashMap$Entry", "java.lang.ref.WeakReference", "example.Tracked"])
def test_consumers_that_are_tracked_weakly(entry: str, tmp_path: Path) -> None:
    """A manager may refer to its consumers weakly: those that others hold are asked, and no other."""
    dump = Dump()
    dump.class_("example.Ring", head="object")
    dump.class_("example.Ring$Slot", count="long", data="object")
    dump.class_("java.lang.ref.Reference", referent="object")
    dump.class_("java.lang.ref.WeakReference", "java.lang.ref.Reference")
    if entry != "java.lang.ref.WeakReference":
        dump.class_(entry, "java.lang.ref.WeakReference")
    slots = [dump.new("example.Ring$Slot", count=0, data=dump.array("byte", 3 * MB)) for _ in range(2)]
    dump.root(dump.new("example.Ring", head=dump.objects([dump.new(entry, referent=each) for each in slots])))
    dump.root(slots[0])
    path = tmp_path / "ring.toml"
    path.write_text(RING)

    found = asked(dump, tmp_path, str(path))
    assert [each.bytes // MB for each in found.found] == [3]
    assert [len(each.consumers) for each in found.accounts] == [1]
