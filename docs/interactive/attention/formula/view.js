import { html, nothing } from "lit-html";
import { cell, choice, flag, roam, settle, typed } from "#interactive/controls.js";
import { inline, live, share } from "#interactive/core.js";
import { sum, table as grid, transpose } from "#interactive/maths.js";
import { fixed, scientific } from "#interactive/number.js";

const [N, D_K, D_V] = [3, 4, 5];
const [GAPS, WIDEST, ROOMY] = [16, 52, 44]; // cells as wide as ROOMY have room for one more digit
const RESULT = { score: "scores", scale: "scaled", hide: "masked", weigh: "weights", mix: "output" };
const LOOK = { Q: "press-shade-a", weights: "press-shade-a", K: "press-shade-b", V: "press-shade-b" };
const ROOTS = { never: 0, once: 1, twice: 2 };

const broken = (f) => f.state.product === "forgotten";
const mixing = (f) => f.state.step === "mix" && !broken(f);
const sides = (f) => (f.state.product === "swapped" ? ["K", "Q"] : ["Q", "K"]); // on the left, and above
const chosen = (f) => [f.state.row, Math.min(f.state.column, (mixing(f) ? D_V : broken(f) ? D_K : N) - 1)];
const ordinal = (f, at) => f.word("ordinals").split(" ")[at];
const words = (f, key, i, j, matrix) => f.word(key, { matrix, row: ordinal(f, i), column: ordinal(f, j) }).join("");
const isOne = (value) => Math.abs(value - 1) < 1e-9;

// All but weights and output are whole numbers, halves or quarters, and shown as they are.
const plain = (value) => fixed(value, (String(value).split(".")[1] ?? "").length);

function at(f, name, i, j, decimals = 3, inCell = false) {
  const value = f.values[name][i][j];
  if (name === "weights") {
    const told = share(value, `weights[${i}, ${j}]`, decimals);
    // A cell has no room for all digits of a weight that is nearly none or all.
    const near = inCell && told.text !== fixed(value, decimals) ? "≈" : "";
    return near || Number.isInteger(value) ? { ...told, text: near + fixed(value) } : told;
  }
  if (name === "output") return live(value, `weights[${i}] @ V[:, ${j}]`, decimals - 1, fixed(value, decimals - 1));
  return live(value, `${name}[${i}, ${j}]`, 0, plain(value));
}
const total = (f, i) => share(sum(f.values.weights[i]), `weights[${i}].sum()`);
const down = (f, j) => share(sum(f.values.weights.map((row) => row[j])), `weights[:, ${j}].sum()`);

// ----------------------------------------------------------------- the formula, and where it goes wrong

