import { html } from "lit-html";
import { flag, typed } from "#interactive/controls.js";
import { live, share } from "#interactive/core.js";
import { Plane, grip, line, number, picture, polyline, rectangle, text } from "#interactive/draw.js";
import { fixed } from "#interactive/number.js";

const TIPS = { q: "q", k1: "k", k2: "k′" }; // values of the state, and what they are called
const REACH = 4.9; // of the plane, to each side
const [ROW, LABEL, FAR] = [26, 84, 15]; // heights, widths and distances

const symbol = (name) => html`<i class="press-symbol">${name}</i>`;
const unit = (f, name) => (f.state.normalise ? `l2_normalize(${name})` : name);
const key = (f, j) => unit(f, `keys[${j}]`);
const QUANTITIES = {
  length: (f, j) => live(Math.hypot(...f.values.arrows[j]), `norm(${key(f, j)})`),
  shadow: (f, j) => live(f.values.shadows[j], `dot(${key(f, j)}, l2_normalize(q))`),
  query: (f) => live(Math.hypot(...f.values.query), `norm(${unit(f, "q")})`), // what the shadow is multiplied by
  score: (f, j) => live(f.values.scores[j], `dot(${unit(f, "q")}, ${key(f, j)})`),
  angle: (f, j) => live(0, `angle_degrees(q, keys[${j}])`, 1, `${fixed(degrees(f, j), 1)}°`),
  cosine: (f, j) => live(f.values.cosines[j], `cosine_similarity(q, keys[${j}])`, 3),
  weight: (f, j) => share(f.values.weights[j], `softmax(dot(${unit(f, "q")}, ${unit(f, "keys")}))[${j}]`),
};
const degrees = (f, j) => (Math.acos(f.values.cosines[j]) * 180) / Math.PI;

// Two keys, and the shadows that they cast on the line of the query.
function plane(f, side) {
  const { query, arrows, feet } = f.values;
  const flat = new Plane([side / 2, side / 2], side / 2 / REACH);
  const [x, y] = query.map((part) => part / (Math.hypot(...query) || 1)); // the direction of the query
  const beside = (point, far) => [flat.at(point)[0] + far * y, flat.at(point)[1] + far * x];
  const whole = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  const parts = whole.map((k) => [flat.line([k, -4], [k, 4], "fig-grid"), flat.line([-4, k], [4, k], "fig-grid")]);
  if (x || y) parts.push(flat.line([-REACH * x, -REACH * y], [REACH * x, REACH * y]));
  const turned = arrows.map((arrow) => x * arrow[1] - y * arrow[0]); // how far to the left of the query
  const away = turned[0] + turned[1] < 0 ? -1 : 1; // shadows lie where the keys are not
  arrows.forEach((arrow, j) => {
    if (!(x || y)) return;
    const [foot, far] = [feet[j], away * FAR * (j + 1)];
    const ends = [[0, 0], foot].map((point) => [beside(point, far - 4), beside(point, far + 4)]);
    parts.push(flat.line(arrow, foot), line(beside([0, 0], far), beside(foot, far), "fig-c"));
    parts.push(ends.map(([a, b]) => line(a, b, "fig-c")));
    const behind = (f.values.shadows[j] < 0 ? 12 : -12) / flat.unit;
    const [left, top] = beside([behind * x, behind * y], far);
    parts.push(text([left, top + 4], TIPS[`k${j + 1}`], "fig-math"));
    if (Math.hypot(arrow[0] - foot[0], arrow[1] - foot[1]) > 0.4 && Math.hypot(...foot) > 0.4) {
      const [over, along] = [-Math.sign(turned[j]), Math.sign(x * foot[0] + y * foot[1])];
      const corner = ([s, t]) => [foot[0] + 0.25 * (s * over * y - t * along * x), foot[1] - 0.25 * (s * over * x + t * along * y)];
      parts.push(polyline([[1, 0], [1, 1], [0, 1]].map((at) => flat.at(corner(at))), "fig-thin"));
    }
  });
  const tips = Object.entries(TIPS).map(([name, called], k) => {
    const [look, now] = k ? ["fig-b", arrows[k - 1]] : ["fig-a", query];
    const tip = flat.at(f.state[name]);
    const size = Math.hypot(...f.state[name]);
    const [dx, dy] = size ? f.state[name].map((part) => part / size) : [1, 0];
    const at = [tip[0] + 20 * dx, tip[1] - 20 * dy + 5];
    const move = (place) => f.set({ [name]: flat.from(place) });
    return [
      f.state.normalise ? flat.line([0, 0], f.state[name]) : [],
      flat.vector(now, look),
      grip(tip, move, `${look}-fill`),
      text(at, called, "fig-math"),
    ];
  });
  return picture(side, side, [parts, tips.reverse()]);
}

