// <claims-filter>: shows the statements of one verdict, one chapter, or both. It reads verdicts,
// words and chapters from the page, which is complete without it.

const chinese = document.documentElement.lang.startsWith("zh");
const words = chinese
  ? {
      verdict: "判定", chapter: "章节", all: "全部", chapters: "全部章节",
      shown: (some, total) => some === total ? `共 ${total} 条，全部显示。` : some ? `共 ${total} 条，显示 ${some} 条。` : "这一章没有这种判定的说法。",
    }
  : {
      verdict: "Verdict", chapter: "Chapter", all: "All", chapters: "All chapters",
      shown: (some, total) => some === total ? `All ${total} statements are shown.` : some ? `${some} of ${total} statements ${some === 1 ? "is" : "are"} shown.` : "No statement of this chapter has this verdict.",
    };

const PREFIX = "verdict-";
const verdictOf = (node) => [...node.classList].find((name) => name.startsWith(PREFIX))?.slice(PREFIX.length);

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// A heading's words without the permalink behind them.
function titleOf(heading) {
  const copy = heading.cloneNode(true);
  for (const link of copy.querySelectorAll(".headerlink")) link.remove();
  return copy.textContent.trim();
}

class ClaimsFilter extends HTMLElement {
  connectedCallback() {
    const page = this.closest("article") ?? document.body;
    this.claims = [];
    this.headings = [];
    let heading = null;
    for (const node of page.querySelectorAll(`h2[id], .claim[class*="${PREFIX}"]`)) {
      if (node.localName === "h2") heading = node;
      else this.claims.push({ node, verdict: verdictOf(node), heading });
    }
    this.headings = [...new Set(this.claims.map((claim) => claim.heading))].filter(Boolean);
    // The explanation of the verdicts gives their words and their order.
    const chips = [...page.querySelectorAll(`li .press-verdict`)];
    this.verdicts = new Map(chips.map((chip) => [verdictOf(chip), chip.textContent.trim()]));
    this.replaceChildren(...this.controls());
    this.stop = new AbortController();
    const until = { signal: this.stop.signal };
    this.addEventListener("change", () => { this.apply(); this.remember(); }, until);
    // Whoever follows a link to a statement sees it, whatever is chosen.
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href*='#']");
      if (link && link.pathname === location.pathname) this.uncover(link.hash);
    }, { capture: true, ...until });
    addEventListener("hashchange", () => {
      if (this.uncover(location.hash)) this.target(location.hash).scrollIntoView();
    }, until);
    this.recall();
    this.apply();
    // Reading on writes the nearest heading into the address: only a statement is meant as one.
    if (this.target(location.hash)?.closest(".claim")) this.uncover(location.hash);
  }

  disconnectedCallback() {
    this.stop?.abort();
  }

  controls() {
    const radio = (value, label, count) => make("label", { className: value && PREFIX + value },
      make("input", { type: "radio", name: "claims-verdict", value, checked: !value }),
      make("span", { className: "press-choice" }, label, make("small", {}, ` ${count}`)));
    const count = (verdict) => this.claims.filter((claim) => claim.verdict === verdict).length;
    const verdicts = make("fieldset", {}, make("legend", {}, words.verdict),
      radio("", words.all, this.claims.length),
      ...[...this.verdicts].map(([verdict, label]) => radio(verdict, label, count(verdict))));
    this.chapter = make("select", {}, make("option", { value: "" }, words.chapters),
      ...this.headings.map((heading) => make("option", { value: heading.id }, titleOf(heading))));
    this.status = make("p", { className: "press-count" });
    this.status.setAttribute("role", "status");
    this.status.setAttribute("aria-live", "polite");
    return [verdicts, make("label", { className: "press-chapter" }, `${words.chapter} `, this.chapter), this.status];
  }

  get verdict() {
    return this.querySelector("input:checked")?.value ?? "";
  }

  set verdict(value) {
    for (const input of this.querySelectorAll("input")) input.checked = input.value === value;
  }

  apply() {
    const { verdict } = this;
    const chapter = this.chapter.value;
    const shown = this.claims.filter((claim) => {
      const fits = (!verdict || claim.verdict === verdict) && (!chapter || claim.heading?.id === chapter);
      claim.node.hidden = !fits;
      return fits;
    });
    for (const heading of this.headings) heading.hidden = !shown.some((claim) => claim.heading === heading);
    const text = words.shown(shown.length, this.claims.length);
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  target(hash) {
    return hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  }

  // Show everything if the target of an address is hidden; say whether it was.
  uncover(hash) {
    if (!this.target(hash)?.closest(".claim[hidden], h2[hidden]")) return false;
    this.verdict = "";
    this.chapter.value = "";
    this.apply();
    this.remember();
    return true;
  }

  // The choice is part of the address, so that it can be sent to somebody.
  remember() {
    const address = new URL(location.href);
    for (const [name, value] of [["verdict", this.verdict], ["chapter", this.chapter.value]]) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
  }

  recall() {
    const asked = new URLSearchParams(location.search);
    const [verdict, chapter] = [asked.get("verdict"), asked.get("chapter")];
    if (this.verdicts.has(verdict)) this.verdict = verdict;
    if (this.headings.some((heading) => heading.id === chapter)) this.chapter.value = chapter;
  }
}

customElements.define("claims-filter", ClaimsFilter);
