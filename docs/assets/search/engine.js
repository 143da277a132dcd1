// What the search finds. It reads the text of all pages as it is: some hundred sections are
// looked through in milliseconds, so that there is no index to download beside the text.

const HAN = /\p{sc=Han}/u;
const STEM = /(?:ies|ing|ed|es|e|s|y)$/; // a word is found by how it begins
const STEM_AT_LEAST = 4;
const WHOLE_UP_TO = 2; // letters: so short a word is no beginning of another
// Words that say no more than that somebody asks.
const ASKING = /为什么|是什么|什么是|什么|怎么样|怎么|怎样|如何|多少|哪些|哪个|是不是|有没有|[的了吗呢吧]/gu;
const FUNCTION_WORDS = new Set(
  ("a an and are as at be by can do does for from how i if in into is it its me of on or " +
  "s so t than that the their there these this to use vs was what when where which who why will with you").split(" "));
const WEIGHT = { title: 3, heading: 1.5, text: 1, code: 0.3, alias: 0.6, explained: 2.5, functionWord: 0.05 };
const PHRASE = { title: 1.5, heading: 0.8, text: 0.35 }; // what the whole query adds, word for word
const NOT_A_CHAPTER = 0.6; // the reference, the glossary and the like speak of everything

/** Return text as it is compared: d_k, dₖ and "d k" differ for readers, not for the search. */
export function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/(?<![\p{L}\p{N}])(\p{L})_\{?(?=[\p{L}\p{N}])/gu, "$1") // d_k is one symbol
    .replace(/\bsqrt\b|\\sqrt/g, "√")
    .replace(/⊤/g, "t")
    .replace(/[\^'’]/g, "") // QK^T is one symbol, too
    .replace(/(?<=\p{sc=Han})(?!\p{sc=Han})|(?<!\p{sc=Han})(?=\p{sc=Han})|(?<=√)|(?=√)/gu, " ")
    .replace(/[^\p{L}\p{N}√∞∑∇⊙]+/gu, " ")
    .trim();
}

const squeeze = (folded) => folded.replaceAll(" ", "");
const spaced = (folded) => ` ${folded} `;

function count(text, part) {
  let times = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) times += 1;
  return times;
}

/** Return text by text how often a term stands there, at most so often that it says more. */
const saturated = (times) => (times ? times / (times + 1.5) : 0);

export class Search {
  /** Take what the press wrote of the pages, see src/press/render/search.py. */
  constructor({ pages, names }) {
    this.pages = pages.map((page) => ({
      ...page,
      folded: fold(page.title),
      sections: page.sections.map(([anchor, title, text, code]) => ({
        anchor, title, text, heading: spaced(fold(title)), body: spaced(fold(text)), code: spaced(fold(code)),
      })),
    }));
    this.sections = this.pages.flatMap((page) => page.sections);
    for (const section of this.sections) {
      section.all = section.heading + section.body + section.code;
      section.dense = { heading: squeeze(section.heading), body: squeeze(section.body) };
    }
    this.corpus = this.sections.map((section) => section.all).join("");
    this.named = names.map(([row, link]) => ({ names: row.map(fold), link }));
  }

  /** How often a word of the pages occurs, for what is spelt wrongly. */
  get vocabulary() {
    if (!this.counts) {
      this.counts = new Map();
      for (const word of this.corpus.split(" "))
        if (word && !HAN.test(word)) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    }
    return this.counts;
  }

  /** Return pages that a query finds, best first, each with its best sections first, and the terms. */
  find(query) {
    const folded = fold(query);
    if (!folded) return { results: [], terms: [] };
    const whole = squeeze(folded);
    const rows = this.rowsFor(folded);
    const terms = this.terms(folded, rows);
    const explained = new Map(rows.filter(({ link }) => link).map(({ link, share }) => [link.split("#")[0], { anchor: link.split("#")[1], share }]));
    const total = terms.reduce((sum, term) => sum + (term.alias ? 0 : term.weight), 0);
    const found = [];
    for (const page of this.pages) {
      const sections = page.sections
        .map((section) => this.score(section, terms, whole, total))
        .filter((section) => section.score > 0)
        .sort((a, b) => b.score - a.score);
      const told = explained.get(page.url);
      if (told && !sections.length) {
        const section = page.sections.find(({ anchor }) => anchor === told.anchor) ?? page.sections[0];
        sections.push({ section, score: 0, times: new Map() });
      }
      if (!sections.length) continue;
      const title = spaced(page.folded);
      let score = sections[0].score;
      for (const term of terms) {
        const on = sections.reduce((sum, section) => sum + (section.times.get(term) ?? 0), 0);
        score += term.weight * (WEIGHT.title * Math.min(1, count(title, term.text)) + saturated(on / 3)) / total;
      }
      if (squeeze(page.folded).includes(whole)) score += PHRASE.title;
      if (told) score += WEIGHT.explained * told.share;
      if (!page.chapter) score *= NOT_A_CHAPTER;
      found.push({ page, score, sections });
    }
    return { results: found.sort((a, b) => b.score - a.score), terms };
  }

