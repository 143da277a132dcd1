// What the search box finds. press.js, which opens and closes the box, loads this file, and with it
// the text of all pages, when somebody turns to the search: nobody else waits for it.

// A browser may remember that a module did not load. press.js then asks for this one, and so for
// these, under another name.
const { search: name } = new URL(import.meta.url);
const [{ Search }, { marked }] = await Promise.all([import(`./engine.js${name}`), import(`./teaser.js${name}`)]);

const SECTIONS = 3; // shown of a page
const RELEVANT = 0.06; // of the best page's score: what is below it is not worth a line

const box = document.querySelector(".press-search");
const input = box.querySelector("input");
const status = box.querySelector(".md-search-result__meta");
const list = box.querySelector(".md-search-result__list");
const home = new URL("../../", import.meta.url); // the reader may have moved on since the page came

const { placeholder, none, one, other, failed } = status.dataset;
let attempts = 0; // what was wrong may be kept, too, so that the next is under another name
let ready = null; // the search, while its text is loaded, and then

async function load() {
  try {
    const answer = await fetch(new URL(`search/index.json${attempts ? `?${attempts}` : ""}`, home));
    return new Search(await answer.json());
  } catch (error) {
    attempts += 1;
    ready = null;
    throw error;
  }
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Return a link to a section; the first of a page carries the page's title. */
function link(page, { section, title, terms }) {
  const made = element("a", "md-search-result__link");
  made.href = new URL(page.url + (section.anchor ? `#${section.anchor}` : ""), home).href;
  const heading = element("div", title ? "press-found-page" : "press-found-section");
  heading.append(...marked(title ?? section.title, terms));
  const article = element("article", "md-search-result__article md-typeset", heading);
  const teaser = marked(section.text, terms, 110);
  if (teaser.length && (!title || section.anchor === "")) article.append(element("p", "", ...teaser));
  made.append(article);
  return made;
}

function show(results, query, terms) {
  const shown = results.filter((result) => result.score >= results[0].score * RELEVANT);
  list.replaceChildren(...shown.map(({ page, sections }) => {
    const item = element("li", "md-search-result__item");
    const intro = sections.find(({ section }) => section.anchor === "");
    item.append(link(page, { section: intro?.section ?? { anchor: "", text: "" }, title: page.title, terms }));
    const others = sections.filter(({ section }) => section.anchor !== "");
    for (const { section } of others.slice(0, SECTIONS)) item.append(link(page, { section, terms }));
    return item;
  }));
  list.parentElement.parentElement.scrollTop = 0;
  if (!query) status.textContent = placeholder;
  else if (!shown.length) status.textContent = none;
  else status.textContent = shown.length === 1 ? one : other.replace("#", shown.length);
}

let asked = null; // the query that is shown

async function run() {
  const query = input.value.trim();
  if (query === asked) return;
  asked = query;
  ready ??= load();
  try {
    const search = await ready;
    if (query !== asked) return; // the reader has typed on meanwhile
    const { results, terms } = search.find(query);
    show(results, query, terms);
  } catch (error) {
    console.warn(`search: ${error.message}`);
    asked = null; // what is typed next asks again
    status.textContent = failed;
  }
}

// An input method commits its text without a key, a mouse pastes without one, and dictation
// has none. While a syllable is being composed, there is no word to look for yet.
input.addEventListener("input", (event) => { if (!event.isComposing) run(); });
input.addEventListener("compositionend", run);
input.form.addEventListener("reset", () => { setTimeout(run); input.focus(); });
input.form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector("a")?.click();
});
input.addEventListener("focus", run);

box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[(at + stops.length) % stops.length].focus();
    event.preventDefault();
  }
});

run();
