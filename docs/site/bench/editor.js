// A text area with numbered lines and marks on them. It is a text area: what a browser can do to text, it can.
"use strict";
(() => {
  const LINE = 20; // pixels, as bench.css has it
  const INDENT = "    ";

  class Editor {
    constructor(frame, changed) {
      const [numbers, marks, text] = ["numbers", "marks", "text"].map((id) => frame.querySelector(`#${id}`));
      Object.assign(this, { frame, numbers, marks, text, changed, leaving: false });
      text.addEventListener("input", () => { this.#fit(); this.mark([]); changed(); });
      text.addEventListener("keydown", (event) => this.#press(event));
    }

    get value() { return this.text.value; }

    set value(words) {
      this.text.value = words;
      this.#fit();
      this.mark([]);
    }

    // Lines with a class each: `[[7, "wrong"]]`.
    mark(lines) {
      this.marks.replaceChildren(...lines.filter(([line]) => line).map(([line, name]) => {
        const mark = document.createElement("div");
        mark.className = name;
        mark.style.top = `${(line - 1) * LINE}px`;
        return mark;
      }));
    }

    // Bring a line into sight, and put the cursor at its first letter.
    go(line) {
      const lines = this.text.value.split("\n");
      const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      this.text.focus({ preventScroll: true });
      this.text.setSelectionRange(start + (lines[line - 1] ?? "").search(/\S|$/), start + (lines[line - 1] ?? "").length);
      this.show(line);
      this.frame.scrollIntoView({ block: "nearest" });
    }

    show(line) {
      const top = (line - 1) * LINE;
      if (top < this.frame.scrollTop + LINE || top > this.frame.scrollTop + this.frame.clientHeight - 3 * LINE) this.frame.scrollTop = top - this.frame.clientHeight / 3;
    }

    #fit() {
      const lines = this.text.value.split("\n");
      this.text.rows = lines.length + 1;
      this.text.cols = Math.max(40, ...lines.map(({ length }) => length + 2));
      if (this.numbers.childElementCount === lines.length) return;
      this.numbers.replaceChildren(...lines.map((_, at) => Object.assign(document.createElement("div"), { textContent: at + 1 })));
    }

    #press(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") { this.leaving = true; return; }
      if (event.key === "Tab" && !this.leaving) { event.preventDefault(); this.#indent(event.shiftKey); }
      if (event.key === "Enter") { event.preventDefault(); this.#open(); }
      if (event.key !== "Shift") this.leaving = false;
    }

    #line() {
      const { value, selectionStart } = this.text;
      const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
      return [start, value.slice(start, selectionStart)];
    }

    #indent(back) {
      const { value, selectionStart, selectionEnd } = this.text;
      const [start] = this.#line();
      const old = value.slice(start, Math.max(selectionEnd, start));
      if (!back && selectionStart === selectionEnd) { this.#write(INDENT); return; }
      const lines = old.split("\n").map((each) => (back ? each.replace(/^ {1,4}/, "") : INDENT + each)).join("\n");
      this.text.setSelectionRange(start, Math.max(selectionEnd, start));
      this.#write(lines);
      if (selectionStart !== selectionEnd) this.text.setSelectionRange(start, start + lines.length);
    }

    // A new line begins where the one above it does, and four further in after a colon.
    #open() {
      const [, before] = this.#line();
      this.#write(`\n${before.match(/^ */)[0]}${before.trimEnd().endsWith(":") ? INDENT : ""}`);
    }

    // As if it were typed, so that it can be undone.
    #write(words) {
      if (!document.execCommand("insertText", false, words)) this.text.setRangeText(words, this.text.selectionStart, this.text.selectionEnd, "end");
      this.text.dispatchEvent(new Event("input"));
    }
  }

  Object.assign(globalThis.Spillproof, { Editor });
})();