  score(section, terms, whole, total) {
    let score = 0, met = 0;
    const times = new Map();
    for (const term of terms) {
      const inBody = count(section.body, term.text);
      const inHeading = count(section.heading, term.text);
      const inCode = count(section.code, term.text);
      times.set(term, inBody + inHeading);
      const value = WEIGHT.text * saturated(inBody) + WEIGHT.heading * Math.min(1, inHeading) +
        (inBody || inHeading ? 0 : WEIGHT.code * Math.min(1, inCode));
      if (!value) continue;
      score += term.weight * value;
      met += term.weight;
    }
    score = (score / total) * Math.min(1, met / total);
    if (score && whole.length > 1) {
      if (section.dense.heading.includes(whole)) score += PHRASE.heading;
      else if (section.dense.body.includes(whole)) score += PHRASE.text;
    }
    return { section, score, times };
  }

  /** Return what to look for, and how much each says: the rarer, the more. */
  terms(folded, rows) {
    const terms = new Map();
    const add = (text, factor, alias) => {
      const rarity = Math.log(1 + this.sections.length / (1 + this.holding(text)));
      const weight = factor * rarity;
      if (weight > (terms.get(text)?.weight ?? 0)) terms.set(text, { text, weight, alias });
    };
    for (const part of folded.split(" ")) {
      if (HAN.test(part)) for (const [text, factor] of this.chinese(part)) add(text, factor, false);
      else for (const word of this.words(part)) add(beginning(word), FUNCTION_WORDS.has(word) ? WEIGHT.functionWord : 1, false);
    }
    for (const name of rows.flatMap((row) => row.others)) add(HAN.test(name) ? name : ` ${name}`, WEIGHT.alias, true);
    return [...terms.values()];
  }

  holding(text) {
    return this.sections.reduce((sum, section) => sum + (section.all.includes(text) ? 1 : 0), 0);
  }

  /** Return the parts of a Chinese query: the longest that the pages have, and pairs in them. */
  *chinese(run) {
    const telling = run.replace(ASKING, " ").split(" ").filter(Boolean);
    for (const part of telling.length ? telling : [run]) {
      const pieces = this.pieces(part);
      for (const piece of pieces) {
        yield [piece, 1];
        if (piece.length > 3) for (let i = 0; i + 2 <= piece.length; i += 1) yield [piece.slice(i, i + 2), 1 / piece.length];
      }
      if (!pieces.length) yield [part, 1]; // it stands nowhere: perhaps the glossary knows it
    }
  }

  /** Cut a run of Chinese into parts that stand on the pages, as long as can be. */
  pieces(run) {
    const best = [{ value: 0, parts: [] }];
    for (let end = 1; end <= run.length; end += 1) {
      best[end] = best[end - 1];
      for (let start = Math.max(0, end - 12); start < end; start += 1) {
        const length = end - start;
        const value = best[start].value + (length > 1 ? length * length : 0);
        if (value <= best[end].value || !this.corpus.includes(run.slice(start, end))) continue;
        best[end] = { value, parts: [...best[start].parts, run.slice(start, end)] };
      }
    }
    return best[run.length].parts.filter((part) => part.length > 1);
  }

  /** Return the words that stand for one of a query: itself, two written as one, or one misspelt. */
  words(word) {
    if (FUNCTION_WORDS.has(word) || this.corpus.includes(beginning(word))) return [word];
    for (let i = 2; i <= word.length - 2; i += 1) {
      const two = [word.slice(0, i), word.slice(i)];
      if (two.every((part) => this.vocabulary.has(part) && (part.length > 2 || /kv|qk/.test(part)))) return two;
    }
    if (word.length < 4) return [word];
    let near = null;
    for (const [known, times] of this.vocabulary)
      if (times > (near?.times ?? 2) && oneEditApart(word, known)) near = { known, times };
    return [near?.known ?? word];
  }

  /** Return the rows of the glossary that a query names, and how much of it each name covers. */
  rowsFor(folded) {
    const line = stems(folded);
    const whole = squeeze(folded);
    const rows = [];
    for (const { names, link } of this.named) {
      const here = names.filter((name) => name.length > 1 &&
        (HAN.test(name) ? whole.includes(squeeze(name)) : line.includes(stems(name))));
      if (!here.length) continue;
      const longest = Math.max(...here.map((name) => squeeze(name).length));
      rows.push({ link, share: longest / whole.length, others: names.filter((name) => !here.includes(name)) });
    }
    return rows.sort((a, b) => a.share - b.share); // the longest name has the last word
  }
}

/** Return what a word of the pages must begin with: the ends of English words vary. */
function beginning(word) {
  if (word.length <= WHOLE_UP_TO) return ` ${word} `;
  const stem = word.replace(STEM, "");
  return ` ${stem.length >= STEM_AT_LEAST && /^[a-z]+$/.test(word) ? stem : word}`;
}

/** Return the beginnings of a text's telling words. */
function stems(folded) {
  const words = folded.split(" ").filter((word) => !FUNCTION_WORDS.has(word));
  return spaced(words.map((word) => beginning(word).trim()).join(" "));
}

function oneEditApart(one, other) {
  if (Math.abs(one.length - other.length) > 1 || one[0] !== other[0]) return false;
  let i = 0;
  while (i < one.length && one[i] === other[i]) i += 1;
  const [rest, otherRest] = [one.slice(i), other.slice(i)];
  return rest.slice(1) === otherRest || rest === otherRest.slice(1) || rest.slice(1) === otherRest.slice(1) ||
    (rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2));
}
