// What the site does in the browser: checked numbers, copying, printing, the language switch,
// where the focus goes, keys, and keyboard access to whatever scrolls sideways. Pages read well
// without any of it.

const chinese = document.documentElement.lang.startsWith("zh");
const words = chinese
  ? {
      copy: "复制", copied: "已复制", failed: "复制失败", of: (name) => `复制 ${name}`, wide: "可横向滚动",
      answers: "答案", elsewhere: "答案在本章末尾。",
    }
  : {
      copy: "Copy", copied: "Copied", failed: "Copying failed", of: (name) => `Copy ${name}`, wide: "scrolls sideways",
      answers: "Answers", elsewhere: "The answer is at the end of the chapter.",
    };

const page = document.documentElement;
const all = (selector, node = document) => [...node.querySelectorAll(selector)];

// --------------------------------------------------------------------- what is kept

// Storage may be forbidden: then nothing is, and the root page goes by the browser's language.
const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};

const store = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above.
  }
};

// ------------------------------------------------------------------ announcements

const live = document.createElement("div");
live.className = "press-live";
live.setAttribute("role", "status");
live.setAttribute("aria-live", "polite");
document.body.append(live);

function announce(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

// ---------------------------------------------------------------- checked numbers

// The list at the end of a page holds every expression and leads to its number, or to its formula:
// of the rows that lead there, the last are its values', in their order.
function explain() {
  const formulas = new Map();
  for (const link of all(".press-provenance li > a:not(.press-seen)")) {
    const place = document.getElementById(link.hash.slice(1));
    const expression = link.parentElement.querySelector("code").textContent;
    if (place?.matches(".press-number")) place.dataset.expression = expression;
    else if (place?.matches(".press-formula")) formulas.set(place, [...(formulas.get(place) ?? []), expression]);
  }
  for (const [formula, expressions] of formulas)
    for (const value of all(".press-value", formula).reverse()) value.dataset.expression = expressions.pop();
}

const tip = document.createElement("div");
tip.className = "press-tip";
tip.id = "press-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);

let shown = null; // the number that the tip belongs to
let pinned = false; // by a tap or click, until the next one

function show(number, pin) {
  hide();
  if (!number.dataset.expression) explain();
  shown = number;
  pinned = pin;
  number.dataset.open = "";
  tip.hidden = false;
  beside();
  // In a figure that readers change, a number may move, come to mean something else, or go.
  const figure = number.closest(".press-stage");
  if (figure) changes.observe(figure, { attributes: true, childList: true, subtree: true });
}

// Say what the number comes from, next to it.
function beside() {
  tip.textContent = shown.dataset.expression;
  const line = shown.getClientRects()[0];
  const left = Math.min(line.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
  const below = line.bottom + 6;
  const above = line.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${below + tip.offsetHeight < innerHeight ? below : above}px`;
}

const changes = new MutationObserver(() => {
  if (shown?.getClientRects().length) beside();
  else hide();
});

function hide() {
  changes.disconnect();
  if (shown) delete shown.dataset.open;
  shown = null;
  pinned = false;
  tip.hidden = true;
}

const numberAt = (event) =>
  event.target instanceof Element ? event.target.closest(".press-number, .press-value, .press-live-number") : null;

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse" || pinned || tip.contains(event.target)) return;
  const number = numberAt(event);
  if (number && number !== shown) show(number, false);
});

document.addEventListener("pointerout", (event) => {
  if (pinned || !shown || event.pointerType !== "mouse") return;
  const to = event.relatedTarget;
  // Leaving for the tip keeps it, so that an expression can be selected and copied.
  setTimeout(() => {
    if (pinned || !shown) return;
    if (!shown.matches(":hover") && !tip.matches(":hover")) hide();
  }, to === tip ? 0 : 120);
});

document.addEventListener("click", (event) => {
  if (tip.contains(event.target)) return;
  const number = numberAt(event);
  if (number && !(pinned && number === shown)) show(number, true);
  else if (!operates(event.target)) hide();
});

// Whether the number's own figure is being changed: then its tip goes along.
function operates(target) {
  const control = target.closest("input, select, button, label, .press-grip");
  return control && shown?.closest(".press-interactive")?.contains(control);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});

addEventListener("scroll", hide, { passive: true, capture: true });
addEventListener("resize", hide);

// One switch a page shows every expression in its place; it stays as it is across pages.
function showNumbers(on) {
  page.classList.toggle("press-numbers-shown", on);
  for (const button of all(".press-toggle")) button.setAttribute("aria-pressed", String(on));
  if (on) explain();
  for (const formula of on ? all(".press-formula:has([data-expression])") : []) {
    const values = all("[data-expression]", formula).map((value) => value.dataset.expression);
    formula.dataset.expressions = [...new Set(values)].join(" · ");
  }
  lookAgain();
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest(".press-toggle");
  if (button) showNumbers(button.getAttribute("aria-pressed") !== "true");
});

// ------------------------------------------------------------------- copy buttons

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages served over plain HTTP have no clipboard object.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function addCopyButton(block) {
  const parts = all(".highlight code", block); // several, where docstrings are folded
  if (!parts.length || block.querySelector(".press-copy")) return;
  const caption = block.querySelector(":scope > figcaption");
  const name = caption?.querySelector(".press-name")?.textContent.trim();
  const button = document.createElement("button");
  const label = (text) => {
    button.textContent = text;
    button.setAttribute("aria-label", name && text === words.copy ? words.of(name) : text);
  };
  let timer = 0;
  button.type = "button";
  button.className = "press-copy";
  label(words.copy);
  button.addEventListener("click", async () => {
    const done = await copy(parts.map((part) => part.textContent).join(""));
    const text = done ? words.copied : words.failed;
    label(text);
    button.toggleAttribute("data-done", done);
    announce(text);
    clearTimeout(timer);
    timer = setTimeout(() => {
      label(words.copy);
      button.removeAttribute("data-done");
    }, 2000);
  });
  (caption || block).append(button);
}

// ----------------------------------------------------------- formulas, copied as TeX

// The text of MathML has lost roots, fractions and indices: √4 would arrive as 4.
const formulaAt = (node) =>
  (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".press-formula");

function copiedFormulas(range) {
  const whole = range.cloneRange(); // half a formula is no TeX
  const first = formulaAt(range.startContainer);
  const last = formulaAt(range.endContainer);
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  const part = document.createElement("div");
  part.append(whole.cloneContents());
  const formulas = all(".press-formula", part);
  for (const formula of formulas) {
    const signs = formula.querySelector("math")?.getAttribute("display") === "block" ? "$$" : "$";
    const tex = formula.dataset.tex ?? (formula.querySelector(".press-tex") ?? formula).textContent;
    formula.replaceWith(signs + tex + signs);
  }
  return formulas.length ? part : null;
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!event.clipboardData || !selection.rangeCount || selection.isCollapsed) return;
  if (event.target instanceof Element && event.target.closest("input, textarea")) return;
  const part = copiedFormulas(selection.getRangeAt(0));
  if (!part) return;
  for (const odd of all(".headerlink, button, [hidden]", part)) odd.remove();
  for (const link of all("a[href]", part)) link.href = link.href; // where it is pasted, nothing is relative
  part.className = "md-typeset press-live"; // what is not laid out has no line ends
  document.body.append(part);
  event.clipboardData.setData("text/plain", part.innerText.trim());
  event.clipboardData.setData("text/html", part.innerHTML);
  part.remove();
  event.preventDefault();
});

// ------------------------------------------------------------------------- printing

// On paper nothing unfolds: answers stand at the end of the page, before where its numbers come from.
let printed = null;

addEventListener("beforeprint", () => {
  printed ??= all("article").map(gatherAnswers);
  if (chinese) all(`article :is(${titles})`).forEach(keepWords); // where they break on paper is not known yet
});

addEventListener("afterprint", () => {
  for (const putBack of printed ?? []) putBack();
  printed = null;
});

function gatherAnswers(article) {
  const answers = all("details.answer", article);
  const end = article.querySelector(".press-install, .press-provenance, .press-sightings");
  if (!answers.length) return () => {};
  const section = document.createElement("section");
  section.className = "press-answers";
  const title = document.createElement("h2");
  title.textContent = words.answers;
  section.append(title);
  const places = answers.map((answer) => {
    const exercise = answer.closest(".exercise")?.querySelector(".admonition-title");
    const name = document.createElement("h3");
    name.append(...(exercise ?? answer.querySelector("summary")).cloneNode(true).childNodes);
    for (const twin of all("[id]", name)) twin.removeAttribute("id");
    const place = document.createElement("p");
    place.className = "press-elsewhere";
    place.textContent = exercise ? words.elsewhere : "";
    answer.replaceWith(place);
    section.append(name, answer);
    return place;
  });
  if (end) end.before(section);
  else article.append(section);
  return () => {
    places.forEach((place, i) => place.replaceWith(answers[i]));
    section.remove();
  };
}

// ------------------------------------------------- what scrolls sideways, by keyboard

// What is laid out by itself, as in styles/unseen.css, and the headings between.
const parts = [
  ".md-content__inner > :not(.press-api)",
  ".doc-object:not(.doc-module, .doc-class) > *",
  ":is(.doc-module, .doc-class) > .doc-contents > :not(.doc-children)",
  ".doc-class > :is(.doc-heading, .highlight)",
].join();
const scrollers = "pre, .press-table, div.press-math, .press-formula.press-wide";

function nameOf(box) {
  const figure = box.closest("figure");
  const name = figure?.querySelector(".press-name")?.textContent.trim();
  const output = box.closest(".press-output")?.querySelector(".press-label")?.textContent.trim();
  return [name, output, words.wide].filter(Boolean).join(chinese ? "，" : ", ");
}

// Measuring lays out what is measured: so only the parts of a page that are near the screen are.
// What is read comes before what is written.
function fit(seen) {
  const broken = chinese ? seen.flatMap((part) => [part, ...all(titles, part)]).filter(isBroken) : [];
  findWide(seen);
  broken.forEach(keepWords);
}

function findWide(seen) {
  const formulas = seen.flatMap((part) => all(".press-formula", part)).filter((one) => !one.closest("div.press-math"));
  for (const formula of formulas) formula.classList.remove("press-wide");
  const wide = formulas.filter((formula) => {
    const room = formula.parentElement.closest("p, li, td, th, dd, figcaption, h1, h2, h3, h4, summary, div");
    const math = formula.querySelector("math");
    return math && room && !room.closest("table") && math.getBoundingClientRect().right > room.getBoundingClientRect().right + 1;
  });
  for (const formula of wide) formula.classList.add("press-wide");
  const boxes = seen.flatMap((part) => [...(part.matches(scrollers) ? [part] : []), ...all(scrollers, part)]);
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible");
  boxes.forEach((box, i) => {
    if (scrolls[i] === box.hasAttribute("data-wide")) return;
    box.toggleAttribute("data-wide", scrolls[i]);
    if (scrolls[i]) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", nameOf(box));
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  });
}

const watch = new IntersectionObserver(
  (entries) => fit(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target)),
  { rootMargin: "50%" },
);

// Look again at what is near now, and at the rest when it comes near.
let frame = 0;
function lookAgain() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => {
    watch.disconnect();
    for (const part of partsOf()) watch.observe(part);
    if (isWhole()) fit(partsOf());
  });
}

const isWhole = () => page.classList.contains("press-whole");
const partsOf = () => all(parts);

document.fonts?.addEventListener("loadingdone", lookAgain);

let width = 0;
const sizes = new ResizeObserver(([{ contentRect }]) => {
  if (contentRect.width !== width) lookAgain();
  width = contentRect.width;
});
document.addEventListener("toggle", ({ target }) => {
  if (!target.open) return;
  fit([target]);
  if (target.matches(".press-provenance")) all("code", target).forEach(breakName);
}, true);

// A long name breaks after a dot or an underscore, not within a word.
function breakName(code) {
  for (const text of [...code.childNodes].filter(({ data }) => data))
    for (const { index } of [...text.data.matchAll(/[._]\w/g)].reverse())
      text.splitText(index + 1).before(document.createElement("wbr"));
}

// ---------------------------------------------------------------- language switch

const config = JSON.parse(document.getElementById("__config")?.textContent || '{"base":"."}');
const home = new URL(`${config.base.replace(/\/$/, "")}/`, location.href); // …/zh/ or …/en/
const root = new URL("..", home);

function aim(link) {
  const here = location.href.slice(home.href.length).split("#")[0];
  link.href = new URL(`${link.dataset.pressLanguage}/${here}${location.hash}`, root).href;
}

for (const kind of ["pointerdown", "focusin", "click", "auxclick"]) {
  document.addEventListener(kind, (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-press-language]");
    if (!link) return;
    aim(link);
    if (kind !== "click" && kind !== "auxclick") return;
    store(`${root.pathname}press-language`, link.dataset.pressLanguage);
  }, true);
}

// ------------------------------------------------------------------------- search

// The search and its text are loaded when somebody turns to it: by its box, the label that opens
// it, a key, or a link with a query. What cannot be loaded is asked for again, at the next letter.
const searchBox = document.querySelector(".press-search");
const query = searchBox?.querySelector("input");
let search = null;
let attempts = 0;

function loadSearch() {
  search ??= import(`./search/box.js${attempts ? `?${attempts}` : ""}`).catch((error) => {
    console.warn(`search: ${error.message}`);
    search = null;
    attempts += 1; // a browser may remember that a module of this name did not load
    const status = searchBox.querySelector("[role=status]");
    status.textContent = status.dataset.failed;
  });
}

function openSearch(on) {
  const toggle = document.getElementById("__search");
  if (toggle.checked !== on) toggle.click(); // the theme listens to it
}

query?.addEventListener("input", loadSearch);
query?.addEventListener("focus", () => {
  loadSearch();
  setTimeout(openSearch, 0, true); // later than the label that brought the focus here: it, too, turns the toggle
});
document.querySelector(".press-search-button")?.addEventListener("click", () => query.focus());
searchBox?.addEventListener("keydown", ({ key, isComposing }) => {
  if (key !== "Escape" || isComposing) return;
  openSearch(false);
  query.blur();
});
searchBox?.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !searchBox.contains(relatedTarget)) openSearch(false);
});
searchBox?.addEventListener("click", ({ target }) => { if (target.closest("a")) openSearch(false); });

const wanted = new URLSearchParams(location.search).get("q");
if (wanted && query) {
  query.value = wanted;
  query.focus();
}

// ------------------------------------------------------------- keys of one character

// f, s and / lead to the search; Material listens for p and n, the previous and the next page. They are
// for a reader who reads: not for one who is in a control or in code, or has no use for them.
const KEYS = `${root.pathname}press-keys`;
let keys = stored(KEYS) !== "off";

document.addEventListener("keydown", (event) => {
  if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
  const at = event.target instanceof Element ? event.target : document.body;
  const selected = getSelection().anchorNode;
  const inCode = selected && (selected.parentElement ?? document.body).closest("pre");
  const reads = !inCode && at.matches("html, body, a[href], h1, h2, h3, h4");
  if (!keys || !reads || event.altKey) event.stopPropagation(); // Material listens at the window
  else if (["f", "s", "/"].includes(event.key)) {
    event.preventDefault(); // the letter is no part of the query
    query.focus();
    query.select();
  }
});

function showKeys() {
  for (const box of all(".press-keys input")) box.checked = keys;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.(".press-keys input")) return;
  keys = event.target.checked;
  store(KEYS, keys ? "on" : "off");
});

// ------------------------------------------------------- the focus, on a page that came

// Instant navigation changes the page under the reader: the focus stayed on a link that is gone.
let anchor = ""; // where on that page; its address would not do, for it follows what is scrolled to

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (link) anchor = link.pathname === location.pathname ? "" : link.hash;
}, true);

addEventListener("popstate", () => { anchor = location.hash; });

function arrive() {
  const named = document.getElementById(decodeURIComponent(anchor.slice(1)));
  const target = named ?? document.querySelector("article h1");
  anchor = "";
  if (!target) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  announce(document.title);
}

// --------------------------------------------------------------------- every page

// Whether formulas are drawn. An observer tells it with the next frame; to measure now would lay out the page once more.
const probe = document.createElement("div");
probe.style.cssText = "position:absolute;visibility:hidden";
probe.innerHTML = "<math><mspace width='77px' height='23px'></mspace></math>"; // measured, not math: that is as high as a line in Firefox
document.body.append(probe);
new IntersectionObserver(([{ boundingClientRect: { width, height } }], observer) => {
  observer.disconnect();
  probe.remove();
  page.classList.add(Math.abs(width - 77) < 2 && height > 20 ? "press-mathml" : "press-no-mathml");
}).observe(probe.querySelector("mspace"));

// A page is laid out as it is scrolled (styles/unseen.css). Whoever goes to a place, searches in
// the page, moves by keyboard or comes back gets the whole of it, so that no place is a guess.
function layOutAll() {
  if (isWhole()) return;
  const first = partsOf().find((part) => part.getBoundingClientRect().bottom > 0);
  const top = first?.getBoundingClientRect().top;
  page.style.overflowAnchor = "none"; // what is on the screen stays there, in every browser
  page.classList.add("press-whole");
  if (first && scrollY) scrollBy({ top: first.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => page.style.removeProperty("overflow-anchor"));
  fit(partsOf());
}

let lastY = 0;
addEventListener("scroll", () => {
  if (scrollY - lastY > innerHeight) layOutAll(); // a leap: the height of what it passed was a guess
  lastY = scrollY;
}, { passive: true });

document.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
  if (key === "Tab" || ((ctrlKey || metaKey) && key.toLowerCase() === "f")) layOutAll();
}, true);

document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element && target.closest("a[href*='#']");
  if (link && link.pathname === location.pathname) layOutAll();
}, true);

let here = location.pathname;
let isBack = false;
addEventListener("popstate", () => {
  isBack = location.pathname !== here;
  layOutAll();
});

// Browsers break a line between any two Chinese characters. In a heading, or the title of a call-out,
// it breaks between words, if the browser knows them. The terms of the field it takes apart, 点积
// into 点 and 积, 编码器 into 编码 and 器: so a single character keeps to its neighbours, unless it
// is a small word. Most titles are one line; for these, no dictionary is loaded.
const titles = "h1, h2, h3, h4, .admonition-title, summary";
let segmenter = null;
const small = /^[的了着是和与或从到把被让给也都就还才又很太更不没这那它]$/;

function isBroken(title) {
  if (!title.matches(titles) || title.matches(".press-words")) return false;
  const { fontSize, paddingTop, paddingBottom } = getComputedStyle(title);
  const [size, ...around] = [fontSize, paddingTop, paddingBottom].map(parseFloat);
  return title.clientHeight - around[0] - around[1] > 2 * size; // a line is less than two letters high
}

function breaksOf(text) {
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  const parts = [...segmenter.segment(text)];
  return parts.slice(1).filter(({ index, segment }, i) => {
    const both = [parts[i].segment, segment];
    const isTerm = both.some((word) => word.length === 1) && !both.some((word) => small.test(word));
    return !isTerm && /^\p{Script=Han}{2}$/u.test(text.slice(index - 1, index + 1));
  });
}

function keepWords(title) {
  if (!Intl.Segmenter || title.matches(".press-words")) return;
  const inside = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (inside.nextNode())
    if (!inside.currentNode.parentElement.closest("code, math, [hidden]")) texts.push(inside.currentNode);
  for (const text of texts)
    for (const { index } of breaksOf(text.data).reverse())
      text.splitText(index).before(document.createElement("wbr"));
  title.classList.add("press-words");
}

// A figure that readers change is fetched when it comes near; until then, and where it cannot be
// had, its still stands there.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    import(`./interactive/${target.dataset.module}`)
      .then((script) => script.default(target, announce))
      .catch((error) => {
        target.classList.add("press-stays"); // and needs no room for more
        console.warn(`${target.dataset.module}: ${error.message}`);
      });
  }
}, { rootMargin: "400px" });

let isFirst = true; // the page that the browser itself has loaded
function dress() {
  hide();
  if (!isFirst) page.classList.toggle("press-whole", isBack || location.hash.length > 1);
  isBack = false;
  here = location.pathname;
  if (document.querySelector("claims-filter")) import("./claims.js"); // one page alone has it
  all("figure[data-module]").forEach((figure) => near.observe(figure));
  all("a[data-press-language]").forEach(aim);
  showKeys();
  for (const link of all("article a[href]")) // on paper, it says where it leads
    if (link.host !== location.host) link.classList.add("press-outside");
  all("figure.press-listing, figure.press-source").forEach(addCopyButton);
  all(".highlight.language-sh").filter((block) => !block.closest("figure")).forEach(addCopyButton);
  showNumbers(page.classList.contains("press-numbers-shown"));
  sizes.disconnect();
  const content = document.querySelector(".md-content__inner");
  if (content) sizes.observe(content);
  if (!isFirst) arrive();
  isFirst = false;
}

page.classList.add("press-runs");
if (window.document$) window.document$.subscribe(dress);
else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", dress);
else dress();
