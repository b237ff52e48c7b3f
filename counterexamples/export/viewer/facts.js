// What is in an object of the heap: its fields, its bytes, and what this step has changed. Whoever points at an object,
// or moves to it by keys, sees that below the picture, until another one is looked at. It needs nothing but the page.
"use strict";
(() => {
  const bytes = (size) => `${size.toLocaleString("en-US")} B`;

  function html(tag, attributes = {}, ...children) {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null) found.setAttribute(name, value);
    found.append(...children);
    return found;
  }

  const called = ({ kind, name }) => (name && name !== kind ? `${kind} ${name}` : kind);

  // The fields of an object in words, by their names; a bag's members share one.
  function fieldsOf(heap, each) {
    const found = new Map();
    const add = (name, words) => found.set(name, found.has(name) ? `${found.get(name)}, ${words}` : words);
    each.sizes.forEach(([name, size]) => add(name, size.toLocaleString("en-US")));
    each.references.forEach(([name, to]) => add(name, `→ ${called(heap.objects[to])}`));
    each.constants.forEach(([name, value]) => add(name, value));
    return found;
  }

  // The bytes that can be reached from the roots, but for what only `without` leads to.
  function reached(heap, without = -1) {
    const found = new Set(heap.roots.map(([, to]) => to).filter((to) => to !== without));
    for (const at of found) heap.objects[at].references.forEach(([, to]) => { if (to !== without) found.add(to); });
    return [...found].reduce((total, at) => total + heap.objects[at].shallow, 0);
  }

  // What would be gone if an object were, in bytes.
  const retained = (heap, at) => reached(heap) - reached(heap, at);

  // `[name, words, words before]` for each field; nothing before where the object is new, or nothing changed.
  function changed(heap, each, old) {
    const was = old?.objects.find(({ id }) => id === each.id);
    const before = was ? fieldsOf(old, was) : null, now = fieldsOf(heap, each);
    const gone = [...(before ?? new Map()).keys()].filter((name) => !now.has(name));
    return [...[...now].map(([name, words]) => [name, words, before && before.get(name) !== words ? before.get(name) ?? "–" : ""]),
      ...gone.map((name) => [name, "–", before.get(name)])];
  }

  class Facts {
    constructor(place) {
      this.place = place;
      this.id = null;
      this.draw(null, null);
    }

    // Show the object that is looked at, in a heap; `old` is the heap before the step, or null.
    draw(heap, old) {
      Object.assign(this, { heap, old });
      const each = heap?.objects.find(({ id }) => id === this.id);
      this.place.replaceChildren(...(each ? this.#told(each) : [html("p", { class: "quiet" }, "Point at an object, or move to it with Tab, to see what is in its fields.")]));
    }

    look(id) {
      this.id = id;
      this.draw(this.heap, this.old);
    }

    #told(each) {
      const { heap, old } = this;
      const rows = changed(heap, each, old);
      const isNew = old && !old.objects.some(({ id }) => id === each.id);
      const sizes = each.at ? ` ${bytes(each.shallow)} itself, ${bytes(retained(heap, each.at))} with what only it keeps` : "";
      const fresh = rows.some(([, , before]) => before);
      const head = html("tr", {}, ...["field", "now", ...(fresh ? ["before this step"] : [])].map((words) => html("th", { scope: "col" }, words)));
      const body = rows.map(([name, words, before]) => html("tr", { class: before ? "changed" : null }, html("th", { scope: "row", class: "mono" }, name),
        html("td", { class: "mono" }, words), ...(fresh ? [html("td", { class: "mono" }, before)] : [])));
      const title = html("p", {}, html("strong", { class: "mono" }, called(each)), html("span", { class: "quiet" }, `${sizes}${isNew ? "; new in this step" : ""}`));
      return rows.length ? [title, html("table", {}, html("thead", {}, head), html("tbody", {}, ...body))] : [title, html("p", { class: "quiet" }, "It has no fields.")];
    }
  }

  globalThis.Spillproof = Object.assign(globalThis.Spillproof ?? {}, { Facts, retained });
})();
