// Shows one step of a run at a time. All words are on the page already, or are set as text; nothing is loaded.
"use strict";
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const graph = byId("graph");
  const nodes = new Map(all("[data-node]", graph).map((node) => [Number(node.dataset.node), node]));
  const edges = new Map(all("[data-edge]", graph).map((edge) => [Number(edge.dataset.edge), edge]));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const flip = byId("switch");
  const facts = new globalThis.Spillproof.Facts(byId("facts"));
  const panels = {};
  all("section[data-step]").forEach((each) => { (panels[each.dataset.side] ??= []).push(each); });
  const timelines = new Map(all(".scrolled[data-side]").map((each) => [each.dataset.side, each]));
  const columns = new Map([...timelines].map(([name, each]) => [name, all(".step", each)]));
  const sources = all(".source");
  const drawn = { nodes: new Map(), edges: new Map() };
  let side = "run";
  let step = run.opening;
  let shown = null; // the panel and the column that are shown
  let projected = false;
  let told = false; // whether the guilty step was seen since the projector was switched on

  const steps = () => run.sides[side];
  const last = () => steps().length - 1;

  // Changes only what differs from what is drawn, so that a run of a thousand steps is as quick as one of ten.
  function dress(kind, elements, wanted) {
    for (const at of drawn[kind].keys()) {
      if (!wanted.has(at)) elements.get(at).setAttribute("class", `${kind.slice(0, -1)} gone`);
    }
    for (const [at, [name, words]] of wanted) {
      const [was, said] = drawn[kind].get(at) ?? [];
      if (was !== name) elements.get(at).setAttribute("class", name);
      const look = words === said ? null : elements.get(at).querySelector(".look");
      if (look) look.textContent = words;
    }
    drawn[kind] = wanted;
  }

  function draw(panel) {
    dress("nodes", nodes, new Map(panel.nodes.map((at) => [run.nodes[at][0], run.nodes[at].slice(1)])));
    dress("edges", edges, new Map(panel.edges.map((at) => [run.edges[at][0], [run.edges[at][1]]])));
  }

  // What is in the objects of a step, as facts.js takes it: references lead to places.
  function heapOf(panel) {
    const objects = panel.heap.map((at) => run.facts[at]);
    const places = new Map(objects.map(({ id }, at) => [id, at]));
    const placed = (list) => list.map(([field, to]) => [field, places.get(to)]);
    return { roots: placed(panel.roots), objects: objects.map((each, at) => ({ ...each, at, references: placed(each.references) })) };
  }

  function place(where, words) {
    shown?.panel.setAttribute("hidden", "");
    shown?.column.classList.remove("here");
    shown = { panel: panels[side][step], column: columns.get(side)[step] };
    shown.panel.removeAttribute("hidden");
    shown.column.classList.add("here");
    timelines.forEach((each, name) => { each.hidden = name !== side; });
    all(".now [data-side]").forEach((each) => { each.hidden = each.dataset.side !== side; });
    sources.forEach((each) => { each.hidden = each.dataset.side !== side || each.dataset.action !== where; });
    sources.forEach((each) => all(".line", each).forEach((line) => line.classList.toggle("taken", words.includes(Number(line.dataset.line)))));
  }

  function show(announce) {
    const panel = steps()[step];
    told ||= panel.guilty || side === "contrast";
    document.documentElement.classList.toggle("projected", projected);
    document.body.classList.toggle("projector", projected);
    document.body.classList.toggle("told", told);
    draw(panel);
    place(panel.action, panel.lines);
    facts.draw(heapOf(panel), step ? heapOf(steps()[step - 1]) : null);
    byId("count").textContent = `Step ${step} of ${last()}`;
    byId("spelled").textContent = panel.spelled;
    byId("guilty").hidden = !panel.guilty;
    document.body.classList.toggle("guilty-step", panel.guilty);
    byId("first").disabled = byId("back").disabled = step === 0;
    byId("forward").disabled = byId("last").disabled = step === last();
    byId("graph-words").textContent = panel.words;
    if (flip) flip.setAttribute("aria-checked", String(side === "contrast"));
    if (announce) byId("announced").textContent = `Step ${step} of ${last()}: ${panel.spelled}. ${panel.words}`;
    centre(announce && !calm.matches);
  }

  // Bring the step and what is lit into sight, where a drawing is wider than its place.
  function centre(smoothly = false) {
    const timeline = timelines.get(side);
    const here = shown.column.getBoundingClientRect();
    const room = timeline.getBoundingClientRect();
    timeline.scrollBy({ left: (here.left + here.right - room.left - room.right) / 2, behavior: "instant" });
    if (graph.scrollWidth <= graph.clientWidth && graph.scrollHeight <= graph.clientHeight) return;
    const lit = [".node.free, .node.on", ".node.fresh", ".edge.fresh"].map((each) => all(each, graph)).find((each) => each.length);
    if (!lit) return;
    const boxes = lit.map((each) => each.getBoundingClientRect());
    const middle = (low, high) => (Math.min(...boxes.map(low)) + Math.max(...boxes.map(high))) / 2;
    const frame = graph.getBoundingClientRect();
    graph.scrollBy({
      left: middle((box) => box.left, (box) => box.right) - (frame.left + frame.right) / 2,
      top: middle((box) => box.top, (box) => box.bottom) - (frame.top + frame.bottom) / 2,
      behavior: smoothly ? "smooth" : "instant",
    });
  }

  function fit() {
    const pressed = graph.classList.toggle("whole");
    byId("fit").setAttribute("aria-pressed", String(pressed));
    if (!pressed) centre();
  }

  function offerFit() {
    byId("fit").hidden = !graph.classList.contains("whole") && graph.scrollWidth <= graph.clientWidth;
  }

  function go(to, announce = true) {
    step = Math.max(0, Math.min(last(), to));
    const link = `#step=${step}${side === "contrast" ? "&on=repaired" : ""}${projected ? "&view=projector" : ""}`;
    if (location.hash !== link) history.replaceState(null, "", link);
    show(announce);
  }

  function turn() {
    side = side === "run" ? "contrast" : "run";
    go(step);
  }

  function follow(announce) {
    const asked = new URLSearchParams(location.hash.slice(1));
    const wanted = Number.parseInt(asked.get("step"), 10);
    side = asked.get("on") === "repaired" && run.sides.contrast ? "contrast" : "run";
    project(asked.get("view") === "projector");
    step = Math.max(0, Math.min(last(), Number.isNaN(wanted) ? (projected ? 0 : run.opening) : wanted));
    show(announce);
  }

  function project(wanted) {
    if (projected !== wanted) told = false;
    projected = wanted;
    byId("projector").setAttribute("aria-checked", String(wanted));
  }

  // The projector begins at the beginning: who switches it on wants to tell the run, and not its end.
  function turnProjector() {
    project(!projected);
    if (projected) side = "run";
    go(projected ? 0 : step);
    offerFit();
    scrollTo(0, 0);
  }

  const keys = { ArrowLeft: () => step - 1, ArrowRight: () => step + 1, Home: () => 0, End: () => last() };
  const clicker = { " ": () => step + 1, PageDown: () => step + 1, PageUp: () => step - 1 };
  const press = (key) => (key in keys ? keys[key] : projected ? clicker[key] : undefined);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "p" || event.key === "P" || (event.key === "Escape" && projected)) return turnProjector();
    const scrolls = event.target.closest("#graph, .wide, .scrolled");
    const takes = scrolls && scrolls.scrollWidth > scrolls.clientWidth && event.key in keys;
    const pressed = event.key === " " && event.target.closest("button, summary, a");
    const to = press(event.key);
    if (!to || takes || pressed) return;
    event.preventDefault();
    go(to());
  });
  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(step - 1));
  byId("forward").addEventListener("click", () => go(step + 1));
  byId("last").addEventListener("click", () => go(last()));
  if (flip) flip.addEventListener("click", turn);
  byId("projector").addEventListener("click", turnProjector);
  // A button that was clicked by a mouse lets go, so that the space bar is the clicker's again.
  byId("steps").addEventListener("click", (event) => { if (projected && event.detail) event.target.closest("button")?.blur(); });
  timelines.forEach((each) => each.addEventListener("click", (event) => {
    const to = event.target.closest("[data-step]");
    if (to) go(Number(to.dataset.step));
  }));
  all("a[data-to]").forEach((each) => each.addEventListener("click", (event) => {
    event.preventDefault();
    side = "run";
    go(Number(each.dataset.to));
    byId("steps").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  }));
  byId("fit").addEventListener("click", fit);
  // Whoever points at an object, or moves to it, is told what is in it; a place that several share tells nothing.
  // A picture with buttons in it is a group: a screen reader that is told of an image does not go inside.
  graph.querySelector("svg").setAttribute("role", "group");
  nodes.forEach((node, at) => {
    if (run.numbers[at] === null) return;
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    for (const event of ["pointerenter", "focus", "click"]) node.addEventListener(event, () => facts.look(run.numbers[at]));
  });
  addEventListener("resize", offerFit);
  addEventListener("hashchange", () => follow(true));
  byId("steps").hidden = false;
  document.documentElement.classList.add("live");
  all("[data-side][data-step]").forEach((each) => { each.hidden = true; });
  all(".edge", graph).forEach((each) => drawn.edges.set(Number(each.dataset.edge), [""]));
  all(".node", graph).forEach((each) => drawn.nodes.set(Number(each.dataset.node), [""]));
  follow(false);
  offerFit();
})();
