import { html } from "lit-html";
import { range, toggle } from "#interactive/controls.js";
import { live, share, whole } from "#interactive/core.js";
import { line, number, picture, rectangle, text } from "#interactive/draw.js";

const NAMES = ["a", "b", "c", "d"]; // of the keys
const [HEAD, HEIGHT, FOOT] = [24, 150, 44]; // a weight of one is HEIGHT high
const SOFTMAX = "softmax(scores / temperature)";

const weight = (f, j) =>
  f.state.hidden[j] ? live(0, `${SOFTMAX}[${j}]`, 0) : share(f.values.weights[j], `${SOFTMAX}[${j}]`, 3);
const score = (f, j) => live(f.values.scores[j], `scores[${j}]`, 1);
const least = (f) => {
  const visible = f.values.weights.filter((_, j) => !f.state.hidden[j]);
  return share(Math.min(...visible), `${SOFTMAX}[isfinite(scores)].min()`, 3);
};
const effective = (f) => live(f.values.effective, `effective_number(${SOFTMAX})`);

// The weights above, the scores that they come from below.
function bars(f, width) {
  const step = width / NAMES.length;
  const ground = HEAD + HEIGHT;
  const parts = [line([0, ground], [width, ground], "fig-thin")];
  NAMES.forEach((name, j) => {
    const height = HEIGHT * f.values.weights[j];
    const x = step * (j + 0.5);
    parts.push(rectangle([x - step * 0.3, ground - height], step * 0.6, height, "fig-a-fill"));
    parts.push(number([x, ground - height - 7], weight(f, j), f.state.hidden[j] ? "fig-text fig-faint" : "fig-text"));
    parts.push(text([x, ground + 18], name, "fig-math"));
    parts.push(number([x, ground + 37], score(f, j), "fig-text fig-faint"));
  });
  return picture(width, ground + FOOT, parts);
}

// One line per key: whether it may be seen, and its score.
function keys(f) {
  const flip = (at) => () => f.set({ hidden: f.state.hidden.map((bit, j) => (j === at ? !bit : bit)) });
  return NAMES.map((name, j) => {
    const label = f.word("seen", { key: name }).join("");
    return html`<div class="press-key">${toggle(!f.state.hidden[j], label, flip(j))}
      ${range(f, "scores", { index: j, label: html`<span class="press-told">${f.word("score")}</span> <i>${name}</i>`, disabled: f.state.hidden[j] })}</div>`;
  });
}

export function view(f) {
  return html`<div class="press-row"><div class="press-titled"><p>${f.word("weights")}</p>${bars(f, f.wide ? f.width - 290 : f.width)}</div>
      <div class="press-titled"><p>${f.word("keys")}</p>${keys(f)}</div></div>
    <div class="press-controls">${range(f, "temperature")}${range(f, "shift")}</div>`;
}

export function status(f) {
  if (f.state.hidden.every(Boolean)) return f.word("none", { effective: effective(f) });
  return f.word("told", {
    effective: effective(f),
    least: least(f),
    visible: whole(f.state.hidden.filter((bit) => !bit).length, "visible"),
  });
}

export const table = (f) => ({
  columns: [f.word("key"), f.word("score"), f.word("weight")],
  rows: NAMES.map((name, j) => [name, score(f, j), weight(f, j)]),
});
