// What a page cannot do by itself: remember the reader's settings and place, show notes where they are called, and keep
// the book for reading offline. Without this script every page can be read, and every note reached by its link.
"use strict";

const root = document.documentElement;
const memory = {
  get(name) {
    try { return localStorage.getItem(`book-${name}`); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(`book-${name}`, value); } catch {}
  },
};
const page = location.pathname.split("/").pop() || "index.html";

// Settings

for (const name of ["theme", "size"]) {
  for (const input of document.querySelectorAll(`.settings input[name=${name}]`)) {
    input.checked = input.value === (memory.get(name) ?? (name === "theme" ? "auto" : "100"));
    input.addEventListener("change", () => {
      root.dataset[name] = input.value;
      memory.set(name, input.value);
    });
  }
}

// The menu closes as a menu does.

const menu = document.querySelector(".menu");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (menu?.open && (!menu.contains(event.target) || event.target.closest("nav a"))) menu.open = false;
});

// Notes: beside the text where there is room, else in a popover; the list at the end stays what it is.

const notes = document.querySelector(".notes");
const wide = matchMedia("(min-width: 75rem)");
if (notes) {
  const noteOf = (call) => document.getElementById(decodeURIComponent(call.hash.slice(1)));
  const calls = [...document.querySelectorAll("main .note-call")].filter(noteOf);
  const pop = document.getElementById("note").content.firstElementChild.cloneNode(true);
  let opener = null;
  pop.querySelector("a").href = `#${notes.id}`;
  document.body.append(pop);
  pop.querySelector("button").addEventListener("click", () => pop.hidePopover());
  pop.querySelector("a").addEventListener("click", () => {
    opener = null;
    pop.hidePopover();
  });
  pop.addEventListener("toggle", (event) => {
    if (event.newState === "closed") opener?.focus({ preventScroll: true });
  });

  function show(call) {
    const copy = noteOf(call).cloneNode(true);
    for (const link of copy.querySelectorAll(".note-back")) link.remove();
    for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
    pop.querySelector(".pop-text").replaceChildren(...copy.childNodes);
    pop.setAttribute("aria-label", `${notes.querySelector("h2").textContent} ${call.textContent}`);
    pop.querySelector("a").href = call.hash;
    opener = call;
    pop.showPopover();
    pop.focus();
  }

  // Each note as near to its call as those before it leave room.
  function arrange() {
    let free = 0;
    const top = notes.parentElement.getBoundingClientRect().top;
    const heights = calls.map((call) => [call.getBoundingClientRect().top - top - 4, noteOf(call).offsetHeight]);
    calls.forEach((call, place) => {
      const [level, height] = heights[place];
      noteOf(call).style.top = wide.matches ? `${Math.max(level, free)}px` : "";
      free = Math.max(level, free) + height + 12;
    });
    notes.parentElement.style.minBlockSize = wide.matches ? `${free}px` : "";
    root.classList.toggle("beside", wide.matches);
  }

  for (const call of calls) {
    call.addEventListener("click", (event) => {
      if (wide.matches || !pop.showPopover || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(call);
    });
  }
  arrange();
  wide.addEventListener("change", arrange);
  new ResizeObserver(arrange).observe(notes.parentElement);
}

// The reading place: the last thing with a name that has gone past the top third of the window.

const part = document.querySelector("main > .document");
if (part) {
  const places = [...part.querySelectorAll("section[id], figure[id], .note-call[id], .index-term[id], dt[id]")]
    .filter((one) => !one.closest(".notes"));
  let waiting = 0;
  addEventListener("scroll", () => {
    waiting ||= setTimeout(() => {
      waiting = 0;
      let last = null;
      for (const one of places) if (one.getBoundingClientRect().top < innerHeight / 3) last = one;
      if (last) remember(last);
    }, 500);
  }, { passive: true });

  function remember(element) {
    const section = element.closest("section[id]:not(.document)")?.querySelector("h2, h3, h4")?.textContent;
    const title = part.querySelector("h1").textContent;
    memory.set("place", JSON.stringify({ page, id: element.id, title: section ? `${title}: ${section}` : title }));
  }
}

const kept = recall();
if (kept && !location.hash && (page === "index.html" || (page === kept.page && scrollY < innerHeight))) {
  const offer = document.getElementById("place").content.firstElementChild.cloneNode(true);
  const link = offer.querySelector("a");
  link.href = `${kept.page}#${encodeURIComponent(kept.id)}`;
  link.querySelector(".title").textContent = kept.title;
  offer.addEventListener("click", () => offer.remove());
  document.body.append(offer);
}

function recall() {
  try { return JSON.parse(memory.get("place")); } catch { return null; }
}

// Installable, and readable offline; from a folder on a disk there is nothing to install.

if (location.protocol.startsWith("http")) {
  const link = document.createElement("link");
  link.rel = "manifest";
  link.href = document.body.dataset.manifest;
  document.head.append(link);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(document.body.dataset.worker);
}
