// Runs of an automaton on whole numbers. It reads what table.py writes, touches no page, and loads nothing, so that it
// runs in a browser and without one. A state never changes: each step makes a new one.
"use strict";
globalThis.Spillproof = (() => {
  const MOST_BYTES = 1e12; // sums of so large sizes are still exact
  const MOST_INPUTS = 12; // suggestions for a step with several sizes
  const ACCOUNTED = 0, REACHABLE = 1, UNCLAIMED = 2, CAPACITY = 3;

  const START = { shape: -1, sizes: [], ids: [], names: [], born: 0, counts: {}, claimed: new Map(), ended: "" };

  // A constant as Python spells it.
  const plain = (value) => (value === true ? "True" : value === false ? "False" : `${value}`);

  class Automaton {
    constructor(data) {
      this.data = data;
      this.claims = data.claims.map(([name, sentence], at) => ({ at, name, sentence }));
      this.actions = data.actions.map(([name, words, parameters]) => ({
        name, words, parameters: parameters.map(([title, kind, values]) => ({ name: title, kind, values })),
      }));
      this.shapes = data.shapes.map((row) => this.#shape(row));
      this.edges = data.edges.map((row, at) => this.#edge(row, at));
      this.#leaving = new Map();
      for (const edge of this.edges) {
        const moves = this.#leaving.get(edge.source) ?? this.#leaving.set(edge.source, new Map()).get(edge.source);
        const key = JSON.stringify([edge.action, edge.given]);
        if (!moves.has(key)) moves.set(key, { key, action: this.actions[edge.action], given: edge.given, edges: [] });
        moves.get(key).edges.push(edge);
      }
    }

    #leaving;

    #shape([width, objects, roots, measures, broken]) {
      const { words } = this.data;
      const pair = ([field, value]) => [words[field], value];
      return {
        width, measures, broken,
        roots: roots.map(pair),
        objects: objects.map((at) => {
          const [kind, shallow, sizes, references, constants] = this.data.objects[at];
          return {
            kind: words[kind], shallow, sizes: sizes.map(pair), references: references.map(pair),
            constants: constants.map(([field, value]) => [words[field], words[value]]),
          };
        }),
      };
    }

    #edge(row, at) {
      const [source, action, given, picks, guard, target, update, symbols, quotients, origins, broken, negative, raised, events] = row;
      return { at, source, action, given, picks, guard, target, update, symbols, quotients, origins, broken, negative, raised, events };
    }

    // Numbers

    value(expression, values) {
      const row = this.data.expressions[expression];
      let sum = row[0];
      for (let at = 1; at < row.length; at += 2) sum += row[at + 1] * values[row[at]];
      return sum;
    }

    holds(condition, values) {
      const [expression, operator] = this.data.conditions[condition];
      const value = this.value(expression, values);
      return operator === ">= 0" ? value >= 0 : (operator === "== 0") === (value === 0);
    }

    all(conditions, values) {
      return conditions.every((condition) => this.holds(condition, values));
    }

    // What an edge computes with: the sizes before it, those it is given (less 1), and quotients.
    values(edge, sizes, inputs, whole = Math.floor) {
      return this.#divided(edge.quotients, [...sizes, ...inputs.map((size) => size - 1)], whole);
    }

    #divided(quotients, values, whole) {
      for (const [symbol, dividend, divisor] of quotients) values[symbol] = whole(this.value(dividend, values) / divisor);
      return values;
    }

    measured(measure, sizes) {
      if (measure === null || measure === undefined) return null;
      if (measure[0] === 0) return this.value(measure[1], sizes);
      for (const [when, quotients, expression] of measure[1]) {
        const values = this.#divided(quotients, [...sizes], Math.floor);
        if (this.all(when, values)) return this.value(expression, values);
      }
      return null;
    }

    // Steps

    moves(state) {
      return state.ended ? [] : [...(this.#leaving.get(state.shape)?.values() ?? [])];
    }

    // The edges that a move can take with these sizes: more than one only where the environment has a choice.
    ways(state, move, inputs) {
      return move.edges.filter((edge) => this.all(edge.guard, this.values(edge, state.sizes, inputs)));
    }

    // Every step that is offered: each move with the sizes that stand at the boundaries of its guards.
    options(state) {
      return this.moves(state).flatMap((move) => this.suggested(state, move).flatMap((inputs) => this.with(state, move, inputs)));
    }

    with(state, move, inputs) {
      return this.ways(state, move, inputs).map((edge) => ({ move, inputs, edge }));
    }

    sizesOf(move) {
      return move.action.parameters.filter((each) => each.kind === "size");
    }

    suggested(state, move) {
      const count = this.sizesOf(move).length;
      let found = [Array(count).fill(1)];
      for (let place = 0; place < count; place += 1) {
        found = found.flatMap((inputs) => this.#boundaries(state, move, inputs, place).map((size) => inputs.with(place, size)));
        found = found.slice(0, MOST_INPUTS);
      }
      return this.#distinct(state, move, found);
    }

    // The smallest and the largest sizes of those with which a move goes the same way and breaks the same claims; none
    // that it cannot be taken with.
    #distinct(state, move, found) {
      const ways = new Map();
      for (const inputs of found) {
        const way = this.ways(state, move, inputs).map((edge) => [edge.at, ...this.take(state, { edge, inputs }).broken]).join(";");
        if (way) ways.set(way, [...(ways.get(way) ?? []), inputs]);
      }
      const kept = new Set([...ways.values()].flatMap((each) => [each[0], each.at(-1)]));
      return found.filter((inputs) => kept.has(inputs));
    }

    // The sizes at which a guard, or a claim, changes its answer; with 1, in their order.
    #boundaries(state, move, inputs, place) {
      const sizes = new Set([1]);
      const real = (each) => each;
      for (const edge of move.edges) {
        const [low, high] = [1, 2].map((size) => this.values(edge, state.sizes, inputs.with(place, size), real));
        const note = (condition, from, to) => {
          const [expression, operator] = this.data.conditions[condition];
          const first = this.value(expression, from), slope = this.value(expression, to) - first;
          if (slope === 0) return;
          const root = 1 - first / slope;
          const near = operator !== ">= 0" ? [root - 1, root, root + 1].map(Math.round)
            : slope < 0 ? [Math.floor(root), Math.floor(root) + 1] : [Math.ceil(root) - 1, Math.ceil(root)];
          near.filter((size) => size >= 1 && size <= MOST_BYTES).forEach((size) => sizes.add(size));
        };
        const after = (values) => edge.update.map((each) => this.value(each, values));
        edge.guard.forEach((each) => note(each, low, high));
        edge.broken.forEach(([, ways]) => ways.flat().forEach((each) => note(each, low, high)));
        if (edge.target < 0) continue;
        const [from, to] = [after(low), after(high)];
        this.shapes[edge.target].broken.forEach(([, ways]) => ways.flat().forEach((each) => note(each, from, to)));
      }
      return [...sizes].sort((one, other) => one - other);
    }

    // Take a step. What comes of it: the state after it, what was announced, and which claims are false.
    take(state, { edge, inputs }) {
      const values = this.values(edge, state.sizes, inputs);
      if (edge.raised) {
        const next = { ...state, ended: edge.raised };
        return { state: next, events: this.#events(edge, values, state, null), broken: [this.data.exception], raised: edge.raised };
      }
      const sizes = edge.update.map((each) => this.value(each, values));
      const negative = sizes.some((size) => size < 0);
      const next = { ...this.#objects(state, edge), shape: edge.target, sizes, ended: negative ? "a counter is negative" : "" };
      const events = this.#events(edge, values, state, next);
      next.claimed = claimedAfter(state.claimed, events, next.ids);
      return { state: next, events, broken: negative ? [this.data.negative] : this.#broken(edge, values, next), raised: "" };
    }

    #broken(edge, values, next) {
      const isFalse = (rows, numbers) => rows.filter(([, ways]) => ways.some((way) => this.all(way, numbers))).map(([claim]) => claim);
      const found = [...isFalse(edge.broken, values), ...isFalse(this.shapes[next.shape].broken, next.sizes)];
      return [...new Set(found)].sort((one, other) => one - other);
    }

    // Objects keep their number and their name from state to state; those that a step makes get the next ones.
    #objects(state, edge) {
      const counts = { ...state.counts };
      let born = state.born;
      const found = this.shapes[edge.target].objects.map(({ kind }, at) => {
        const origin = edge.origins.length ? edge.origins[at] : -1;
        if (origin >= 0) return [state.ids[origin], state.names[origin]];
        const prefix = this.data.named[kind];
        if (prefix !== undefined) counts[prefix] = (counts[prefix] ?? 0) + 1;
        return [born++, prefix === undefined ? "" : `${prefix}${counts[prefix]}`];
      });
      return { ids: found.map(([id]) => id), names: found.map(([, name]) => name), born, counts };
    }

    #events(edge, values, before, after) {
      const { words } = this.data;
      const told = (kind, what) => {
        if (kind === "size") return this.value(what, values);
        if (kind === "word") return words[what];
        const state = kind === "before" ? before : after;
        return { id: state.ids[what], name: state.names[what] };
      };
      return edge.events.map(([name, details]) => ({
        name: words[name], details: details.map(([key, kind, what]) => [words[key], told(kind, what)]),
      }));
    }

    // Words

    spelled(state, { move, inputs }) {
      const sizes = [...inputs];
      const words = move.action.parameters.map(({ name, kind }, at) => {
        const value = kind === "size" ? sizes.shift() : kind === "object" ? state.names[move.given[at]] : plain(move.given[at]);
        return move.action.name === "begin" ? `${name}=${value}` : `${value}`;
      });
      return `${move.action.name}(${words.join(", ")})`;
    }

    // Memory

    memory(state) {
      if (state.shape < 0 || state.ended) return null;
      const found = this.shapes[state.shape].measures.map((each) => this.measured(each, state.sizes));
      if (found.length <= UNCLAIMED || found.slice(0, CAPACITY).includes(null)) return null;
      const [accounted, reachable, unclaimed] = [found[ACCOUNTED], found[REACHABLE], found[UNCLAIMED]];
      const capacity = found[CAPACITY] ?? null;
      return { accounted, reachable, unclaimed, capacity, gap: Math.max(0, reachable - accounted - unclaimed) };
    }

    // The heap of a state: its objects, and the references between them. Object 0 is the model itself.
    heap(state) {
      const { objects, roots } = this.shapes[state.shape];
      return {
        roots,
        objects: objects.map((each, at) => ({
          at, id: state.ids[at], name: state.names[at], kind: each.kind, constants: each.constants,
          shallow: this.measured(each.shallow, state.sizes) ?? 0, references: each.references,
          sizes: each.sizes.map(([field, size]) => [field, this.value(size, state.sizes)]),
        })),
      };
    }
  }

  // Who holds what. A judgment, and the same as properties/engines/story/holders.py makes.

  const SIGNS = { acquire: 1, release: -1 };

  function claimedAfter(claimed, events, ids) {
    const found = new Map(claimed);
    for (const { name, details } of events) {
      const { consumer, size } = Object.fromEntries(details);
      if (name in SIGNS && typeof size === "number" && ids.includes(consumer?.id)) {
        found.set(consumer.id, (found.get(consumer.id) ?? 0) + SIGNS[name] * size);
      }
    }
    return found;
  }

  const reachableFrom = (heap, starts) => {
    const found = [...new Set(starts)];
    for (const at of found) heap.objects[at].references.forEach(([, to]) => { if (!found.includes(to)) found.push(to); });
    return found;
  };

  // The consumer that each object hangs on, by the places of both.
  function owners(heap, consumers) {
    const fence = new Set(heap.roots.map(([, to]) => to));
    const found = new Map(consumers.map((at) => [at, at]));
    for (const [at] of found) {
      for (const [, to] of heap.objects[at].references) if (!found.has(to) && !fence.has(to)) found.set(to, found.get(at));
    }
    return found;
  }

  const placesOf = (heap) => new Map(heap.objects.map(({ id, at }) => [id, at]));

  // What each consumer claims, and what hangs on it, in bytes.
  function shares(heap, claimed) {
    const places = placesOf(heap);
    const known = [...claimed.keys()].sort((one, other) => one - other).filter((id) => places.has(id));
    const owner = owners(heap, known.map((id) => places.get(id)));
    const holds = new Map([...claimed.keys()].map((id) => [id, 0]));
    for (const at of reachableFrom(heap, heap.roots.map(([, to]) => to))) {
      if (owner.has(at)) {
        const { id } = heap.objects[owner.get(at)];
        holds.set(id, holds.get(id) + heap.objects[at].shallow);
      }
    }
    return [...claimed].map(([id, claims]) => ({
      id, at: places.get(id), name: places.has(id) ? heap.objects[places.get(id)].name : "gone", claims, holds: holds.get(id),
    }));
  }

  // The objects whose bytes are counted free although they are reachable, by their places, the likeliest first.
  // `old` are the numbers of the objects that were there when the gap first opened.
  function countedFree(heap, claimed, events, gap, old) {
    const places = placesOf(heap);
    const accounts = shares(heap, claimed).filter(({ at }) => at !== undefined);
    const released = events.filter(({ name }) => name === "release")
      .map(({ details }) => places.get(Object.fromEntries(details).consumer?.id)).filter((at) => at !== undefined);
    const of = (wanted) => owners(heap, accounts.filter(wanted).map(({ at }) => at));
    const honest = of(({ claims, holds }) => holds <= claims);
    const overdrawn = of(({ claims, holds }) => holds > claims);
    const announced = owners(heap, released);
    const rank = (at) => [honest.has(at), !overdrawn.has(at), !announced.has(at), !old.has(heap.objects[at].id), -heap.objects[at].shallow];
    const ranked = reachableFrom(heap, heap.roots.map(([, to]) => to))
      .filter((at) => heap.objects[at].shallow > 0).map((at) => [at, rank(at)])
      .sort(([, one], [, other]) => { const place = one.findIndex((each, at) => each !== other[at]); return place < 0 ? 0 : one[place] - other[place]; });
    const found = [];
    for (const [at] of ranked) {
      if (gap <= 0) break;
      gap -= heap.objects[at].shallow;
      found.push(at);
    }
    return found;
  }

  // A shortest path from the roots: the holders and fields, `[from, field, to]`; 0 is the model.
  function pathTo(heap, target, without = null) {
    const waiting = heap.roots.map(([field, to]) => [[0, field, to]]);
    const seen = new Set();
    for (const path of waiting) {
      const [, , last] = path.at(-1);
      if (without && path.some(([from, field, to]) => without(from, field, to))) continue;
      if (last === target) return path;
      if (seen.has(last)) continue;
      seen.add(last);
      heap.objects[last].references.forEach(([field, to]) => waiting.push([...path, [last, field, to]]));
    }
    return null;
  }

  // Every reference on some way from the roots to an object, but for those that lead back: `from field to`.
  function everyPath(heap, target) {
    const found = [];
    const avoided = new Set();
    for (let tries = 0; tries < 4; tries += 1) {
      const path = pathTo(heap, target, (from, field, to) => avoided.has(`${from} ${field} ${to}`));
      if (!path) break;
      found.push(...path.map((each) => each.join(" ")));
      const entry = path.findIndex(([from]) => from !== 0);
      avoided.add(path[Math.max(0, entry)].join(" "));
    }
    return found;
  }

  // Searching

  // The shortest way from a state to a claim that is false, among the steps that are offered. `known` are claims that
  // are false already. Yields now and then what was looked at; returns the steps, or null and whether that was all.
  function* search(automaton, state, known, most = 20000) {
    const key = ({ shape, sizes }) => `${shape}:${sizes}`;
    const seen = new Set([key(state)]);
    const back = (node) => (node.before ? [...back(node.before), node.option] : []);
    let layer = [{ state }];
    for (let depth = 1; layer.length; depth += 1) {
      const next = [];
      for (const node of layer) {
        for (const option of automaton.options(node.state)) {
          const taken = automaton.take(node.state, option);
          const reached = { state: taken.state, before: node, option };
          if (taken.broken.some((claim) => !known.has(claim))) return { steps: back(reached), seen: seen.size, all: false };
          if (taken.state.ended || seen.has(key(taken.state))) continue;
          seen.add(key(taken.state));
          next.push(reached);
          if (seen.size >= most) return { steps: null, seen: seen.size, all: false, depth: depth - 1 };
          if (seen.size % 500 === 0) yield seen.size;
        }
      }
      layer = next;
    }
    return { steps: null, seen: seen.size, all: true };
  }

  function searched(automaton, state, known, most) {
    const steps = search(automaton, state, known, most);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  // Links

  const word = (value) => encodeURIComponent(`${value}`).replace(/%(40|2B|2F)/g, decodeURIComponent);

  // A step in a link: its action, its arguments, and what was chosen: `insert:E1:4`, `pull:I1~1`.
  function linked(state, { move, inputs, edge }) {
    const sizes = [...inputs];
    const given = move.action.parameters.map(({ kind }, at) =>
      word(kind === "size" ? sizes.shift() : kind === "object" ? state.names[move.given[at]] : plain(move.given[at])));
    return [move.action.name, ...given].join(":") + (edge.picks.length ? `~${edge.picks.join(".")}` : "");
  }

  // The step that a link means in a state, or null where there is none.
  function unlinked(automaton, state, text) {
    const [words, chosen = ""] = text.split("~");
    const [action, ...given] = words.split(":").map(decodeURIComponent);
    for (const move of automaton.moves(state)) {
      const { parameters, name } = move.action;
      if (name !== action || parameters.length !== given.length) continue;
      const fits = parameters.every(({ kind }, at) => kind === "size" ? /^[1-9]\d{0,12}$/.test(given[at])
        : (kind === "object" ? state.names[move.given[at]] : plain(move.given[at])) === given[at]);
      if (!fits) continue;
      const inputs = given.filter((_, at) => parameters[at].kind === "size").map(Number);
      if (inputs.some((size) => size > MOST_BYTES)) continue;
      const edge = automaton.ways(state, move, inputs).find(({ picks }) => picks.join(".") === chosen);
      if (edge) return { move, inputs, edge };
    }
    return null;
  }

  // Two models in lockstep

  // The step of another model that is the same, or null where it cannot be taken there. `same` leads from the number
  // of an object here to its number there. Where its heuristic prefers otherwise, it has its way.
  function mirrored(state, option, there, other, same) {
    const sizes = option.inputs;
    for (const move of there.moves(other)) {
      const { name, parameters } = move.action;
      if (name !== option.move.action.name || parameters.length !== option.move.action.parameters.length) continue;
      const fits = parameters.every(({ kind }, at) => kind === "size"
        || (kind === "object" ? same.get(state.ids[option.move.given[at]]) === other.ids[move.given[at]] && other.ids[move.given[at]] !== undefined
          : move.given[at] === option.move.given[at]));
      if (!fits) continue;
      const edges = there.ways(other, move, sizes);
      const agreeing = (edge) => { const at = edge.picks.findIndex((pick, place) => pick !== option.edge.picks[place]); return at < 0 ? edge.picks.length : at; };
      const best = edges.reduce((found, edge) => (found && agreeing(found) >= agreeing(edge) ? found : edge), null);
      if (best) return { move, inputs: sizes, edge: best };
    }
    return null;
  }

  // Which object that a step made here is which that it made there: of one class, in their order.
  function recognised(here, before, there, otherBefore, same, kinds, otherKinds) {
    const found = new Map(same);
    const made = new Map();
    there.ids.forEach((id, at) => { if (id >= otherBefore.born) made.set(otherKinds[at], [...(made.get(otherKinds[at]) ?? []), id]); });
    here.ids.forEach((id, at) => { if (id >= before.born && made.get(kinds[at])?.length) found.set(id, made.get(kinds[at]).shift()); });
    return found;
  }

  return {
    Automaton, START, MOST_BYTES, shares, countedFree, pathTo, everyPath, reachableFrom, search, searched, linked, unlinked, mirrored, recognised, plain, word,
  };
})();
