import { html } from "lit-html";
import { choice, range } from "#interactive/controls.js";
import { live, share } from "#interactive/core.js";
import { line, number, picture, rectangle, text } from "#interactive/draw.js";
import { counted, scientific } from "#interactive/number.js";
import data from "./data.json" with { type: "json" };

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"]; // of the keys
const [HEAD, HEIGHT, FOOT] = [24, 120, 24]; // a weight of one is HEIGHT high
const [ROW, AXIS] = [54, 20];
const [LOWEST, HIGHEST] = [-9, 1]; // powers of ten
const TICKS = { "-8": "10⁻⁸", "-6": "10⁻⁶", "-4": "10⁻⁴", "-2": "0.01", 0: "1" };

const weight = (f, j, decimals = 2) => share(f.values.weights[j], `softmax(scores)[${j}]`, decimals);
// A length may be of any size; what is smaller than these is what rounding leaves of zero.
const length = (value, expression) => live(value, expression, value < 1 ? 3 : 1, value > 1e-13 && value < 0.01 ? scientific(value) : undefined);
const atScores = (f) => length(f.values.at_scores, "norm(gradient)");
const atQuery = (f) => length(f.values.at_query, "at_query");
const widthOf = (f) => live(data.widths[f.state.width], "d_k", 0, counted(data.widths[f.state.width]));

function bars(f, width) {
  const step = width / NAMES.length;
  const ground = HEAD + HEIGHT;
  const parts = [line([0, ground], [width, ground], "fig-thin")];
  const largest = f.values.weights.indexOf(f.values.largest);
  NAMES.forEach((name, j) => {
    const height = HEIGHT * f.values.weights[j];
    const x = step * (j + 0.5);
    parts.push(rectangle([x - step * 0.3, ground - height], step * 0.6, height, "fig-a-fill"));
    if (j === largest) {
      const told = weight(f, j);
      const half = 3.7 * told.text.length; // many nines are wider than a bar
      parts.push(number([Math.min(Math.max(x, half), width - half), ground - height - 7], told));
    }
    parts.push(text([x, ground + 18], name, "fig-math"));
  });
  return picture(width, ground + FOOT, parts);
}

// Two lengths on one axis, on which each step to the next tick is a factor of a hundred.
function lengths(f, width) {
  const x = (power) => ((Math.max(LOWEST, power) - LOWEST) / (HIGHEST - LOWEST)) * width;
  const parts = Object.entries(TICKS).flatMap(([power, label]) => [
    ...[0, ROW].map((top) => line([x(power), top + 24], [x(power), top + 44], "fig-thin")),
    text([x(power), 2 * ROW + 12], label, "fig-tick"),
  ]);
  [["at_scores", atScores(f), "fig-b-fill"], ["at_query", atQuery(f), "fig-a-fill"]].forEach(([name, told, look], i) => {
    const end = f.values[name] > 0 ? x(Math.log10(f.values[name])) : 0;
    parts.push(text([4, ROW * i + 18], f.word(name), "fig-text", "start"));
    parts.push(rectangle([0, ROW * i + 26], end, 16, look));
    parts.push(number([width - 2, ROW * i + 18], told, "fig-text", "end"));
  });
  return picture(width, 2 * ROW + AXIS, parts);
}

export function view(f) {
  const width = f.wide ? (f.width - 26) / 2 : f.width;
  return html`<div class="press-controls">${range(f, "width", { meaning: widthOf(f) })}${choice(f, "divisor")}</div>
    <div class="press-row"><div class="press-titled"><p>${f.word("weights")}</p>${bars(f, width)}</div>
      <div class="press-titled"><p>${f.word("lengths")}</p>${lengths(f, width)}</div></div>
    <div class="press-controls">${range(f, "draw")}${range(f, "stretch")}</div>`;
}

export const status = (f) =>
  f.word("told", {
    width: widthOf(f),
    largest: live(f.values.largest, "softmax(scores).max()"),
    at_scores: atScores(f),
    at_query: atQuery(f),
  });

export const table = (f) => ({
  columns: [f.word("quantity"), f.word("value")],
  rows: [
    ...NAMES.map((key, j) => [f.word("weight_of", { key }), weight(f, j, 4)]),
    [f.word("length_at_scores"), atScores(f)],
    [f.word("length_at_query"), atQuery(f)],
  ],
});
