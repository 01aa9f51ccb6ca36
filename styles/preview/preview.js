// Follows the server's events: reloads the web edition where it was, exchanges the pages, lists the findings.
"use strict";

const frame = document.getElementById("web");
const pages = document.getElementById("pages");
const findings = document.getElementById("findings");
let seen = null;

// The element at the top of the view tells the place better than pixels do, where text has grown above it.
function place() {
  const view = frame.contentDocument;
  const top = [...view.querySelectorAll("main [id]")].filter((one) => one.getBoundingClientRect().top <= 8).pop();
  return { id: top?.id, shift: top?.getBoundingClientRect().top, y: frame.contentWindow.scrollY };
}

function back({ id, shift, y }) {
  const view = frame.contentWindow;
  const top = id && view.document.getElementById(id);
  view.scrollTo({ top: top ? view.scrollY + top.getBoundingClientRect().top - shift : y, behavior: "instant" });
}

function reload() {
  const was = place();
  frame.addEventListener("load", () => back(was), { once: true });
  frame.contentWindow.location.reload();
}

function setPages(state) {
  while (pages.children.length > state.pages) pages.lastChild.remove();
  for (let number = 0; number < state.pages; number++) {
    const image = pages.children[number] ?? pages.appendChild(new Image());
    image.src = `pages/${number}.png?${state.proof}`;
    image.alt = `Page ${number + 1}`;
    image.className = (number % 2 === 0) === state.recto ? "recto" : "verso";
  }
  if (seen && seen.proofOf !== state.part) pages.scrollTop = 0;
  state.proofOf = state.part;
}

function list(lines) {
  findings.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
}

frame.addEventListener("load", () => {
  const path = frame.contentWindow.location.pathname;
  if (path.startsWith("/web/")) fetch(`show/${path.slice(5)}`);
});

new EventSource("events").addEventListener("message", ({ data }) => {
  const state = JSON.parse(data);
  if (seen && seen.web !== state.web) reload();
  if (!seen || seen.proof !== state.proof) setPages(state);
  else state.proofOf = seen.proofOf;
  list(state.findings);
  seen = state;
});
