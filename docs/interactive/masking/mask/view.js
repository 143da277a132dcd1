import { html } from "lit-html";
import { choice, menu, range, roam, settle, toggle } from "#interactive/controls.js";
import { live } from "#interactive/core.js";
import { number, picture, rectangle, text } from "#interactive/draw.js";

const NAMES = ["a", "b", "c", "d", "e", "f"]; // of the tokens
const [ROW, HEAD, LABEL, SUM] = [36, 24, 24, 52]; // heights and widths
const WAYS = {
  before: "softmax(where(visible, scores, -inf))",
  after: "(softmax(scores) * visible)",
  multiplied: "softmax(scores * visible)",
};

const isOne = (sum) => Math.abs(sum - 1) < 1e-9;
const weight = (f, i, j) => {
  const value = f.values.weights[i][j];
  return live(value, `${WAYS[f.state.hide]}[${i}, ${j}]`, 2, value === 0 ? "0" : undefined);
};
const total = (f, i) => {
  const value = f.values.sums[i];
  return live(value, `${WAYS[f.state.hide]}[${i}].sum()`, 2, value === 0 ? "0" : undefined);
};

// Who may see whom: a button for each cell.
function mask(f) {
  const flip = (at) => () => f.set({ flipped: f.state.flipped.map((bit, i) => (i === at ? !bit : bit)) });
  const cell = (seen, i, j) => toggle(seen, f.word("cell", { query: NAMES[i], key: NAMES[j] }).join(""), flip(i * NAMES.length + j), i + j ? -1 : 0);
  return html`<table class="press-toggles" role="grid" @keydown=${roam} @focusin=${settle}><caption>${f.word("mask")} <span class="press-arrows">${f.word("arrows")}</span></caption>
    <thead><tr><td></td>${NAMES.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${f.values.visible.map((row, i) => html`<tr><th scope="row">${NAMES[i]}</th>${row.map((seen, j) => html`<td>${cell(seen, i, j)}</td>`)}</tr>`)}</tbody>
  </table>`;
}

// The weights that come of it, and what each row adds up to.
function weights(f, width) {
  const cell = Math.min(44, Math.floor((width - LABEL - SUM) / NAMES.length));
  const x = (j) => LABEL + cell * (j + 0.5);
  const y = (i) => HEAD + ROW * (i + 0.5) + 5;
  const sumsAt = LABEL + cell * NAMES.length + SUM / 2 + 4;
  const parts = NAMES.map((name, k) => [text([x(k), HEAD - 8], name, "fig-math"), text([LABEL / 2, y(k)], name, "fig-math")]);
  parts.push(text([sumsAt, HEAD - 8], "Σ"));
  f.values.weights.forEach((row, i) => {
    row.forEach((value, j) => {
      const look = f.values.visible[i][j] ? "fig-a-fill" : value > 0 ? "fig-wrong-fill" : "fig-soft";
      const leaks = look === "fig-wrong-fill";
      const strength = look === "fig-soft" ? null : 0.08 + (leaks ? 0.12 : 0.37) * value; // numbers stand on it
      parts.push(rectangle([LABEL + cell * j + 1, HEAD + ROW * i + 1], cell - 2, ROW - 2, look, strength));
      parts.push(number([x(j), y(i)], weight(f, i, j), value === 0 ? "fig-text fig-faint" : leaks ? "fig-text fig-alarm" : "fig-text"));
    });
    parts.push(number([sumsAt, y(i)], total(f, i), isOne(f.values.sums[i]) ? "fig-text" : "fig-text fig-alarm"));
  });
  return picture(sumsAt + SUM / 2, HEAD + ROW * NAMES.length, parts);
}

export function view(f) {
  return html`<div class="press-controls">${choice(f, "hide")}</div>
    <div class="press-row">${mask(f)}
      <div class="press-titled"><p>${f.word("weights")}</p>${weights(f, f.wide ? f.width - 264 : f.width)}</div></div>
    <div class="press-controls">${menu(f, "rule")}${menu(f, "join")}${menu(f, "other", { of: "rule", disabled: f.state.join === "alone" })}
      ${range(f, "offset")}${range(f, "last")}</div>`;
}

export function status(f) {
  const { sums, leak } = f.values;
  const way = WAYS[f.state.hide];
  const least = Math.min(...sums);
  const lowest = live(least, `${way}.sum(axis=-1).min()`);
  const row = html`<i class="press-symbol">${NAMES[sums.indexOf(least)]}</i>`;
  return f.word(`told_${f.state.hide}`, {
    sums: f.word(isOne(least) ? "sums_one" : "sums_less", { lowest, row }),
    leak: live(Math.max(...leak), `(${way} * ~visible).sum(axis=-1).max()`),
  });
}

export const table = (f) => ({
  columns: [f.word("query"), ...NAMES, f.word("sum")],
  rows: NAMES.map((name, i) => [name, ...NAMES.map((_, j) => weight(f, i, j)), total(f, i)]),
});
