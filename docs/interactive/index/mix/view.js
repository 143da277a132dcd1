import { html, svg } from "lit-html";
import { flag, range } from "#interactive/controls.js";
import { live, share } from "#interactive/core.js";
import { Plane, dot, grip, line, number, picture, pointed, polygon, rectangle, text } from "#interactive/draw.js";
import data from "./data.json" with { type: "json" };

const NAMES = ["a", "b", "c", "d", "e"]; // of the tokens
const HULL = [1, 2, 3, 0, 4]; // the values, in the order in which they stand around
const REACH = 3.3; // of a plane, to each side
const [HEAD, GAP, MIDDLE, ROW] = [24, 14, 148, 23]; // heights and widths

const SCORES = (f) => (f.state.scale ? "q @ K.T / sqrt(d_k)" : "q @ K.T");
const WEIGHTS = (f) => `softmax(${SCORES(f)})`;
const score = (f, j) => live(f.values.scores[j], `(${SCORES(f)})[${j}]`);
const weight = (f, j) => share(f.values.weights[j], `${WEIGHTS(f)}[${j}]`);
const output = (f, i) => live(f.values.output[i], `(${WEIGHTS(f)} @ V)[${i}]`);

const symbol = (name) => html`<i class="press-symbol">${name}</i>`;

// Where the name of a point stands: further out, as seen from another.
function beyond(plane, point, far, from = [0, 0]) {
  const [[x, y], dx, dy] = [plane.at(point), point[0] - from[0], point[1] - from[1]];
  const size = Math.hypot(dx, dy);
  return size ? [x + (far * dx) / size, y - (far * dy) / size + 5] : [x + far, y + 5];
}

// Where the name of a point stands that lines lead to: in the widest gap between them.
function between(plane, point, others, far) {
  const angles = others.map((other) => Math.atan2(other[1] - point[1], other[0] - point[0])).sort((a, b) => a - b);
  const gaps = angles.map((angle, i) => (angles[i + 1] ?? angles[0] + 2 * Math.PI) - angle);
  const widest = Math.max(...gaps);
  const middle = angles[gaps.indexOf(widest)] + widest / 2;
  const [x, y] = plane.at(point);
  return [x + far * Math.cos(middle), y - far * Math.sin(middle) + 5];
}

// The query among the keys. A click anywhere brings the query there, too.
function asking(f, plane, corner, side) {
  const go = (place) => f.set({ query: plane.from(place) });
  const tip = plane.at(f.state.query);
  return [
    svg`<g class="press-field" @click=${(event) => go(pointed(event))}>${rectangle(corner, side, side, "fig-soft", 0.5)}</g>`,
    data.keys.map((key, j) => [plane.vector(key, "fig-b"), text(beyond(plane, key, 12), NAMES[j], "fig-math")]),
    plane.vector(f.state.query, "fig-a"),
    grip(tip, go),
    text(beyond(plane, f.state.query, 20), "q", "fig-math"),
  ];
}

// What the weights make of the values: a point among them.
function answering(f, plane) {
  const { output, weights } = f.values;
  const end = plane.at(output);
  return [
    polygon(HULL.map((j) => plane.at(data.values[j]))),
    data.values.map((value, j) => line(plane.at(value), end, "fig-a", 1 + 11 * weights[j])),
    data.values.map((value, j) => [dot(plane.at(value), 5, "fig-b-fill"), text(beyond(plane, value, 14), NAMES[j], "fig-math")]),
    dot(end, 7),
    text(between(plane, output, data.values, 17), "o", "fig-math"),
  ];
}

// Score and weight of each key; the bar stands between them, or below them where it is narrow.
function rows(f, [left, top], width, height, below) {
  const [start, full] = below ? [left, width] : [left + 76, width - 134];
  return NAMES.map((name, j) => {
    const y = top + height * j + (below ? 14 : height / 2 + 5);
    const bar = [start, below ? y + 6 : y - 11];
    return [
      text([left + 6, y], name, "fig-math"),
      number([left + (below ? 82 : 68), y], score(f, j), "fig-text", "end"),
      rectangle(bar, full, below ? 9 : 13),
      rectangle(bar, full * f.values.weights[j], below ? 9 : 13, "fig-a-fill"),
      number([left + width, y], weight(f, j), "fig-text", "end"),
    ];
  });
}

export function view(f) {
  const beside = f.wide;
  const side = beside ? (f.width - MIDDLE - 2 * GAP) / 2 : (f.width - GAP) / 2;
  const [keysAt, valuesAt] = [side / 2, f.width - side / 2];
  const planes = [keysAt, valuesAt].map((x) => new Plane([x, HEAD + side / 2], side / 2 / REACH));
  const corner = beside ? [side + GAP, HEAD] : [0, HEAD + side + HEAD];
  const wide = beside ? MIDDLE : f.width;
  const title = (x, y, key, anchor) => text([x, y - 8], f.word(key), "fig-tick", anchor);
  return html`<p class="press-hint">${f.word("hint")}</p>
    ${picture(f.width, beside ? HEAD + side : corner[1] + NAMES.length * ROW, [
      title(keysAt, HEAD, "asking"),
      title(valuesAt, HEAD, "answering"),
      title(corner[0] + (beside ? 82 : 68), corner[1], "score", "end"),
      title(corner[0] + wide, corner[1], "weight", "end"),
      answering(f, planes[1]),
      rows(f, corner, wide, beside ? side / NAMES.length : ROW, beside),
      asking(f, planes[0], [0, HEAD], side),
    ])}
    <div class="press-controls">${range(f, "query", { index: 0, label: f.word("across") })}${range(f, "query", { index: 1, label: f.word("up") })}${flag(f, "scale")}</div>`;
}

export function status(f) {
  const { weights } = f.values;
  const [most, least] = [Math.max(...weights), Math.min(...weights)];
  const all = { most: live(most, `${WEIGHTS(f)}.max()`), least: live(least, `${WEIGHTS(f)}.min()`) };
  if (most - least < 1e-12) return f.word("told_even", { most: all.most });
  return f.word("told", { ...all, first: symbol(NAMES[weights.indexOf(most)]), last: symbol(NAMES[weights.indexOf(least)]) });
}

export function table(f) {
  const two = (name, row, j) => [0, 1].map((i) => live(row[i], `${name}[${j}, ${i}]`, 1));
  return {
    columns: ["token", "key_across", "key_up", "score", "weight", "value_across", "value_up"].map((key) => f.word(key)),
    rows: [
      ["q", ...[0, 1].map((i) => live(f.state.query[i], `q[${i}]`, 1)), "", "", "", ""],
      ...NAMES.map((name, j) => [name, ...two("K", data.keys[j], j), score(f, j), weight(f, j), ...two("V", data.values[j], j)]),
      ["o", "", "", "", "", output(f, 0), output(f, 1)],
    ],
  };
}
