"use strict";
// Zooms each chart by keys, buttons and the wheel, tells what is under the pointer, and gives the picture out.
const WIDE = 10000;
const data = JSON.parse(document.getElementById("data").textContent);

function clock(at) {
  const day = ((at % 86400) + 86400) % 86400;
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${two(day / 3600)}:${two((day / 60) % 60)}:${two(day % 60)}`;
}

function sizes(points, at) {
  let found = "0 B";
  for (const [place, words] of points) {
    if (place > at) break;
    found = words;
  }
  return found;
}

function colours() {
  const shown = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "faint", "hair", "believed", "fault", "fault-paper"];
  return `:root { ${names.map((each) => `--${each}: ${shown.getPropertyValue(`--${each}`)};`).join(" ")} }`;
}

function give(name, url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

function text(svg) {
  const copy = svg.cloneNode(true);
  const [, , width, height] = copy.getAttribute("viewBox").split(" ");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of [["width", width], ["height", height], ["style", "fill: var(--paper)"]]) paper.setAttribute(key, value);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = `${document.getElementById("style").textContent}\n${colours()}`;
  copy.prepend(style, paper);
  return new XMLSerializer().serializeToString(copy);
}

function chart(figure, told) {
  const svg = figure.querySelector("svg");
  const views = svg.querySelectorAll("svg.view");
  const ticks = svg.querySelectorAll("[data-share]");
  const said = figure.querySelector("output");
  let [from, to] = [0, 1];

  const spell = (share) => {
    const at = told.begin + share * (told.end - told.begin);
    return told.clock ? clock(at) : `line ${Math.round(at)}`;
  };
  const show = () => {
    for (const view of views) {
      const height = view.getAttribute("viewBox").split(" ")[3];
      view.setAttribute("viewBox", `${from * WIDE} 0 ${(to - from) * WIDE} ${height}`);
    }
    for (const tick of ticks) tick.textContent = spell(from + Number(tick.dataset.share) * (to - from));
    figure.dataset.from = from;
    figure.dataset.to = to;
  };
  const zoom = (factor, middle = (from + to) / 2) => {
    const width = Math.min(1, Math.max(1e-4, (to - from) * factor));
    from = Math.min(1 - width, Math.max(0, middle - ((middle - from) / (to - from)) * width));
    to = from + width;
    show();
  };
  const move = (share) => {
    const width = to - from;
    from = Math.min(1 - width, Math.max(0, from + share * width));
    to = from + width;
    show();
  };
  const all = () => {
    [from, to] = [0, 1];
    show();
  };
  const under = (event) => {
    const box = views[0].getBoundingClientRect();
    return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
  };
  const tell = (share) => {
    const at = told.begin + share * (told.end - told.begin);
    said.textContent = `${spell(share)}: believed ${sizes(told.believed, at)}, possibly held ${sizes(told.held, at)}`;
  };
  const png = () => {
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * picture.width;
      canvas.height = 2 * picture.height;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      give("audit.png", canvas.toDataURL("image/png"));
      figure.dataset.png = canvas.width;
    };
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text(svg))}`;
  };
  const acts = {
    in: () => zoom(0.5),
    out: () => zoom(2),
    left: () => move(-0.25),
    right: () => move(0.25),
    all,
    svg: () => give("audit.svg", `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text(svg))}`),
    png,
  };
  const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "all", Home: "all" };
  for (const button of figure.querySelectorAll("button")) button.addEventListener("click", acts[button.dataset.act]);
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    acts[keys[event.key]]();
    tell((from + to) / 2);
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 || event.deltaX > 0 ? 1.25 : 0.8, under(event));
  }, { passive: false });
  svg.addEventListener("pointermove", (event) => tell(under(event)));
  for (const tools of figure.querySelectorAll(".tools")) tools.hidden = false;
  show();
}

document.querySelectorAll("figure.chart-of").forEach((figure, index) => chart(figure, data[index]));
