// What the theme leaves out. For who uses keys, or hears the page: a name for the search, and a way into what scrolls.
// For tables on small screens: a cell of prose is wide enough to be read, and a long name breaks between its words.
"use strict";
(() => {
  const PROSE = 60, NAME = 20;  // letters
  function fill() {
    document.querySelectorAll(".md-typeset td").forEach((each) => each.classList.toggle("prose", each.textContent.length > PROSE));
    document.querySelectorAll(".md-typeset td code").forEach((each) => {
      if (each.childElementCount || each.textContent.length <= NAME || each.closest("td").textContent.trim() !== each.textContent) return;
      const words = each.textContent.split(/(?<=[_.@+/(-])/);
      each.replaceChildren(...words.flatMap((word) => [word, document.createElement("wbr")]));
    });
  }
  function reach() {
    document.querySelectorAll(".md-search[role=dialog]").forEach((each) => each.setAttribute("aria-label", "Search"));
    document.querySelectorAll(".md-version__current").forEach((each) => each.setAttribute("aria-label", `${each.textContent}: select version`));
    document.querySelectorAll("pre > code, .md-typeset__scrollwrap").forEach((each) => {
      if (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    });
  }
  document.addEventListener("DOMContentLoaded", fill);
  document.addEventListener("DOMContentLoaded", reach);
  // The menu of versions comes when their list has come.
  document.addEventListener("DOMContentLoaded", () => new MutationObserver(reach).observe(document.querySelector(".md-header"), { childList: true, subtree: true }));
  addEventListener("load", reach);
  addEventListener("resize", reach);
})();
