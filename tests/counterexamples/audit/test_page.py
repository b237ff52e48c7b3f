"""The page of an audit: its chart as data, and what stands on it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.audit_text import Beside
from spillproof.counterexamples.audit.chart import Chart, charts, size_at
from spillproof.counterexamples.audit.chart_svg import FOOT, drawn, place
from spillproof.counterexamples.audit.page import page, picture_of
from spillproof.counterexamples.audit.stamp import time_of_day
from tests.counterexamples.audit.logs import CALM, MAP, contention, line, started, written

MB = 1 << 20
OOM = [
    "17/12/05 10:00:19 ERROR Executor: Exception in task 0.0 in stage 1.0 (TID 7)\n",
    "java.lang.OutOfMemoryError: x\n",
]


def contended(tmp_path: Path, *more: str) -> Audit:
    """Two maps contend, and the task dies with the second."""
    banner = line("09:59:58", "Running Spark version 2.3.4", logger="SparkContext")
    return audit([written(tmp_path, banner, started(), *[*contention()][:-2], *OOM, *more)])


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    """The chart of two maps that contend."""
    (found,) = charts(contended(tmp_path))
    return found


def seconds(chart: Chart, clock: str) -> float:
    """The place of a time of day."""
    hour, minute, second = map(int, clock.split(":"))
    return chart.begin - chart.begin % 86400 + 3600 * hour + 60 * minute + second


def test_what_was_believed(chart: Chart) -> None:
    """60 MB from 10:00:02, 100 from :03, and after the forced spill the 30 MB of the other map."""
    believed = {clock: round(size_at(chart.believed, seconds(chart, clock)).middle() / MB) for clock in TIMES}

    assert believed == {"10:00:02": 60, "10:00:03": 100, "10:00:08": 100, "10:00:10": 30, "10:00:19": 30}


TIMES = ("10:00:02", "10:00:03", "10:00:08", "10:00:10", "10:00:19")


def test_what_may_have_been_held(chart: Chart) -> None:
    """From the forced spill at :09 on, the first map's 100 MB may be held beside the 30 MB of the second."""
    held = [round(size_at(chart.held(), seconds(chart, each)).middle() / MB) for each in TIMES]

    assert held == [60, 100, 100, 130, 130]
    assert round(chart.most / MB) == 130


def test_windows_and_deaths(chart: Chart) -> None:
    """The window is from :09 to the error at :19; each map is a lane; the pool has 100 MB."""
    (band,), (mark,) = chart.bands, chart.marks

    assert (time_of_day(band.begin), time_of_day(band.end), band.who) == ("10:00:09", "10:00:19", "E1")
    assert (time_of_day(mark.at), mark.words) == ("10:00:19", "task 7: OutOfMemoryError: x")
    assert [each.label for each in chart.lanes] == ["E1", "E2"]
    assert chart.capacity is not None
    assert round(chart.capacity.middle() / MB) == 100


def test_a_repaired_release_has_no_window(tmp_path: Path) -> None:
    """Of 2.4.0 nothing is drawn as held: what was released was free."""
    log = contended(tmp_path)
    log.evidence.asked = (2, 4, 0)
    (chart,) = charts(log)

    assert (chart.bands, {each.size for each in chart.held()} <= {each.size for each in chart.believed}) == ((), True)


def test_a_log_without_times_is_drawn_over_its_lines(tmp_path: Path) -> None:
    """Where no line has a time, places are the numbers of lines, and the page says so."""
    lines = [each.split(": ", 1)[1] for each in [started(), *contention()]]
    log = audit([written(tmp_path, *lines)], "2.3.4")
    (chart,) = charts(log)

    assert (chart.clock, chart.begin, chart.spell(3.0)) == (False, 3.0, "line 3")
    assert "The log has no times" in page(log, Beside())


def test_a_log_of_which_nothing_can_be_drawn(tmp_path: Path) -> None:
    """A log without grants has a page with words alone, and no picture."""
    log = audit(
        [written(tmp_path, started(), line("10:00:01", "Lost task 0.0 in stage 1.0 (TID 7, h, executor 1): x"))]
    )

    assert (picture_of(log), "Nothing can be drawn" in page(log, Beside())) == (None, True)


