// The page: a run of one model, or of two in lockstep. What can be computed is in core.js; here it is shown.
"use strict";
(() => {
  const S = globalThis.Spillproof, { html } = S;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const BEGINNING = 4; // bytes for what the scope leaves open, where that can be
  const PAUSE = 700;
  const DIGITS = "123456789";

  const sides = data.sides.map((side, at) => {
    const figure = document.querySelector(`figure[data-side="${at}"]`);
    return { ...side, automaton: new S.Automaton(side.table), figure, heap: new S.Heap(figure.querySelector(".heap-of")), facts: new S.Facts(figure.querySelector(".facts")) };
  });
  const [here, there] = sides;
  let moments = [], at = 0, challenge = false, playing = 0, cutting = null, offered = [], least = null;
  const own = new Map(); // sizes that were typed in, by action

  // The run

  const now = () => moments[at];
  const seen = (side, until = at) => new Map(moments.slice(0, until + 1).flatMap(({ parts }, step) => (parts[side] ? parts[side].taken.broken.map((claim) => [claim, step]) : [])).reverse());

  function part(side, state, option) {
    const taken = side.automaton.take(state, option);
    return { taken, before: state, option, state: taken.state, memory: side.automaton.memory(taken.state) };
  }

  // Take a step of the first model on both. `before` is null at the beginning.
  function moment(before, option) {
    const state = before ? before.parts[0].state : S.START;
    const first = part(here, state, option);
    const made = { spelled: here.automaton.spelled(state, option), option, parts: [first], same: new Map(), stopped: "" };
    if (there) follow(made, before, state, option);
    return made;
  }

  function follow(made, before, state, option) {
    const last = before ? before.parts[1] : null;
    made.stopped = before?.stopped ?? "";
    made.parts.push(null);
    if (made.stopped || last?.state.ended) { made.stopped ||= "its run has ended"; return; }
    const other = last ? last.state : S.START;
    const twin = S.mirrored(state, option, there.automaton, other, before ? before.same : new Map());
    if (!twin) { made.stopped = `cannot take step ${before ? moments.length : 0}, ${made.spelled}`; return; }
    made.parts[1] = part(there, other, twin);
    if (made.parts[0].taken.raised || made.parts[1].taken.raised) { made.same = before?.same ?? new Map(); return; }
    const kinds = (side, reached) => side.automaton.shapes[reached.shape].objects.map(({ kind }) => kind);
    const [one, two] = made.parts.map((each) => each.state);
    made.same = S.recognised(one, state, two, other, before ? before.same : new Map(), kinds(here, one), kinds(there, two));
    const names = new Map([...made.same].map(([id, twinId]) => [twinId, one.names[one.ids.indexOf(id)]]));
    two.names = two.names.map((name, place) => names.get(two.ids[place]) || name);
  }

  function go(to, { announce = true } = {}) {
    at = Math.max(0, Math.min(moments.length - 1, to));
    cutting = null;
    const link = address();
    if (location.hash !== link) history.replaceState(null, "", link);
    show(announce);
  }

  function step(option) {
    moments = [...moments.slice(0, at + 1), moment(now(), option)];
    go(at + 1);
    const focus = document.activeElement;
    if (!focus || focus === document.body) byId("options").querySelector("button")?.focus({ preventScroll: true });
  }

  function begin(option) {
    moments = [moment(null, option)];
    least = null;
    go(0, { announce: false });
  }

  function opening() {
    const moves = here.automaton.moves(S.START);
    for (const move of moves) {
      const sizes = here.automaton.sizesOf(move).map(() => BEGINNING);
      for (const inputs of [sizes, ...here.automaton.suggested(S.START, move)]) {
        const [option] = here.automaton.with(S.START, move, inputs);
        if (option) return option;
      }
    }
    return null;
  }

  // Links

  function address() {
    const words = moments.slice(0, at + 1).map(({ parts, option }) => S.linked(parts[0].before, option));
    const scope = Object.entries(here.asked).map(([name, value]) => `&${S.word(name)}=${value}`).join("");
    return `#model=${S.word(here.title)}${scope}&run=${words.join(",")}${challenge ? "&challenge" : ""}`;
  }

  function follows() {
    const asked = new Map(location.hash.slice(1).split("&").map((each) => { const [name, ...value] = each.split("="); return [name, value.join("=")]; }));
    setChallenge(asked.has("challenge"));
    const words = (asked.get("run") ?? "").split(",").filter(Boolean);
    const first = words.length ? S.unlinked(here.automaton, S.START, words[0]) : opening();
    begin(first ?? opening());
    let lost = words.length && !first ? words[0] : "";
    for (const text of first ? words.slice(1) : []) {
      const option = S.unlinked(here.automaton, now().parts[0].state, text);
      if (!option) { lost = text; break; }
      moments.push(moment(now(), option));
      at = moments.length - 1;
    }
    const model = asked.has("model") ? decodeURIComponent(asked.get("model")) : here.title;
    notice(model !== here.title ? `This link is to a run of ${model}, and this page is of ${here.title}.`
      : lost ? `This link goes on with ${decodeURIComponent(lost)}, which cannot be taken here: it was made by another version of the model.` : "");
    go(at, { announce: false });
  }

  // Finish it for me

  function finish() {
    stop();
    const known = new Set(seen(0).keys());
    look(now().parts[0].state, known, (found) => {
      if (!found.steps) { notice(without(found)); return; }
      notice("");
      play(found.steps);
    });
  }

  const without = ({ all: whole, seen: count }) => (whole
    ? `From here, no ${now().parts[0].state.ended ? "step can be taken" : "claim that is still true becomes false"} with the sizes that are offered: all ${count.toLocaleString("en-US")} states were looked at. That is no proof for other sizes; spillproof check gives one.`
    : `Not found among the ${count.toLocaleString("en-US")} states that are nearest from here. That is no proof; spillproof check looks at all sizes.`);

  function look(state, known, then) {
    const looking = S.search(here.automaton, state, known), turn = (playing += 1);
    notice("Looking …");
    const some = () => {
      if (turn !== playing) return;
      const until = performance.now() + 40;
      for (;;) {
        const { done, value } = looking.next();
        if (done) { then(value); return; }
        if (performance.now() > until) { notice(`Looking … ${value.toLocaleString("en-US")} states`); setTimeout(some); return; }
      }
    };
    some();
  }

  function play(steps) {
    const turn = (playing += 1);
    const next = () => {
      if (turn !== playing || !steps.length) return;
      step(steps.shift());
      setTimeout(next, calm.matches ? 0 : PAUSE);
    };
    next();
  }

  const stop = () => { playing += 1; };

  // Challenge

  function setChallenge(on) {
    challenge = on;
    document.body.classList.toggle("challenge", on);
    byId("challenge").setAttribute("aria-checked", String(on));
    byId("finish").textContent = on ? "Show me" : "Finish it for me";
  }

  function goal() {
    if (!challenge) return;
    if (least === null) {
      look(moments[0].parts[0].state, new Set(), (found) => { least = found.steps ? found.steps.length : 0; goal(); });
      return;
    }
    const broken = [...seen(0)].map(([, step]) => step).filter((step) => step > 0);
    const steps = (count) => `${count} ${count === 1 ? "step" : "steps"}`;
    if (!least) notice("No way to break a claim was found: can you find one?");
    else if (!broken.length) notice(`Challenge: break a claim. ${steps(least)} are enough.`);
    else {
      const first = Math.min(...broken);
      const gap = now().parts[0].memory?.gap;
      notice(`Broken in ${steps(first)}${first === least ? ": the fewest." : `; ${least} are enough.`}${gap && !cutting?.good ? " Now find the reference to cut: click it in the heap." : ""}`);
    }
  }

  function notice(words) {
    byId("notice").hidden = !words;
    byId("notice").textContent = words;
  }

  // Cutting a reference

  function cut(side, holder, field, target) {
    const { automaton } = sides[side], { state, memory } = now().parts[side];
    const heap = automaton.heap(state);
    const gone = (from, name, to) => from === holder.at && name === field && to === target.at;
    const left = { roots: heap.roots.filter(([name, to]) => !gone(0, name, to)),
      objects: heap.objects.map((each) => ({ ...each, references: each.references.filter(([name, to]) => !gone(each.at, name, to)) })) };
    const alive = new Set(S.reachableFrom(left, left.roots.map(([, to]) => to)));
    const free = freed(side, heap);
    const lost = heap.objects.filter((each) => live(heap).has(each.at) && !alive.has(each.at) && !free.has(each.at));
    const inUse = lost.reduce((sum, each) => sum + each.shallow, 0);
    const held = [...free].find((each) => alive.has(each));
    const words = `${holder.kind}.${field}`;
    const good = held === undefined && !inUse;
    cutting = { side, holder: holder.id, field, good, words: good ? `✓ Without ${words} the claim is true: what is counted free is unreachable.`
      : inUse ? `✗ Without ${words}, ${S.roughly(inUse)} that are in use would be gone as well.`
        : `✗ Without ${words} they are held all the same: ${spelledPath(left, S.pathTo(left, held))}.` };
    if (!memory) cutting = null;
    show(false);
  }

  const spelledPath = (heap, path) => path.map(([, field]) => field).join(" ▸ ");
  const live = (heap) => new Set([0, ...S.reachableFrom(heap, heap.roots.map(([, to]) => to))]);

  function freed(side, heap) {
    const { memory, state, taken } = now().parts[side];
    if (!memory?.gap) return new Set();
    const opened = moments.slice(0, at + 1).find(({ parts }) => parts[side]?.memory?.gap).parts[side].state;
    return new Set(S.countedFree(heap, state.claimed, taken.events, memory.gap, new Set(opened.ids)));
  }

  // What is shown

  function show(announce) {
    byId("count").textContent = at ? `Step ${at}` : "The beginning";
    byId("spelled").textContent = now().spelled;
    byId("guilty").textContent = broken(broke(0));
    document.body.classList.toggle("guilty-step", broke(0).length > 0);
    byId("first").disabled = byId("back").disabled = at === 0;
    byId("forward").disabled = at === moments.length - 1;
    sides.forEach((_, side) => showSide(side));
    showOptions();
    showClaims();
    showRun();
    showShared();
    goal();
    if (announce) byId("announced").textContent = `Step ${at}: ${now().spelled}. ${byId("guilty").textContent}. ${inWords()}`;
  }

  const broken = (claims) => {
    const names = claims.map((claim) => here.automaton.claims[claim].name);
    return names.length ? `✗ breaks ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ""}` : "";
  };

  // The claims that this step breaks, and that were true before.
  function broke(side, step = at) {
    const before = step ? seen(side, step - 1) : new Map();
    return (moments[step].parts[side]?.taken.broken ?? []).filter((claim) => !before.has(claim));
  }

  function inWords() {
    const { memory } = now().parts[0];
    if (!memory) return "";
    const gap = memory.gap ? ` Counted free, and still reachable: ${S.roughly(memory.gap)}.` : "";
    return `Accounted ${S.roughly(memory.accounted)}, reachable ${S.roughly(memory.reachable)}.${gap}`;
  }

  const scale = () => Math.max(1, ...moments.slice(0, at + 1).flatMap(({ parts }) => parts.map((each) => (each?.memory ? Math.max(each.memory.accounted, each.memory.reachable, each.memory.capacity ?? 0) : 1))));

  function showSide(side) {
    const { figure } = sides[side], place = moments.slice(0, at + 1).findLastIndex(({ parts }) => parts[side] && !parts[side].taken.raised);
    const current = now().parts[side], stopped = side ? now().stopped : "";
    const ended = current?.taken.raised ? `raises ${current.taken.raised}` : current?.state.ended ?? "";
    const words = stopped ? `${sides[side].title} ${stopped}; it is shown as it was.` : ended && `The run ends here: ${ended}.`;
    figure.querySelector(".stopped").hidden = !words;
    figure.querySelector(".stopped").textContent = words;
    figure.classList.toggle("frozen", Boolean(stopped));
    const shown = moments[place]?.parts[side];
    if (!shown) return;
    showMemory(side, shown);
    showHeap(side, shown, place);
  }

  function showMemory(side, { memory, state }) {
    const { figure, automaton } = sides[side];
    figure.querySelector(".bars-of").hidden = !memory;
    if (memory) S.drawBars(figure.querySelector(".bars"), memory, scale());
    figure.querySelector(".gap").hidden = !memory?.gap;
    figure.querySelector(".gap").textContent = memory?.gap ? `Counted free, and still reachable: ${S.roughly(memory.gap)}` : "";
    const heap = automaton.heap(state);
    const rows = memory ? S.shares(heap, state.claimed).sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true })) : [];
    const cells = rows.map(({ name, claims, holds }) => html("tr", {}, html("th", { scope: "row", class: "mono" }, name), html("td", { class: "size" }, S.roughly(claims)),
      html("td", { class: memory.gap && holds > claims ? "size said" : "size" }, S.roughly(holds))));
    const head = html("thead", {}, html("tr", {}, ...["consumer", "claims", "holds"].map((words, place) => html("th", { scope: "col", class: place ? "size" : null }, words))));
    figure.querySelector(".shares").replaceChildren(...(rows.length ? [html("table", {}, head, html("tbody", {}, ...cells))] : []));
  }

  function showHeap(side, { state, before }, place) {
    const { automaton, figure, heap: drawn, facts } = sides[side];
    const heap = automaton.heap(state), free = place === at ? freed(side, heap) : new Set();
    const lit = new Set([...free].flatMap((target) => S.everyPath(heap, target)));
    const old = place > 0 && before.shape >= 0 ? automaton.heap(before) : null;
    const known = new Set(old?.objects.map(({ id }) => id) ?? state.ids);
    const edge = (from, field, to) => `${from} ${field} ${to}`;
    const edges = new Set((old ?? heap).objects.flatMap((each) => each.references.map(([field, to]) => edge(each.id, field, (old ?? heap).objects[to].id))));
    const isFresh = place === at && place > 0;
    drawn.draw(heap, {
      free, live: live(heap), on: new Set([...lit].flatMap((key) => { const [from, , to] = key.split(" "); return [Number(from), Number(to)]; })),
      lit: (from, field, to) => lit.has(edge(from, field, to)),
      fresh: (id) => isFresh && !known.has(id),
      freshEdge: (from, field, to) => isFresh && !edges.has(edge(from, field, to)),
      look: (id) => facts.look(id),
      cut: (id, field) => cutting?.side === side && cutting.holder === id && cutting.field === field,
    }, free.size ? (holder, field, target) => cut(side, holder, field, target) : null);
    facts.draw(heap, isFresh ? old : null);
    const words = cutting?.side === side ? cutting.words : "";
    figure.querySelector(".cut-words").hidden = !words;
    figure.querySelector(".cut-words").textContent = words;
    figure.querySelector(".cut-words").className = `cut-words ${cutting?.good ? "mended" : "said"}`;
    centre(figure.querySelector(".graph"));
  }

  // Bring what matters into sight where a heap is wider than its place: what is counted free, or what is new.
  function centre(graph) {
    if (graph.scrollWidth <= graph.clientWidth) return;
    const lit = [".node.free", ".node.fresh", ".edge.fresh", ".node.root"].map((each) => all(each, graph)).find((each) => each.length) ?? [];
    const boxes = lit.map((each) => each.getBoundingClientRect()), frame = graph.getBoundingClientRect();
    const middle = (Math.min(...boxes.map(({ left }) => left)) + Math.max(...boxes.map(({ right }) => right))) / 2;
    graph.scrollBy({ left: middle - (frame.left + frame.right) / 2, behavior: "instant" });
  }

  // Options

  function showOptions() {
    const { state } = now().parts[0], { automaton } = here;
    const known = seen(0);
    offered = [];
    const groups = new Map();
    for (const move of automaton.moves(state)) groups.set(move.action, [...(groups.get(move.action) ?? []), move]);
    const shown = [...groups].map(([action, moves]) => group(action, moves, state, known)).filter(Boolean);
    const nothing = html("p", { class: "quiet" }, state.ended ? "The run has ended." : "No step can be taken: the run ends here.");
    byId("options").replaceChildren(...(shown.length ? shown : [nothing]));
  }

  function group(action, moves, state, known) {
    const typed = own.get(action.name);
    const count = here.automaton.sizesOf(moves[0]).length;
    const options = moves.flatMap((move) => {
      const inputs = here.automaton.suggested(state, move);
      const more = typed && !inputs.some((each) => each.every((size, place) => size === typed[place])) ? [typed] : [];
      return [...inputs, ...more].flatMap((sizes) => here.automaton.with(state, move, sizes));
    });
    if (!options.length) return null;
    const buttons = options.map((option) => optionButton(option, state, known, options));
    const sizes = action.parameters.filter(({ kind }) => kind === "size");
    const fields = count ? [html("form", { class: "typed", onsubmit: (event) => type(event, action) },
      html("span", {}, "another size"), ...sizes.map(({ name }, place) => html("input", { type: "number", inputmode: "numeric", min: 1, max: S.MOST_BYTES, "aria-label": `${name} of ${action.name}`, value: typed?.[place] ?? "", placeholder: name })),
      html("button", { type: "submit" }, "offer"))] : [];
    return html("section", { class: "action", "aria-label": action.name }, html("p", { class: "quiet" }, words(action)), html("div", { class: "choices" }, ...buttons), ...fields);
  }

  const words = ({ name, words: said }) => (said ? said.replace(/`/g, "") : name);

  function type(event, action) {
    event.preventDefault();
    const given = all("input", event.target).map(({ value }) => Math.round(Number(value)));
    if (given.some((size) => !(size >= 1 && size <= S.MOST_BYTES))) return;
    own.set(action.name, given);
    showOptions();
    all(`#options [aria-label="${CSS.escape(action.name)}"] button.step`).at(-1)?.focus();
  }

  function optionButton(option, state, known, options) {
    const { automaton } = here;
    const taken = automaton.take(state, option);
    const breaks = taken.broken.filter((claim) => !known.has(claim));
    const spelled = automaton.spelled(state, option);
    const choices = options.filter((each) => each.move === option.move && `${each.inputs}` === `${option.inputs}`);
    const told = events(taken.events).join("; ") || (taken.raised ? "raises" : "announces nothing");
    const number = offered.push(option);
    const chosen = choices.length > 1 ? html("span", { class: "chosen" }, `${choices.indexOf(option) + 1} of ${choices.length}: ${told}`) : "";
    const mark = !challenge && breaks.length ? html("span", { class: "breaks" }, broken(breaks)) : "";
    return html("button", { type: "button", class: mark ? "step breaking" : "step", title: challenge ? null : told, onclick: () => { stop(); step(option); } },
      number <= DIGITS.length ? html("kbd", { "aria-hidden": "true" }, DIGITS[number - 1]) : "", html("span", { class: "mono" }, spelled), chosen, mark);
  }

  // What was announced, in words: equal ones in a row as one.
  function events(list) {
    const found = [];
    for (const { name, details } of list) {
      const said = [name];
      let size = null;
      for (const [key, value] of details) {
        if (key === "size" && typeof value === "number") size = value;
        else if (value === "True") said.unshift(key);
        else if (key === "consumer" && value !== null && typeof value === "object") said.push(value.name);
        else if (value !== "False") said.push(`${key}=${typeof value === "object" ? value.name : value}`);
      }
      const text = said.join(" ");
      if (found.at(-1)?.text === text && size !== null) { found.at(-1).size += size; found.at(-1).parts += 1; } else found.push({ text, size, parts: 1 });
    }
    return found.map(({ text, size, parts }) => (size === null ? text : `${text} ${S.roughly(size)}${parts > 1 ? ` in ${parts} parts` : ""}`));
  }

  // Claims

  function showClaims() {
    const known = sides.map((_, side) => seen(side));
    const shown = here.automaton.claims.map(({ at: claim, name, sentence }) => {
      const marks = sides.map((side, place) => {
        const other = side.automaton.claims.find((each) => each.name === name);
        return other === undefined ? null : known[place].get(other.at);
      });
      return claimRow(claim, name, sentence, marks);
    });
    const refused = here.table.refused.map(([name, why]) => html("details", { class: "claim" }, html("summary", {}, html("span", { class: "quiet" }, "– "), html("span", { class: "mono" }, name), html("span", { class: "quiet" }, " not asked")), html("p", { class: "quiet" }, why)));
    byId("claims").replaceChildren(...shown, ...refused);
  }

  function claimRow(claim, name, sentence, marks) {
    const fresh = broke(0).includes(claim);
    const signs = marks.map((since, side) => html("span", { class: since === undefined ? "mended" : since === null ? "quiet" : "said", title: sides[side].title },
      since === undefined ? "✓ " : since === null ? "– " : "✗ "));
    const since = marks.map((step, side) => (step === undefined || step === null ? "" : `${there ? `${sides[side].title}: ` : ""}${step === at ? "in this step" : `since step ${step}`}`)).filter(Boolean).join("; ");
    const told = since ? html("span", { class: "said" }, ` ${since}`) : "";
    return html("details", { class: fresh ? "claim fresh" : "claim" }, html("summary", {}, ...signs, html("span", { class: "mono" }, name), told), html("p", { class: "quiet" }, sentence));
  }

  // The run so far

  function showRun() {
    const measured = moments.some(({ parts }) => parts.some((each) => each?.memory));
    const columns = measured ? sides.flatMap(({ title }) => [["accounted", title], ["reachable", title]]) : [];
    const above = there && measured ? [html("tr", {}, html("td", { colspan: 2 }), ...sides.map(({ title }) => html("th", { scope: "colgroup", colspan: 2, class: "size" }, title)))] : [];
    const head = html("thead", {}, ...above, html("tr", {}, html("td", {}), html("th", { scope: "col" }, "step"), ...columns.map(([words]) => html("th", { scope: "col", class: "size" }, words))));
    const first = there ? parting() : -1;
    const rows = moments.flatMap((each, place) => runRows(each, place, measured, first));
    byId("run").replaceChildren(head, html("tbody", {}, ...rows));
  }

  function runRows({ spelled, parts, stopped }, place, measured, first) {
    const guilty = broke(0, place).length > 0;
    const cells = measured ? parts.flatMap((each) => ["accounted", "reachable"].map((name) => {
      const bad = name === "reachable" && each?.memory?.gap;
      return html("td", { class: bad ? "size said" : "size" }, each?.memory ? S.roughly(each.memory[name]) : "–");
    })) : [];
    const jump = html("button", { type: "button", class: "jump mono", "aria-current": place === at ? "step" : null, onclick: () => { stop(); go(place); } }, spelled);
    const told = parts.map((each, side) => (each && events(each.taken.events).length ? html("p", { class: "quiet events-of" }, there ? `${sides[side].title}: ` : "", events(each.taken.events).join("; ")) : ""));
    const parted = place === first ? html("p", { class: "parting mended" }, stopped ? `Here the two diverge: ${there.title} ${stopped}.` : `Here the two diverge: ${differences(parts).join("; ")}.`) : "";
    const kind = [place === at && "here", place > at && "undone", guilty && "guilty"].filter(Boolean).join(" ");
    return [html("tr", { class: kind }, html("td", { class: "size count" }, `${guilty ? "▶" : ""}${place || ""}`), html("th", { scope: "row" }, jump, ...told, parted), ...cells)];
  }

  // The first step after which one can tell the two models apart, or -1.
  const parting = () => moments.findIndex(({ parts, stopped }) => stopped || (parts[1] && differences(parts).length > 0));

  function differences([one, two]) {
    if (!two) return [];
    const found = [];
    if (one.taken.raised !== two.taken.raised) found.push(two.taken.raised ? `raises ${two.taken.raised}` : `does not raise ${one.taken.raised}`);
    for (const name of ["accounted", "reachable", "unclaimed", "capacity"]) {
      const [left, right] = [one, two].map((each) => each.memory?.[name] ?? null);
      if (left !== right) found.push(`${name} ${left === null ? "not measured" : S.roughly(left)} → ${right === null ? "not measured" : S.roughly(right)}`);
    }
    const [left, right] = [one, two].map((each) => events(each.taken.events).join(", "));
    if (left !== right) found.push(`${left || "nothing is announced"} → ${right || "nothing is announced"}`);
    return found;
  }

  function showBegin() {
    const moves = here.automaton.moves(S.START), [first] = moves;
    const { parameters } = first.action;
    if (!parameters.length) return;
    const form = byId("begin");
    const fields = parameters.map(({ name, kind, values }) => html("label", {}, `${name} `, kind === "size" ? html("input", { type: "number", inputmode: "numeric", min: 1, max: S.MOST_BYTES, name })
      : html("select", { name }, ...values.map((value) => html("option", {}, S.plain(value))))));
    form.replaceChildren(html("span", {}, "Begin with "), ...fields, html("button", { type: "submit" }, "begin"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const option = S.unlinked(here.automaton, S.START, ["begin", ...parameters.map(({ name }) => S.word(form.elements[name].value))].join(":"));
      notice(option ? "" : "The model cannot begin so.");
      if (option) begin(option);
    });
    form.hidden = false;
  }

  // Sharing

  function showShared() {
    byId("link").value = `${location.href.split("#")[0]}${address()}`;
    const own_ = here.file ? ` --on ${quoted(here.title)}` : "";
    byId("command").value = `spillproof replay ${quoted(address())}${own_}`;
  }

  const quoted = (text) => `'${text.replace(/'/g, "'\\''")}'`;

  function share() {
    const open = byId("shared").toggleAttribute("hidden") === false;
    byId("share").setAttribute("aria-expanded", String(open));
    byId("copied").textContent = "";
    if (open) { byId("link").focus(); byId("link").select(); }
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(byId("link").value);
      byId("copied").textContent = "copied";
    } catch {
      byId("link").select();
      byId("copied").textContent = "press Ctrl-C to copy";
    }
  }

  // Keys and buttons

  const keys = {
    ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), Home: () => go(0), f: finish, c: () => byId("challenge").click(), s: share,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    const scrolls = event.target.closest(".graph, .wide");
    if (scrolls && scrolls.scrollWidth > scrolls.clientWidth && event.key.startsWith("Arrow")) return;
    const option = DIGITS.includes(event.key) ? offered[DIGITS.indexOf(event.key)] : undefined;
    const act = option ? () => step(option) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    stop();
    act();
  });
  byId("first").addEventListener("click", () => { stop(); go(0); });
  byId("back").addEventListener("click", () => { stop(); go(at - 1); });
  byId("forward").addEventListener("click", () => { stop(); go(at + 1); });
  byId("finish").addEventListener("click", finish);
  byId("share").addEventListener("click", share);
  byId("copy").addEventListener("click", copy);
  byId("replayed").addEventListener("click", (event) => { event.preventDefault(); if (byId("shared").hidden) share(); byId("command").select(); });
  byId("challenge").addEventListener("click", () => { stop(); setChallenge(!challenge); if (!challenge) notice(""); go(at); });
  addEventListener("hashchange", () => { if (location.hash !== address()) follows(); });
  byId("controls").hidden = false;
  follows();
  showBegin();
  if (byId("begin").elements.length) moments[0].parts[0].option.inputs.forEach((size, place) => { all("input", byId("begin"))[place].value = size; });
})();
