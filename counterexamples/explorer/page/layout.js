// Places for a heap: objects in rows, each below all that refer to it; the name of a field has a place of its own in
// the row between. The same heap always gets the same places.
"use strict";
(() => {
  const LETTER = 7.4, SMALL_LETTER = 6.2, LINE = 17;
  const GAP = 14, MARGIN = 10, LABEL = 15, THIN = 10;
  const SWEEPS = 8;

  const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

  function depths(nodes, edges) {
    const found = new Map([[nodes[0].key, 0]]);
    for (const [key, depth] of found) {
      for (const { from, to } of edges) if (from === key && !found.has(to)) found.set(to, depth + 1);
    }
    nodes.forEach(({ key }) => { if (!found.has(key)) found.set(key, 0); });
    return found;
  }

  function reaching(edges) {
    const next = new Map();
    edges.forEach(({ from, to }) => next.set(from, [...(next.get(from) ?? []), to]));
    return (start) => {
      const found = new Set(next.get(start) ?? []);
      for (const each of found) (next.get(each) ?? []).forEach((to) => found.add(to));
      return found;
    };
  }

  // References in a circle that lead back towards the roots, such as a consumer's to its manager.
  function markBack(nodes, edges) {
    const depth = depths(nodes, edges), from = reaching(edges);
    const reach = new Map(nodes.map(({ key }) => [key, from(key)]));
    edges.forEach((edge) => { edge.back = depth.get(edge.to) <= depth.get(edge.from) && (edge.to === edge.from || reach.get(edge.to).has(edge.from)); });
  }

  function ranks(nodes, edges) {
    const above = new Map(nodes.map(({ key }) => [key, edges.filter((edge) => edge.to === key && !edge.back)]));
    const found = new Map();
    const rank = (key) => {
      if (!found.has(key)) found.set(key, above.get(key).reduce((most, { from }) => Math.max(most, rank(from) + 1), 0));
      return found.get(key);
    };
    nodes.forEach(({ key }) => rank(key));
    return found;
  }

  // Everything that needs a place: objects in even rows; in the rows between, and where an edge passes, its places.
  function placed(nodes, edges) {
    const rank = ranks(nodes, edges);
    const items = new Map(nodes.map((node) => [node.key, { ...node, row: 2 * rank.get(node.key), up: [], down: [] }]));
    const all = [...items.values()];
    for (const edge of edges.filter(({ back }) => !back)) {
      const last = items.get(edge.to);
      let before = items.get(edge.from);
      edge.by = [];
      for (let row = before.row + 1; row < last.row; row += 1) {
        const item = { row, width: edge.by.length ? THIN : edge.label, up: [before], down: [], thin: true };
        before.down.push(item);
        edge.by.push(item);
        all.push(item);
        before = item;
      }
      before.down.push(last);
      last.up.push(before);
    }
    return all;
  }

  function rowsOf(all) {
    const rows = [];
    const seen = new Set();
    const visit = (item) => {
      if (seen.has(item)) return;
      seen.add(item);
      (rows[item.row] ??= []).push(item);
      item.down.forEach(visit);
    };
    all.forEach(visit);
    return Array.from(rows, (row) => row ?? []);
  }

  const crossings = (rows) => rows.slice(0, -1).reduce((sum, row, at) => {
    const place = new Map(rows[at + 1].map((item, index) => [item, index]));
    const ends = row.flatMap((item) => item.down.filter((each) => place.has(each)).map((each) => place.get(each)));
    let count = 0;
    ends.forEach((one, left) => { for (let right = left + 1; right < ends.length; right += 1) if (ends[right] < one) count += 1; });
    return sum + count;
  }, 0);

  // Order each row by the middle of what its members hang on, and keep the order with the fewest crossings.
  function ordered(rows) {
    let best = rows.map((row) => [...row]), fewest = crossings(best);
    for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
      const down = sweep % 2 === 0;
      for (let at = down ? 1 : rows.length - 2; down ? at < rows.length : at >= 0; at += down ? 1 : -1) {
        const place = new Map(rows[at + (down ? -1 : 1)].map((item, index) => [item, index]));
        const middle = (item, index) => {
          const near = (down ? item.up : item.down).filter((each) => place.has(each)).map((each) => place.get(each));
          return near.length ? mean(near) : index;
        };
        const keys = new Map(rows[at].map((item, index) => [item, middle(item, index)]));
        rows[at].sort((one, other) => keys.get(one) - keys.get(other));
      }
      const count = crossings(rows);
      if (count < fewest) { best = rows.map((row) => [...row]); fewest = count; }
    }
    return best;
  }

  // Bring a row as near as can be to where its members want to be, in their order and without overlaps.
  function settle(row, wanted) {
    const offsets = [0];
    row.slice(1).forEach((item, at) => offsets.push(offsets[at] + (row[at].width + item.width) / 2 + GAP));
    const blocks = [];
    row.forEach((item, at) => {
      blocks.push({ sum: wanted(item) - offsets[at], count: 1 });
      while (blocks.length > 1 && blocks.at(-2).sum / blocks.at(-2).count > blocks.at(-1).sum / blocks.at(-1).count) {
        const { sum, count } = blocks.pop();
        blocks.at(-1).sum += sum;
        blocks.at(-1).count += count;
      }
    });
    let at = 0;
    for (const { sum, count } of blocks) {
      for (let left = count; left > 0; left -= 1, at += 1) row[at].x = sum / count + offsets[at];
    }
  }

  function place(rows) {
    rows.forEach((row) => settle(row, () => 0));
    for (let sweep = 0; sweep < 3 * SWEEPS; sweep += 1) {
      const order = sweep % 2 ? [...rows].reverse() : rows;
      order.forEach((row) => settle(row, (item) => {
        const near = [...item.up, ...item.down];
        return near.length ? mean(near.map(({ x }) => x)) : item.x;
      }));
    }
    let y = MARGIN;
    rows.forEach((row) => {
      const height = Math.max(LABEL, ...row.map((item) => item.height ?? LABEL));
      row.forEach((item) => { item.y = y + height / 2; });
      y += height + (row.some((item) => item.height) ? 11 : 9);
    });
    const left = Math.min(...rows.flat().map(({ x, width }) => x - width / 2)) - MARGIN;
    rows.flat().forEach((item) => { item.x -= left; });
    return { width: Math.max(...rows.flat().map(({ x, width }) => x + width / 2)) + MARGIN, height: y + MARGIN };
  }

  const clamp = (low, value, high) => Math.max(low, Math.min(high, value));
  const shown = (value) => Math.round(value * 10) / 10;

  function curve(edge, from, to) {
    if (edge.back) return around(from, to);
    const [first, last] = [edge.by[0], edge.by.at(-1)];
    const near = (box, item) => clamp(box.x - box.width / 2 + 12, item.x, box.x + box.width / 2 - 12);
    const points = [[near(from, first), from.y + from.height / 2], ...edge.by.map(({ x, y }) => [x, y]), [near(to, last), to.y - to.height / 2 - 6]];
    const slope = points.map((_, at) => (at === 0 || at === points.length - 1 ? 0
      : (points[at + 1][0] - points[at - 1][0]) / (points[at + 1][1] - points[at - 1][1])));
    const path = points.slice(1).map(([x, y], at) => {
      const [beforeX, beforeY] = points[at], third = (y - beforeY) / 3;
      return `C${[beforeX + slope[at] * third, beforeY + third, x - slope[at + 1] * third, y - third, x, y].map(shown).join(" ")}`;
    });
    return { path: `M${points[0].map(shown).join(" ")}${path.join("")}`, tip: points.at(-1), label: [first.x, first.y] };
  }

  // Beside the boxes, from one side to the other.
  function around(from, to) {
    const side = from.x < to.x ? -1 : 1;
    const [x, y] = [from.x + side * from.width / 2, from.y], [endX, endY] = [to.x + side * (to.width / 2 + 6), to.y + to.height / 4];
    const out = side * (24 + Math.abs(y - endY) / 8), far = side > 0 ? Math.max(x, endX) + out : Math.min(x, endX) + out;
    const path = `M${[x, y].map(shown).join(" ")}C${[far, y, far, endY, endX, endY].map(shown).join(" ")}`;
    const along = [0.2, 0.35, 0.5, 0.65, 0.8].map((t) => x * (1 - t) ** 3 + 3 * far * t * (1 - t) + endX * t ** 3);
    return { path, tip: [endX, endY], side, farthest: side > 0 ? Math.max(...along) : Math.min(...along) };
  }

  // Nodes are `{key, width, height}`, the first is the model; edges are `{from, to, label}`, a label's width.
  function layout(nodes, edges) {
    markBack(nodes, edges);
    const all = placed(nodes, edges);
    const size = place(ordered(rowsOf(all)));
    const boxes = new Map(all.filter(({ key }) => key !== undefined).map((item) => [item.key, item]));
    const curves = edges.map((edge) => curve(edge, boxes.get(edge.from), boxes.get(edge.to)));
    const beside = curves.filter(({ farthest }) => farthest !== undefined).map(({ farthest }) => farthest);
    const left = Math.min(0, ...beside.map((x) => x - 4)), right = Math.max(size.width, ...beside.map((x) => x + 4));
    return { left: shown(left), width: shown(right - left), height: shown(size.height), boxes, curves };
  }

  Object.assign(globalThis.Spillproof, { layout, LETTER, SMALL_LETTER, LINE });
})();
