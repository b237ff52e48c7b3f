// The page: a text on the left, and on the right a run of the model that is written in it. Python (worker.js) reads the
// text, takes the steps and asks the claims; here it is shown. All words are set as text.
"use strict";
(() => {
  const S = globalThis.Spillproof, { html } = S;
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const lessons = JSON.parse(byId("lessons").textContent);
  const DIGITS = "123456789";
  const PATIENCE = 3000; // milliseconds after which one may stop

  let lesson = lessons[0], steps = [], at = 0, opening = {}, model = "", shown = null, offered = [];
  let fresh = true; // whether what is shown is of the text as it is
  const own = new Map(); // sizes that were typed in, by action

  // Python

  const python = { worker: null, number: 0, done: null, late: 0 };

  function start() {
    python.worker?.terminate();
    python.worker = new Worker("worker.js", { type: "module" });
    python.worker.addEventListener("message", ({ data }) => hear(data));
    python.worker.addEventListener("error", () => hear({ lost: "the page's own files could not be read" }));
    say("Loading Python …");
  }

  function hear({ ready, lost, number, answer }) {
    if (ready) say(`Python ${ready}, in this page.`);
    else if (lost) say(`Python could not be loaded: ${lost}. This page has to be served: python3 -m http.server, in the folder of the site.`);
    else if (number === python.number) {
      clearTimeout(python.late);
      byId("stop").hidden = true;
      document.body.classList.remove("busy");
      python.done(answer);
    }
  }

  // Ask a question; what was asked before and is not answered yet is forgotten.
  function ask(question) {
    clearTimeout(python.late);
    document.body.classList.add("busy");
    python.late = setTimeout(() => { byId("stop").hidden = false; }, PATIENCE);
    return new Promise((done) => {
      python.number += 1;
      python.done = done;
      python.worker.postMessage({ number: python.number, question });
    });
  }

  function stop() {
    python.number += 1;
    clearTimeout(python.late);
    byId("stop").hidden = true;
    document.body.classList.remove("busy");
    tell("Stopped: it went on and on. Is there a loop without an end?", null);
    start();
  }

  // A tab whose page is left while its worker still loads Python crashes in Chromium: the worker ends before the page does.
  addEventListener("pagehide", () => python.worker?.terminate());
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

  const say = (words) => { byId("state").textContent = words; };

  // The text

  const store = {
    key: (name) => `spillproof ${name}`,
    get(name) { try { return localStorage.getItem(this.key(name)); } catch { return null; } },
    set(name, text) { try { if (text === null) localStorage.removeItem(this.key(name)); else localStorage.setItem(this.key(name), text); } catch { /* a browser that keeps nothing */ } },
  };

  const editor = new S.Editor(byId("editor"), () => {
    store.set(lesson.name, editor.value === lesson.text ? null : editor.value);
    stale(true);
    found(null);
  });

  function stale(is) {
    fresh = !is;
    byId("walking").classList.toggle("stale", is);
    byId("run").textContent = is ? "Run what is written" : "Run";
  }

  function choose(name) {
    lesson = lessons.find((each) => each.name === name) ?? lessons[0];
    byId("lesson").value = lesson.name;
    byId("task").replaceChildren(lesson.task, " ", html("a", { href: lesson.page }, lesson.words));
    editor.value = store.get(lesson.name) ?? lesson.text;
    const turn = editor.value.split("\n").findIndex((line) => line.includes("Your turn"));
    byId("editor").scrollTop = Math.max(0, turn - 1) * 20;
    [steps, at, opening, model, shown] = [[], 0, {}, "", null];
    own.clear();
    found(null);
    byId("walking").hidden = true;
  }

  const about = (what, more) => ({ what, name: `${lesson.name}.py`, text: editor.value, model, opening, ...more });

  async function run(to = at) {
    const told = await ask(about("run", { steps, at: to }));
    if (told.error) { tell(told.error.message, told.error.line); return; }
    const [refuses] = told.refuses;
    tell(refuses ? `Numbers can be stepped, and yet a check would refuse this: ${refuses.message}` : "", refuses?.line);
    stale(false);
    const lost = told.steps.length < steps.length;
    steps = told.steps;
    at = told.at;
    model = told.model;
    shown = told;
    byId("stopped").hidden = !told.stopped;
    byId("stopped").textContent = told.stopped ? `The run ends here: ${told.stopped}.` : "";
    if (lost && !told.stopped) byId("stopped").hidden = true;
    show();
  }

  async function look() {
    found({ found: "Looking …", lines: [] });
    const told = await ask(about("look", { exercise: lesson.exercise }));
    if (told.error) { found(null); tell(told.error.message, told.error.line); return; }
    tell("", null);
    found(told);
    if (!told.takes || !told.steps.length) return;
    steps = told.steps;
    opening = told.opening;
    await run(steps.length);
  }

  function found(told) {
    byId("found").hidden = !told;
    byId("found").replaceChildren(...(told ? [html("p", {}, told.found), ...told.lines.map((line) => html("p", { class: line.startsWith("✗") ? "said" : "quiet" }, line))] : []));
  }

  // What is wrong, with the line that it is about.
  function tell(words, line) {
    const error = byId("error");
    error.hidden = !words;
    error.replaceChildren(words, line ? html("button", { type: "button", onclick: () => editor.go(line) }, `line ${line}`) : "");
    editor.mark(line ? [[line, "wrong"]] : []);
    if (line) editor.show(line);
  }

  // The run

  const now = () => shown.moments[at];

  function take(written) {
    steps = [...steps.slice(0, at), written];
    run(at + 1);
  }

  const go = (to) => { if (shown) run(Math.max(0, Math.min(steps.length, to))); };

  function show() {
    byId("walking").hidden = false;
    byId("count").textContent = at ? `Step ${at} of ${steps.length}` : "The beginning";
    byId("spelled").textContent = now().spelled;
    byId("guilty").textContent = broken(shown.claims.filter((each) => !each.witness && each.at === at).map(({ name }) => name));
    byId("first").disabled = byId("back").disabled = at === 0;
    byId("forward").disabled = at === steps.length;
    document.body.classList.toggle("guilty-step", Boolean(byId("guilty").textContent));
    showBegin();
    showOptions();
    showHeap();
    showClaims();
    showRun();
    byId("announced").textContent = `Step ${at}: ${now().spelled}. ${byId("guilty").textContent}`;
    const link = `#lesson=${lesson.name}${steps.length ? `&run=${steps.map(linked).join(",")}` : ""}`;
    if (location.hash !== link) history.replaceState(null, "", link);
    const line = lineOf(now().raised);
    if (line) { editor.mark([[line, "wrong"]]); editor.show(line); }
  }

  const broken = (names) => (names.length ? `✗ breaks ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ""}` : "");
  const lineOf = (words) => Number(words?.match(new RegExp(`${lesson.name}\\.py:(\\d+)`))?.[1] ?? 0);
  const linked = ([action, words, picks]) => [action, ...words.map((each) => S.word(each))].join(":") + (picks.length ? `~${picks.join(".")}` : "");

  function unlinked(text) {
    const [words, picks = ""] = text.split("~");
    const [action, ...given] = words.split(":").map(decodeURIComponent);
    return [action, given, picks ? picks.split(".").map(Number) : []];
  }

  function showBegin() {
    const form = byId("begin");
    form.hidden = !shown.begin.length;
    form.replaceChildren(html("span", {}, "Begin with "), ...shown.begin.map(({ name, values, value }) => html("label", {}, `${name} `, values.length
      ? html("select", { name }, ...values.map((each) => html("option", { selected: each === value }, each)))
      : html("input", { type: "number", inputmode: "numeric", min: 1, name, value }))), html("button", { type: "submit" }, "begin"));
  }

  function showOptions() {
    offered = [];
    const words = now().raised ? `It raises ${now().raised}.` : shown.ended ? "A counter is negative: no run goes on from here." : "";
    byId("options").replaceChildren(words ? html("p", { class: "said" }, words) : "", ...shown.offers.map(offer));
  }

  function offer({ action, words, line, guards, refused, missing, sizes, steps: possible }) {
    const typed = own.get(action);
    const more = typed && possible.length ? extra(possible, sizes, typed) : [];
    const buttons = [...possible, ...more].map(optionButton);
    const told = guards.map(([guard, where]) => {
      const against = refused.filter(([, why]) => why === `require(${guard})`).map(([given]) => `${action}(${given.join(", ")})`);
      const sign = against.length ? "✗" : possible.length ? "✓" : "·";
      const whom = against.length && (possible.length || refused.length > 1) ? html("span", { class: "quiet" }, ` refuses ${against.join(", ")}`) : "";
      return html("li", {}, html("span", { class: against.length ? "said" : possible.length ? "mended" : "quiet" }, `${sign} `), html("code", {}, guard), jump(where), whom);
    });
    const others = refused.filter(([, why]) => !guards.some(([guard]) => why === `require(${guard})`)).map(([given, why]) => `${why} refuses ${action}(${given.join(", ")})`);
    const otherwise = missing ? html("p", { class: "quiet" }, `Not now: there is no ${missing}.`) : others.length ? html("p", { class: "quiet" }, `${others.join("; ")}.`) : "";
    const form = sizes.length && possible.length ? html("form", { class: "typed", onsubmit: (event) => type(event, action) }, html("span", {}, "another size"),
      ...sizes.map((name, place) => html("input", { type: "number", inputmode: "numeric", min: 1, "aria-label": `${name} of ${action}`, value: typed?.[place] ?? "", placeholder: name })), html("button", { type: "submit" }, "offer")) : "";
    return html("section", { class: possible.length ? "action" : "action not-now", "aria-label": action }, html("p", { class: "quiet" }, possible.length ? "" : html("span", { class: "mono" }, `${action} `), words || action, jump(line)),
      told.length ? html("ul", { class: "guards" }, ...told) : "", otherwise, html("div", { class: "choices" }, ...buttons), form);
  }

  const jump = (line) => html("button", { type: "button", class: "to-line", "aria-label": `Go to line ${line}`, onclick: () => editor.go(line) }, `${line}`);

  // The steps that are offered, with sizes that a person typed.
  function extra(possible, sizes, typed) {
    const places = shown.offers.find(({ steps: found }) => found === possible).places;
    const found = possible.map(({ written: [action, words] }) => [action, words.map((word, place) => (places.includes(place) ? `${typed[places.indexOf(place)]}` : word)), []]);
    const known = new Set(possible.map(({ written }) => linked(written)));
    return found.filter((written) => { const key = linked(written); const isNew = !known.has(key); known.add(key); return isNew; }).map((written) => ({ written, breaks: [], raises: false }));
  }

  function type(event, action) {
    event.preventDefault();
    const given = all("input", event.target).map(({ value }) => Math.round(Number(value)));
    if (given.some((size) => !(size >= 1 && size <= 1e12))) return;
    own.set(action, given);
    showOptions();
    all(`#options [aria-label="${CSS.escape(action)}"] button.step`).at(-1)?.focus();
  }

  function optionButton({ written, breaks, raises }) {
    const [action, words, picks] = written;
    const known = new Set(shown.claims.filter((each) => each.at !== null && each.at <= at).map(({ name }) => name));
    const newly = breaks.filter((name) => !known.has(name));
    const number = offered.push(written);
    const mark = newly.length ? html("span", { class: "breaks" }, broken(newly)) : raises ? html("span", { class: "breaks" }, "raises") : "";
    const chosen = picks.length ? html("span", { class: "chosen" }, `choice ${picks.map((each) => each + 1).join(", ")}`) : "";
    return html("button", { type: "button", class: mark ? "step breaking" : "step", onclick: () => take(written) },
      number <= DIGITS.length ? html("kbd", { "aria-hidden": "true" }, DIGITS[number - 1]) : "", html("span", { class: "mono" }, `${action}(${words.join(", ")})`), chosen, mark);
  }

  // The heap

  const figure = byId("heap"), drawn = new S.Heap(figure.querySelector(".heap-of")), facts = new S.Facts(figure.querySelector(".facts"));

  function showHeap() {
    const place = shown.moments.slice(0, at + 1).findLastIndex(({ heap }) => heap);
    const { heap, memory } = shown.moments[place];
    const scale = Math.max(1, ...shown.moments.slice(0, at + 1).flatMap(({ memory: each }) => (each ? [each.accounted, each.reachable, each.capacity ?? 0] : [])));
    figure.querySelector(".bars-of").hidden = !memory;
    if (memory) S.drawBars(figure.querySelector(".bars"), memory, scale);
    figure.querySelector(".gap").hidden = !memory?.gap;
    figure.querySelector(".gap").textContent = memory?.gap ? `Counted free, and still reachable: ${S.roughly(memory.gap)}` : "";
    const old = place ? shown.moments[place - 1].heap : null, isNew = place === at && place > 0;
    const free = new Set(heap.free), lit = new Set(heap.free.flatMap((target) => S.everyPath(heap, target)));
    const known = new Set(old?.objects.map(({ id }) => id) ?? []);
    const edge = (from, field, to) => `${from} ${field} ${to}`;
    const edges = new Set((old ?? heap).objects.flatMap((each) => each.references.map(([field, to]) => edge(each.id, field, (old ?? heap).objects[to].id))));
    const named = { ...heap, objects: heap.objects.map((each) => ({ ...each, name: "" })) };
    drawn.draw(named, {
      free, live: new Set([0, ...S.reachableFrom(heap, heap.roots.map(([, to]) => to))]),
      on: new Set([...lit].flatMap((key) => { const [from, , to] = key.split(" "); return [Number(from), Number(to)]; })),
      lit: (from, field, to) => lit.has(edge(from, field, to)),
      fresh: (id) => isNew && !known.has(id), freshEdge: (from, field, to) => isNew && !edges.has(edge(from, field, to)),
      look: (id) => facts.look(id),
    }, null);
    facts.draw(heap, isNew ? old : null);
  }

  // Claims, and the run

  function showClaims() {
    byId("claims").replaceChildren(...shown.claims.map(({ name, sentence, witness, at: when, why }) => {
      const isSo = when !== null && when <= at;
      const sign = why ? "–" : witness ? (isSo ? "✓" : "·") : isSo ? "✗" : "✓";
      const tone = why ? "quiet" : witness ? (isSo ? "mended" : "quiet") : isSo ? "said" : "mended";
      const step = when === at ? "in this step" : `since step ${when}`;
      const words = why ? " cannot be asked" : witness ? (isSo ? ` seen at step ${when}` : " not seen yet") : isSo ? ` ${step}` : "";
      return html("details", { class: !witness && when === at ? "claim fresh" : "claim" }, html("summary", {}, html("span", { class: tone }, `${sign} `), html("span", { class: "mono" }, name), html("span", { class: tone }, words)), html("p", { class: "quiet" }, why || sentence));
    }));
  }

  function showRun() {
    const measured = shown.moments.some(({ memory }) => memory);
    const columns = measured ? ["accounted", "reachable"] : [];
    const head = html("thead", {}, html("tr", {}, html("td", {}), html("th", { scope: "col" }, "step"), ...columns.map((words) => html("th", { scope: "col", class: "size" }, words))));
    const rows = shown.moments.map((each, place) => {
      const guilty = shown.claims.some((claim) => !claim.witness && claim.at === place);
      const cells = columns.map((name) => html("td", { class: name === "reachable" && each.memory?.gap ? "size said" : "size" }, each.memory ? S.roughly(each.memory[name]) : "–"));
      const events = each.events.map(([name, details]) => [name, ...details.map(([key, value]) => (typeof value === "number" ? S.roughly(value) : key === "consumer" ? value : `${key}=${value}`))].join(" "));
      const told = [...events, each.raised ? `raises ${each.raised}` : ""].filter(Boolean).join("; ");
      return html("tr", { class: [place === at && "here", place > at && "undone", guilty && "guilty"].filter(Boolean).join(" ") }, html("td", { class: "size count" }, `${guilty ? "▶" : ""}${place || ""}`),
        html("th", { scope: "row" }, html("button", { type: "button", class: "jump mono", "aria-current": place === at ? "step" : null, onclick: () => go(place) }, each.spelled), told ? html("p", { class: "quiet events-of" }, told) : ""), ...cells);
    });
    byId("table").replaceChildren(head, html("tbody", {}, ...rows));
  }

  // Keys, buttons, links

  const keys = { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), Home: () => go(0) };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    const scrolls = event.target.closest(".graph, .wide");
    if (scrolls && scrolls.scrollWidth > scrolls.clientWidth && event.key.startsWith("Arrow")) return;
    const option = DIGITS.includes(event.key) ? offered[DIGITS.indexOf(event.key)] : undefined;
    const act = option ? () => take(option) : keys[event.key];
    if (!act || !shown || !fresh) return;
    event.preventDefault();
    act();
  });
  byId("run").addEventListener("click", () => run());
  byId("look").addEventListener("click", look);
  byId("stop").addEventListener("click", stop);
  byId("given").addEventListener("click", () => { store.set(lesson.name, null); choose(lesson.name); run(0); });
  byId("lesson").addEventListener("change", ({ target }) => { choose(target.value); tell("", null); run(0); });
  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(at - 1));
  byId("forward").addEventListener("click", () => go(at + 1));
  byId("begin").addEventListener("submit", (event) => {
    event.preventDefault();
    opening = Object.fromEntries(new FormData(event.target));
    [steps, at] = [[], 0];
    run(0);
  });

  function follow() {
    const asked = new Map(location.hash.slice(1).split("&").map((each) => { const [name, ...value] = each.split("="); return [name, value.join("=")]; }));
    choose(asked.get("lesson"));
    steps = (asked.get("run") ?? "").split(",").filter(Boolean).map(unlinked);
    run(steps.length);
  }

  byId("lesson").append(...lessons.map(({ name, title }) => html("option", { value: name }, title)));
  addEventListener("hashchange", follow);
  start();
  follow();
})();
