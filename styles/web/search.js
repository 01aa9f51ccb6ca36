// The search: MiniSearch over the passages of the book (passages.js). A hit says in which part and below which heading it
// stands, and leads to the very words.
"use strict";

const form = document.querySelector("form[role=search]");
const input = form.querySelector("input");
const list = document.querySelector(".hits");
const status = document.querySelector(".found");
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const MOST = 30; // hits that are shown

const passages = self.bookPassages.flatMap(([label, title, language, texts]) =>
  texts.map(([href, heading, text]) => ({ label, title, language, href, heading, text })));
const index = new MiniSearch({
  fields: ["title", "heading", "text"],
  processTerm: (term) => fold(term).replace(/['’]s$/, "") || null,
  searchOptions: {
    boost: { title: 3, heading: 2 },
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: "AND",
  },
});
index.addAll(passages.map((passage, id) => ({ id, ...passage })));

function search(words) {
  const found = words.trim() ? index.search(words) : [];
  list.replaceChildren(...found.slice(0, MOST).map(show));
  const { none, one, some } = form.dataset;
  const said = { 0: none, 1: one }[found.length] ?? some;
  status.textContent = words.trim() ? said.replace("{count}", found.length).replace("{words}", words.trim()) : "";
}

function show(hit) {
  const passage = passages[hit.id];
  const item = document.getElementById("hit").content.firstElementChild.cloneNode(true);
  const link = item.querySelector("a");
  const { before, match, after } = excerpt(passage.text, hit.terms);
  link.href = passage.href + direct(passage, match);
  link.querySelector(".label").textContent = passage.label;
  link.querySelector(".title").textContent = passage.title;
  link.querySelector(".section").textContent = passage.heading;
  for (const one of link.children) if (!one.textContent) one.remove();
  item.lang = passage.language;
  const mark = document.createElement("mark");
  mark.textContent = match;
  item.querySelector("p").append(before, mark, after);
  return item;
}

// The words around the first place where most of what is sought stands together.
function excerpt(text, terms) {
  const folded = [...text].map((letter) => fold(letter)[0] ?? letter).join("");
  const any = terms.map(escape).join("|");
  const sought = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?:[\\s-]+(?:${any}))*(?![\\p{L}\\p{N}])`, "gu");
  const places = [...folded.matchAll(sought)];
  if (!places.length) return { before: text.slice(0, 160), match: "", after: text.length > 160 ? "…" : "" };
  const near = (place) =>
    new Set(places.filter((other) => Math.abs(other.index - place.index) < 120).map((other) => other[0])).size;
  const long = (place) => near(place) + place[0].length / 1000;
  const best = places.reduce((a, b) => (long(b) > long(a) ? b : a));
  const from = text.lastIndexOf(" ", Math.max(0, best.index - 70)) + 1;
  const end = best.index + best[0].length;
  const to = text.indexOf(" ", end + 90);
  return {
    before: (from ? "…" : "") + text.slice(from, best.index),
    match: text.slice(best.index, end),
    after: to < 0 ? text.slice(end) : `${text.slice(end, to)}…`,
  };
}

// A link to the words themselves (text fragment), for browsers that can; others go to the heading.
function direct(passage, match) {
  if (!match) return "";
  const fragment = `:~:text=${encodeURIComponent(match).replaceAll("-", "%2D")}`;
  return (passage.href.includes("#") ? "" : "#") + fragment;
}

let waiting = 0;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => search(input.value), 120);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
  search(input.value);
});
input.value = new URLSearchParams(location.search).get("q") ?? "";
search(input.value);
input.focus();