def test_each_executor_has_a_chart(tmp_path: Path) -> None:
    """Two executors are two pools, and two charts."""
    paths = [
        written(
            tmp_path,
            started(),
            line("10:00:01", f"Task {task} acquired 60.0 MB for {MAP}1"),
            line("10:00:05", f"Task {task} acquired 1.0 MB for {MAP}1"),
            name=f"exec-{task}.log",
        )
        for task in (7, 8)
    ]

    assert len(charts(audit(paths))) == 2


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    """It may load nothing, names nothing that it could load, and whatever is in the log is text on it."""
    hostile = line("10:00:12", f"Task 7 acquired 1.0 MB for {MAP}<script>alert(1)</script>")
    text = page(contended(tmp_path, hostile), Beside())

    assert "default-src 'none'" in unescape(text)
    assert re.findall(r"(?:src|href)=\"(?!data:|#)", text) == []
    assert "<script>alert" not in text
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_what_is_left_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--out` leaves the page, the picture by itself, the trace, and a report that names them with their digests."""
    contended(tmp_path)
    command.run(["audit", str(tmp_path / "executor.log"), "--out", str(tmp_path / "found")])
    capsys.readouterr()

    names = {each.name for each in (tmp_path / "found").iterdir()}
    assert names == {"index.html", "audit.svg", "free_is_unreachable.itf.json", "report.json"}
    assert all(each in (tmp_path / "found" / "report.json").read_text() for each in names - {"report.json"})


def test_the_picture_says_what_it_shows(chart: Chart) -> None:
    """Its description has the window and the death, for whoever does not see it."""
    description = drawn(chart, "chart").findtext("desc") or ""

    assert "E1 released 100.0 MB at 10:00:09, which may have been held until 10:00:19" in description.replace(
        "99.95 to 100.05", "100.0"
    )
    assert "At 10:00:19 task 7: OutOfMemoryError: x" in description


def test_where_things_are_drawn(chart: Chart) -> None:
    """Deaths from the top to the words at the foot; a window of a consumer's lane as wide as it lasted."""
    root = drawn(chart, "chart")
    views = [each for each in root.iter("svg") if each.get("class") == "view"]
    (band,) = [band for band in chart.bands if (band.task, band.who) == (chart.lanes[0].task, chart.lanes[0].label)]
    (window,) = [each for each in views[1].iter("rect") if each.get("class") == "possibly"]

    assert float(views[-1].get("y", 0)) + float(views[-1].get("height", 0)) == float(root.get("height", 0)) - FOOT
    assert float(window.get("width", 0)) == pytest.approx(place(chart, band.end) - place(chart, band.begin), abs=0.1)
    assert float(window.get("width", 0)) > 20
    signs = [each for each in root.iter("line") if each.get("class") in ("limit", "death") and each.get("y1") == "14"]
    assert [float(each.get("x2", 0)) - float(each.get("x1", 0)) for each in signs] == [18, 18]


def test_the_scale_of_time(chart: Chart) -> None:
    """Its words begin at the left end, end at the right one, and stand in the middle of what is between."""
    ticks = [
        each for each in drawn(chart, "chart").iter("text") if each.get("class") == "tick" and each.get("data-share")
    ]

    assert [each.get("text-anchor") for each in ticks] == ["start", *["middle"] * (len(ticks) - 2), "end"]
    assert [float(each.get("data-share") or 0) for each in ticks] == [at / (len(ticks) - 1) for at in range(len(ticks))]
    assert (ticks[0].text, ticks[-1].text) == (chart.spell(chart.begin), chart.spell(chart.end))


def test_what_is_left_behind_of_a_log_without_a_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a clean log there is no trace; the page is called by the file's name, without its folder, and its lines."""
    (tmp_path / "logs").mkdir()
    log = written(tmp_path / "logs", *CALM)

    assert command.run(["audit", str(log), "--out", str(tmp_path / "found")]) == 0
    capsys.readouterr()
    assert {each.name for each in (tmp_path / "found").iterdir()} == {"index.html", "audit.svg", "report.json"}
    text = (tmp_path / "found" / "index.html").read_text(encoding="utf-8")
    assert f"executor.log: {len(CALM)} lines" in re.sub(r"\s+", " ", text)
    assert f"{log.parent}/executor.log: " not in text.partition("</title>")[0]


def test_a_page_of_many_files(tmp_path: Path) -> None:
    """Two of them are named, and the others counted."""
    logs = [written(tmp_path, *CALM, name=f"exec-{number}.log") for number in range(4)]

    assert "exec-0.log, exec-1.log and 2 more: 24 lines" in page(audit(logs), Beside())
    assert "exec-0.log, exec-1.log: 12 lines" in page(audit(logs[:2]), Beside())
