// What the theme leaves out for who uses keys, or hears the page: a name for the search, and a way into what scrolls.
"use strict";
(() => {
  function reach() {
    document.querySelectorAll(".md-search[role=dialog]").forEach((each) => each.setAttribute("aria-label", "Search"));
    document.querySelectorAll("pre > code, .md-typeset__scrollwrap").forEach((each) => {
      if (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    });
  }
  document.addEventListener("DOMContentLoaded", reach);
  addEventListener("load", reach);
  addEventListener("resize", reach);
})();