// What becomes of the two, side by side.
function outcome(f, width) {
  const at = [0, 1].map((j) => LABEL + ((width - LABEL) * (j + 0.5)) / 2);
  const each = (width - LABEL) / 2 - 8;
  const parts = [
    [0, 1].map((j) => text([at[j], 19], TIPS[`k${j + 1}`], "fig-math")),
  ];
  Object.entries(QUANTITIES).forEach(([name, quantity], i) => {
    const y = ROW * (i + 1);
    parts.push(text([0, y + 17], f.word(name), "fig-tick", "start"));
    for (const j of [0, 1]) {
      if (name === "weight") {
        parts.push(rectangle([at[j] - each / 2, y + 2], each, ROW - 6));
        parts.push(rectangle([at[j] - each / 2, y + 2], each * f.values.weights[j], ROW - 6, "fig-a-fill", 0.35));
      }
      parts.push(number([at[j], y + 17], quantity(f, j)));
    }
  });
  return picture(width, ROW * (Object.keys(QUANTITIES).length + 1), parts);
}

export function view(f) {
  const side = f.wide ? f.width - 224 : f.width;
  const coordinate = (name, index) => typed(f, name, { index, label: `${TIPS[name]} ${f.word(index ? "up" : "across")}` });
  return html`<p class="press-hint">${f.word("hint")}</p>
    <div class="press-row">${plane(f, side)}${outcome(f, f.wide ? 200 : f.width)}</div>
    <div class="press-controls">${Object.entries(TIPS).map(([name, called]) => html`<span class="press-control">${symbol(called)}${coordinate(name, 0)}${coordinate(name, 1)}</span>`)}${flag(f, "normalise")}</div>`;
}

export function status(f) {
  const { scores, cosines } = f.values;
  const gap = (pair) => (Math.abs(pair[0] - pair[1]) < 1e-9 ? 0 : pair[0] - pair[1]);
  const [score, cosine] = [gap(scores), gap(cosines)];
  const [more, less] = score < 0 ? [1, 0] : [0, 1];
  const told = score === 0 ? "told_even" : cosine === 0 ? "told_parallel" : score * cosine > 0 ? "told_same" : "told_apart";
  const gaps = {
    more: symbol(TIPS[`k${more + 1}`]),
    most: QUANTITIES.score(f, more),
    least: QUANTITIES.score(f, less),
    angle: QUANTITIES.angle(f, more),
    other: QUANTITIES.angle(f, less),
    first: QUANTITIES.angle(f, 0),
    second: QUANTITIES.angle(f, 1),
  };
  return f.word(told, gaps);
}

export const table = (f) => ({
  columns: [f.word("quantity"), TIPS.k1, TIPS.k2],
  rows: [
    ...["across", "up"].map((way, i) => [f.word(way), ...[0, 1].map((j) => live(f.state[`k${j + 1}`][i], `keys[${j}, ${i}]`, 1))]),
    ...Object.entries(QUANTITIES).map(([name, quantity]) => [f.word(name), quantity(f, 0), quantity(f, 1)]),
  ],
});
