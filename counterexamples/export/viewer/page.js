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
  let side = "run";
  let step = run.opening;

  const steps = () => run.sides[side];
  const last = () => steps().length - 1;

  function draw(panel) {
    nodes.forEach((node) => node.setAttribute("class", "node gone"));
    edges.forEach((edge) => edge.setAttribute("class", "edge gone"));
    for (const at of panel.nodes) {
      const [node, name, words] = run.nodes[at];
      nodes.get(node).setAttribute("class", name);
      const look = nodes.get(node).querySelector(".look");
      if (look) look.textContent = words;
    }
    for (const at of panel.edges) {
      const [edge, name] = run.edges[at];
      edges.get(edge).setAttribute("class", name);
    }
  }

  function place(where, words) {
    all("[data-side]").forEach((each) => {
      const here = each.dataset.side === side;
      each.hidden = !here || (each.dataset.step !== undefined && each.dataset.step !== String(step));
    });
    all(".timelines .step").forEach((each) => each.classList.toggle("here", each.dataset.step === String(step)));
    all(".source").forEach((each) => { each.hidden = each.dataset.side !== side || each.dataset.action !== where; });
    all(".source .line").forEach((each) => each.classList.toggle("taken", words.includes(Number(each.dataset.line))));
  }

  function show(announce) {
    const panel = steps()[step];
    draw(panel);
    place(panel.action, panel.lines);
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
    const timeline = document.querySelector(".scrolled:not([hidden])");
    const here = timeline.querySelector(".here").getBoundingClientRect();
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
    const link = `#step=${step}${side === "contrast" ? "&on=repaired" : ""}`;
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
    step = Math.max(0, Math.min(last(), Number.isNaN(wanted) ? run.opening : wanted));
    show(announce);
  }

  const keys = { ArrowLeft: () => step - 1, ArrowRight: () => step + 1, Home: () => 0, End: () => last() };
  document.addEventListener("keydown", (event) => {
    const scrolls = event.target.closest("#graph, .wide, .scrolled");
    const takes = scrolls && scrolls.scrollWidth > scrolls.clientWidth;
    if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || takes) return;
    event.preventDefault();
    go(keys[event.key]());
  });
  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(step - 1));
  byId("forward").addEventListener("click", () => go(step + 1));
  byId("last").addEventListener("click", () => go(last()));
  if (flip) flip.addEventListener("click", turn);
  all(".timelines .step").forEach((each) => each.addEventListener("click", () => go(Number(each.dataset.step))));
  all("a[data-to]").forEach((each) => each.addEventListener("click", (event) => {
    event.preventDefault();
    side = "run";
    go(Number(each.dataset.to));
    byId("steps").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  }));
  byId("fit").addEventListener("click", fit);
  addEventListener("resize", offerFit);
  addEventListener("hashchange", () => follow(true));
  byId("steps").hidden = false;
  follow(false);
  offerFit();
})();
