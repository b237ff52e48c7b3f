
// The pages that run are in this file; each becomes an address of its own, which needs no network.
(() => {
  const pages = JSON.parse(document.getElementById("pages").textContent);
  const opened = { story: "#view=projector", told: "#view=projector&step=9999", explore: "" };
  const address = (name) => URL.createObjectURL(new Blob([pages[name]], { type: "text/html" })) + opened[name.split(" ")[0]];
  const known = Object.fromEntries(Object.keys(pages).map((name) => [name, address(name)]));
  document.querySelectorAll("iframe[data-page]").forEach((each) => { each.dataset.src = known[each.dataset.page]; });
  document.querySelectorAll("a[data-page]").forEach((each) => { each.href = known[each.dataset.page]; });
  Reveal.initialize({
    width: 1280, height: 720, margin: 0.02, hash: true, slideNumber: "c/t", transition: "none", center: false, controls: false,
    plugins: [RevealMarkdown, RevealNotes],
  });
})();