function formula(f) {
  const { step, product, divide, later, axis } = f.state;
  const part = (name, text, right) => html`<span class="${step === name ? "press-current" : ""} ${right ? "" : "press-mistake"}">${text}</span>`;
  const root = html` / √<i>d</i><sub>k</sub>`;
  const roots = divide === "never" ? html`<s>${root}</s>` : Array(ROOTS[divide]).fill(root);
  return html`<p class="press-line press-maths">${part("weigh", axis === "rows" ? "softmax" : "softmax↓", axis === "rows")}(${part("hide", later ? `${f.word("step_hide")}(` : "", true)}${part("score", f.word(`product_${product}`), product === "right")}${part("scale", roots, divide === "once")}${later ? ")" : ""}) ${part("mix", "V", true)}</p>`;
}

// ----------------------------------------------------------------- matrices: what is typed, what comes out

// Numbers to type have a hint, which says how the keyboard goes through them.
function matrix(name, rows, look, hint) {
  const stop = hint ? settle : nothing;
  return html`<table class="press-matrix" @keydown=${roam} @focusin=${stop} @focusout=${stop}><caption>${name}${hint}</caption><tbody>${rows.map(
    (row, i) => html`<tr>${row.map((content, j) => html`<td class=${look(i, j)}>${content}</td>`)}</tr>`,
  )}</tbody></table>`;
}

const inputs = (f, name, width) =>
  grid(N, width, (i, j) => typed(f, name.toLowerCase(), { index: i * width + j, label: words(f, "entry", i, j, name), stop: i + j ? -1 : 0 }));

function crossing(f) {
  const [[row, column], { step, axis }, [one, other]] = [chosen(f), f.state, sides(f)];
  const [mix, failed] = [mixing(f), broken(f)];
  const width = Math.min(WIDEST, Math.floor((f.width - GAPS) / 8));
  const decimals = width < ROOMY ? 2 : 3;
  const name = RESULT[step];
  const both = mix || failed || step === "score"; // a row on the left meets a column above
  const left = mix ? grid(N, N, (i, j) => inline(at(f, "weights", i, j, decimals, true))) : inputs(f, one, D_K);
  const above = mix ? inputs(f, "V", D_V) : failed ? inputs(f, "K", D_K) : transpose(inputs(f, other, D_K));
  const summed = step === "weigh" && !failed;
  const cells = grid(N, above[0].length, (i, j) =>
    cell(f, i === row && j === column, words(f, "entry", i, j, f.word(name)), failed ? "?" : inline(at(f, name, i, j, decimals, true)), () => f.set({ row: i, column: j })));
  const hint = html` <span class="press-arrows">${f.word("arrows_here")}</span>`;
  const share = (i, j) => (summed && (axis === "rows" ? i === row : j === column) ? "press-shade-c" : "");
  return html`<div class="press-crossing" style="--cell:${width / 20}rem">
    <div class="press-controls">${SWITCHES[step](f)}</div>
    ${matrix(mix ? "V" : failed ? "K" : `${other}ᵀ`, above, (i, j) => (both && j === column ? LOOK[mix ? "V" : other] : ""), hint)}
    ${matrix(mix ? f.word("weights") : one, left, (i) => (both && i === row ? LOOK[mix ? "weights" : one] : ""), mix ? "" : hint)}
    ${matrix(f.word(name), cells, share)}
    ${summed ? matrix("Σ", f.values.weights.map((line, i) => [inline(total(f, i))]), (i) => (isOne(sum(f.values.weights[i])) ? "" : "press-mistake")) : ""}</div>`;
}

// ----------------------------------------------------------------- the chosen cell, written out

const joined = (parts) => parts.map((part, i) => (i ? [" + ", part] : part));

function written(f) {
  const [[i, j], [one, other], { step, divide, axis }] = [chosen(f), sides(f), f.state];
  const told = (name, a = i, b = j) => inline(at(f, name, a, b));
  const factor = (name, a, b) => html`<span class=${LOOK[name]}>${f.values[name][a][b] < 0 ? html`(${told(name, a, b)})` : told(name, a, b)}</span>`;
  const products = (count, left, right) => joined(Array.from({ length: count }, (_, k) => html`${factor(left, i, k)}×${right(k)}`));
  if (broken(f)) return products(D_K, "Q", (k) => (k < N ? factor("K", k, j) : html`<b class="press-mistake">?</b>`));
  const result = html` = ${told(RESULT[step])}`;
  if (step === "score") return html`${products(D_K, one, (k) => factor(other, j, k))}${result}`;
  if (step === "scale") return html`${told("scores")}${Array(ROOTS[divide]).fill(html` / √${inline(live(D_K, "d_k", 0))}`)}${result}`;
  if (step === "hide") return html`${told("scaled")} → ${told("masked")}`;
  if (step === "mix") return html`${products(N, "weights", (k) => factor("V", k, j))}${result}`;
  const shares = f.values.masked.map((_, k) => (axis === "rows" ? [i, k] : [k, j]));
  const exp = ([a, b]) => html`exp(${told("masked", a, b)})`;
  const exps = shares.map(([a, b]) => Math.exp(f.values.masked[a][b]));
  const power = (value, expression) => inline(live(value, expression, 2, value && (value < 0.005 || value >= 1e5) ? scientific(value) : fixed(value, 2)));
  return html`${exp([i, j])} / (${joined(shares.map(exp))}) =
    ${power(exps[axis === "rows" ? j : i], `exp(masked[${i}, ${j}])`)} / ${power(sum(exps), `exp(masked[${axis === "rows" ? i : `:, ${j}`}]).sum()`)}${result}`;
}

const SWITCHES = {
  score: (f) => choice(f, "product"),
  scale: (f) => choice(f, "divide"),
  hide: (f) => flag(f, "later"),
  weigh: (f) => choice(f, "axis"),
  mix: (f) => choice(f, "axis"), // its effect is seen here
};

export const view = (f) => html`<div class="press-steps">${choice(f, "step")}</div>${formula(f)}${crossing(f)}<p class="press-line">${written(f)}</p>`;

export function status(f) {
  const [[i, j], { step, divide, axis }] = [chosen(f), f.state];
  const swapped = f.state.product === "swapped";
  const [query, key] = swapped ? [j, i] : [i, j];
  const one = () => at(f, RESULT[step], i, j);
  const told = (name, fields) => f.word(`told_${name}`, { query: ordinal(f, query), key: ordinal(f, key), ...fields });
  if (broken(f)) return told("forgotten", { wide: live(D_K, "Q.shape[1]", 0), high: live(N, "K.shape[0]", 0) });
  if (step === "score") return told(f.state.product, { value: one() });
  if (step === "scale" || step === "hide")
    return told(step === "scale" && divide === "twice" ? "twice" : "now", { value: one(), weight: at(f, "weights", i, j) });
  if (step === "weigh") return told(swapped ? "keys" : axis, { value: one(), sum: total(f, i), down: down(f, j) });
  return told(swapped ? "strange" : isOne(sum(f.values.weights[i])) ? "mix" : "leak", { value: one(), sum: total(f, i) });
}

export const table = (f) => ({
  columns: [f.word("matrix"), ...f.word("ordinals").split(" ")],
  rows: ["Q", "K", "V", ...Object.values(RESULT)].flatMap((name) =>
    f.values[name].map((row, i) => [words(f, "line", i, i, f.word(name) ?? name), ...row.map((_, j) => at(f, name, i, j))]),
  ),
});
