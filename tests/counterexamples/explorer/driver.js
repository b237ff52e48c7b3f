// Random runs in the page's core, told so that Python can compare them with runs on integers. Works in a browser and
// without one: it needs `Spillproof` and nothing else.
globalThis.walks = (data, { seed, count, length, sizes }) => {
  const S = globalThis.Spillproof;
  const automaton = new S.Automaton(data);
  let random = seed;
  const below = (most) => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * most);
  };
  const pick = (list) => list[below(list.length)];
  const some = (state, move) => (below(2) ? pick(automaton.suggested(state, move)) ?? [] : automaton.sizesOf(move).map(() => pick(sizes)));

  // What is offered for these sizes, as `action kinds sizes`, with what comes of it.
  function possible(state) {
    return automaton.moves(state).flatMap((move) => {
      const each = automaton.sizesOf(move).map(() => sizes);
      const inputs = each.reduce((found, next) => found.flatMap((known) => next.map((size) => [...known, size])), [[]]);
      return inputs.flatMap((given) => automaton.with(state, move, given)).map((option) => {
        const { parameters, name } = option.move.action;
        const kinds = parameters.map(({ kind }, at) => kind === "object" ? automaton.shapes[state.shape].objects[option.move.given[at]].kind : kind === "size" ? "" : option.move.given[at]);
        const taken = automaton.take(state, option), memory = automaton.memory(taken.state);
        return JSON.stringify([name, kinds, option.inputs, taken.raised, memory && [memory.accounted, memory.reachable]]);
      });
    }).sort();
  }

  function told(state, before, option, taken, opened) {
    const memory = taken.raised ? null : automaton.memory(taken.state);
    const heap = taken.raised || taken.state.ended ? null : automaton.heap(taken.state);
    const ids = heap && memory?.gap ? new Set(opened ?? taken.state.ids) : null;
    return {
      link: S.linked(before, option), spelled: automaton.spelled(before, option), raised: taken.raised, ended: Boolean(taken.state.ended),
      broken: taken.broken.map((claim) => automaton.claims[claim].name), memory, sizes: taken.state.sizes, names: taken.state.names,
      shallow: heap?.objects.map((each) => each.shallow) ?? null,
      shares: heap && memory ? S.shares(heap, taken.state.claimed).map(({ claims, holds }) => [claims, holds]).sort() : null,
      free: ids ? S.countedFree(heap, taken.state.claimed, taken.events, memory.gap, ids).map((at) => [heap.objects[at].kind, heap.objects[at].shallow]) : null,
      events: taken.events.map(({ name, details }) => [name, details.map(([key, value]) => [key, typeof value === "object" ? "object" : `${value}`])]),
    };
  }

  return Array.from({ length: count }, (_, number) => {
    let state = S.START, opened = null;
    const steps = [];
    for (let step = 0; step <= length; step += 1) {
      const moves = automaton.moves(state);
      const options = moves.length ? (() => { const move = pick(moves); return automaton.with(state, move, some(state, move)); })() : [];
      if (!options.length) continue;
      const option = pick(options), taken = automaton.take(state, option);
      if (!opened && !taken.raised && automaton.memory(taken.state)?.gap) opened = taken.state.ids;
      steps.push(told(taken.state, state, option, taken, opened));
      state = taken.state;
      if (state.ended) break;
    }
    return { steps, possible: number % 5 || state.ended || !steps.length ? null : possible(state) };
  });
};
