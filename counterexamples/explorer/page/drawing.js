// Draws a heap, and the two bars of the memory, with the classes of picture.css; makes elements. All words are set as text.
"use strict";
(() => {
  const { layout, LETTER, SMALL_LETTER, LINE } = globalThis.Spillproof;
  const LONGEST_CLASS = 28, LONGEST_FIELD = 22;
  const MEGABYTE = 1 << 20;

  function html(tag, attributes = {}, ...children) {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) found.addEventListener(name.slice(2), value);
      else if (value === true) found.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) found.setAttribute(name, value);
    }
    found.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
    return found;
  }

  function element(parent, tag, attributes = {}, text = "") {
    const found = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
    if (text) found.textContent = text;
    parent.append(found);
    return found;
  }

  const shortened = (words, longest) =>
    words.length <= longest ? words : `${words.slice(0, longest - Math.floor(longest / 2) - 1)}…${words.slice(-Math.floor(longest / 2))}`;

  // A size as a heap-dump tool prints it.
  function roughly(size) {
    const sign = size < 0 ? "−" : "", most = Math.abs(size);
    if (most >= 1024 * MEGABYTE) return `${sign}${(most / MEGABYTE / 1024).toFixed(1)} GB`;
    return most >= MEGABYTE ? `${sign}${(most / MEGABYTE).toFixed(1)} MB` : `${sign}${most.toLocaleString("en-US")} B`;
  }

  const below = ({ name, shallow }) => [name, shallow ? roughly(shallow) : ""].filter(Boolean).join(" · ");

  // A heap, drawn into one picture again and again: what stays moves to its new place.
  class Heap {
    constructor(picture) {
      this.picture = picture;
      this.edges = element(picture, "g", { class: "edges" });
      this.nodes = element(picture, "g", { class: "nodes" });
      this.known = new Map();
    }

    // `looks` says which objects and references are lit, free, fresh; `chosen` is called with a reference that is clicked.
    draw(heap, looks, chosen) {
      const objects = heap.objects.map((each) => ({ ...each, key: `${each.id} ${each.kind}`, words: below(each) }));
      const nodes = objects.map(({ key, kind, words, at }) => ({
        key, height: 14 + LINE * (words ? 2 : 1),
        width: Math.max(shortened(kind, LONGEST_CLASS).length, words.length, looks.free.has(at) ? 13 : 0) * LETTER + 20,
      }));
      const arrows = objects.flatMap((holder) => {
        const references = holder.at ? holder.references : this.#fromModel(heap, holder);
        return references.map(([field, to]) => ({
          holder, field, target: objects[to], from: holder.key, to: objects[to].key, label: shortened(field, LONGEST_FIELD).length * SMALL_LETTER + 8,
        }));
      });
      const places = layout(nodes, arrows);
      this.picture.setAttribute("viewBox", `${places.left} 0 ${places.width} ${places.height}`);
      this.picture.style.setProperty("--natural", `${Math.ceil(places.width)}px`);
      this.#drawEdges(arrows, places, looks, chosen);
      this.#drawNodes(objects, places, looks);
    }

    #fromModel(heap, model) {
      const roots = heap.roots.filter(([field, to]) => !model.references.some(([name, target]) => name === field && target === to));
      return [...model.references, ...roots];
    }

    #drawEdges(arrows, places, looks, chosen) {
      this.edges.replaceChildren();
      const rank = (arrow) => (arrow.back ? 0 : looks.lit(arrow.holder.at, arrow.field, arrow.target.at) ? 2 : 1);
      arrows.map((arrow, at) => [arrow, places.curves[at]]).sort(([one], [other]) => rank(one) - rank(other))
        .forEach(([arrow, curve]) => this.#edge(arrow, curve, looks, chosen));
    }

    #edge(arrow, { path, tip, label, side }, looks, chosen) {
      const { holder, field, target } = arrow;
      const lit = looks.lit(holder.at, field, target.at), cut = looks.cut?.(holder.id, field);
      const words = ["edge", arrow.back && "back", lit && "lit", looks.freshEdge(holder.id, field, target.id) && "fresh", cut && "off", chosen && "choice"];
      const group = element(this.edges, "g", { class: words.filter(Boolean).join(" ") });
      element(group, "title", {}, `${holder.kind}.${field} → ${target.kind}`);
      if (chosen) element(group, "path", { class: "near", d: path });
      element(group, "path", { class: "line", d: path });
      const [x, y] = tip;
      const points = side ? `M${x} ${y - 3.5}L${x - side * 6} ${y}L${x} ${y + 3.5}Z` : `M${x - 3.5} ${y}L${x} ${y + 6}L${x + 3.5} ${y}Z`;
      element(group, "path", { class: "tip", d: points });
      if (label) element(group, "text", { class: "field", x: label[0], y: label[1] + 3.5 }, shortened(field, LONGEST_FIELD));
      if (chosen) this.#choice(group, arrow, chosen, lit);
    }

    #choice(group, arrow, chosen, lit) {
      const choose = () => chosen(arrow.holder, arrow.field, arrow.target);
      group.addEventListener("click", choose);
      if (!lit) return;
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", `Cut ${arrow.holder.kind}.${arrow.field}`);
      group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } });
    }

    #drawNodes(objects, places, looks) {
      const gone = new Set(this.known.keys());
      for (const each of objects) {
        gone.delete(each.key);
        this.#node(each, places.boxes.get(each.key), looks);
      }
      gone.forEach((key) => { this.known.get(key).remove(); this.known.delete(key); });
    }

    // Whoever points at an object, or moves to it, is told what is in it: `looks.look` gets its number.
    #newNode(each, looks) {
      const group = element(this.nodes, "g", { tabindex: "0", role: "button" });
      this.known.set(each.key, group);
      for (const event of ["pointerenter", "focus", "click"]) group.addEventListener(event, () => looks.look(each.id));
      return group;
    }

    #node(each, box, looks) {
      const group = this.known.get(each.key) ?? this.#newNode(each, looks);
      const words = ["node", each.at === 0 && "root", each.shallow && "holds", looks.free.has(each.at) && "free", looks.on.has(each.at) && "on", looks.fresh(each.id) && "fresh", !looks.live.has(each.at) && "ghost"];
      group.setAttribute("class", words.filter(Boolean).join(" "));
      group.style.transform = `translate(${box.x}px, ${box.y}px)`;
      group.replaceChildren();
      element(group, "rect", { class: "box", x: -box.width / 2, y: -box.height / 2, width: box.width, height: box.height, rx: 6 });
      element(group, "text", { class: "class", x: 0, y: each.words ? -4.5 : 4 }, shortened(each.kind, LONGEST_CLASS));
      group.append(" "); // what it says is read aloud as words
      if (each.words) element(group, "text", { class: "look", x: 0, y: LINE - 4.5 }, each.words);
      if (looks.free.has(each.at)) {
        group.append(" ");
        element(group, "rect", { class: "tag", x: -43, y: box.height / 2 - 5, width: 86, height: 15, rx: 7.5 });
        element(group, "text", { class: "tag", x: 0, y: box.height / 2 + 6 }, "counted free");
      }
    }
  }

  // The two bars, as bars.py draws them: `width` wide for `scale` bytes.
  const BAR = 20, STEP = 46, WIDTH = 420;

  function drawBars(picture, { accounted, reachable, capacity, gap }, scale) {
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${WIDTH} ${2 * STEP}`);
    const per = WIDTH / Math.max(1, scale);
    const bar = (top, title, parts, free) => {
      let x = 0;
      element(picture, "text", { class: "bar-words", x: 0, y: top + 11 }, title);
      if (free !== null) element(picture, "text", { class: free < 0 ? "end said" : "end", x: WIDTH, y: top + 11 }, `free ${roughly(free)}`);
      for (const [name, size] of [...parts, ["room", free ?? 0]]) {
        if (size <= 0) continue;
        element(picture, "rect", { class: name, x, y: top + 16, width: size * per, height: BAR });
        if (name === "fault") element(picture, "path", { class: "hatch", d: hatch(x, top + 16, size * per) });
        x += size * per;
      }
      if (capacity !== null) element(picture, "path", { class: "limit", d: `M${capacity * per} ${top + 14}v${BAR + 5}` });
    };
    bar(0, `believed: accounted ${roughly(accounted)}`, [["believed", accounted]], capacity === null ? null : capacity - accounted);
    bar(STEP, `in truth: reachable ${roughly(reachable)}`, [["true", reachable - gap], ["fault", gap]], capacity === null ? null : capacity - reachable);
  }

  function hatch(x, y, width) {
    const lines = [];
    for (let at = 0; at < width + BAR; at += 7) {
      const start = Math.max(0, at - width), end = Math.min(at, BAR);
      if (end > start) lines.push(`M${x + at - start} ${y + start}L${x + at - end} ${y + end}`);
    }
    return lines.join("");
  }

  Object.assign(globalThis.Spillproof, { Heap, drawBars, html, roughly });
})();
