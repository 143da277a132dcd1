// Who may see whom, and the weights of three ways to hide.
import { softmax, sum, table } from "#interactive/maths.js";
import data from "./data.json" with { type: "json" };

const N = data.scores.length;
const WINDOW = 3;
const PROMPT = 3;
const TEXT = [0, 0, 1, 1, 1, 1]; // which of two texts a token belongs to

const RULES = {
  causal: (i, j, offset) => j <= i + offset,
  window: (i, j, offset) => j <= i + offset && j > i + offset - WINDOW,
  texts: (i, j, offset) => j <= i + offset && TEXT[i] === TEXT[j],
  prompt: (i, j, offset) => j <= i + offset || j < PROMPT,
  all: () => true,
};
const JOINS = { alone: (a) => a, and: (a, b) => a && b, or: (a, b) => a || b };

export function model({ rule, join, other, offset, flipped, hide, last }) {
  const visible = table(N, N, (i, j) => {
    const allowed = JOINS[join](RULES[rule](i, j, offset), RULES[other](i, j, offset));
    return allowed !== flipped[i * N + j];
  });
  const scores = data.scores.map((row) => row.map((score, j) => (j === N - 1 ? score + last : score)));
  const weights = scores.map((row, i) => {
    if (hide === "before") return softmax(row.map((score, j) => (visible[i][j] ? score : -Infinity)));
    if (hide === "after") return softmax(row).map((weight, j) => (visible[i][j] ? weight : 0));
    return softmax(row.map((score, j) => (visible[i][j] ? score : 0)));
  });
  return {
    visible,
    scores,
    weights,
    sums: weights.map(sum),
    leak: weights.map((row, i) => sum(row.filter((_, j) => !visible[i][j]))),
  };
}
