// The part of a text that shows why it was found, with what was looked for marked.

const WORD = /[\p{L}\p{N}√∞∑∇⊙]/u;
const BEFORE = 24; // characters of context before the first match

/** Return folded text and, for each of its characters, where it stands in the original. */
function aligned(text) {
  let folded = "";
  const places = [];
  let at = 0;
  for (const sign of text) {
    const next = text[at + sign.length] ?? "";
    const joins = sign === "_" && /(?:^|[^\p{L}\p{N}])\p{L}$/u.test(text.slice(Math.max(0, at - 2), at)) && WORD.test(next);
    const plain = joins || sign === "^" ? "" : sign.normalize("NFKC").toLowerCase().replace("⊤", "t");
    for (const part of plain) {
      folded += WORD.test(part) ? part : " ";
      places.push(at);
    }
    at += sign.length;
  }
  places.push(text.length);
  return { folded, places };
}

/** Return the ranges of a text that terms match, in order and apart. */
function matches(text, terms) {
  const { folded, places } = aligned(text);
  const ranges = [];
  for (const { text: term } of terms) {
    const part = term.trim();
    const atStart = term.startsWith(" "); // a word is found by how it begins
    for (let at = folded.indexOf(part); at >= 0; at = folded.indexOf(part, at + part.length)) {
      if (atStart && /[a-z0-9]/.test(folded[at - 1] ?? " ")) continue;
      let end = at + part.length;
      while (atStart && /[a-z0-9]/.test(folded[end] ?? " ")) end += 1;
      ranges.push([places[at], places[end]]);
    }
  }
  ranges.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return ranges.filter(([start], i) => i === 0 || start >= Math.max(...ranges.slice(0, i).map(([, end]) => end)));
}

/** Return nodes: text, and a mark for each match; with a length, only that much around the first. */
export function marked(text, terms, length = Infinity) {
  const ranges = matches(text, terms);
  let start = 0;
  if (text.length > length) {
    start = Math.max(0, (ranges[0]?.[0] ?? 0) - BEFORE);
    while (start > 0 && /[a-z0-9]/i.test(text[start - 1]) && /[a-z0-9]/i.test(text[start])) start -= 1;
  }
  const end = Math.min(text.length, start + length);
  const nodes = start ? ["… "] : [];
  let at = start;
  for (const [from, to] of ranges) {
    if (from < at || from >= end) continue;
    nodes.push(text.slice(at, from));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    nodes.push(mark);
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  if (end < text.length) nodes.push(" …");
  return nodes;
}
