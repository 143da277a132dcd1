// The weights of one query, and how long the gradient is at its scores and at the query itself.
import { dot, norm, softmax, sum } from "#interactive/maths.js";
import data from "./data.json" with { type: "json" };

const FACTOR = { none: () => 1, root: (d) => 1 / Math.sqrt(d), width: (d) => 1 / d };

export function model({ width, draw, divisor, stretch }) {
  const factor = FACTOR[divisor](data.widths[width]);
  const products = data.products[width][draw - 1].map((score) => score * stretch);
  const weights = softmax(products.map((score) => score * factor));
  const given = data.gradients[width][draw - 1];
  const mean = dot(weights, given);
  const gradient = weights.map((weight, j) => weight * (given[j] - mean));
  const rows = data.keys[width][draw - 1]; // of a symmetric matrix, as far as its diagonal
  const ahead = gradient.map((_, i) => sum(gradient.map((entry, j) => entry * rows[Math.max(i, j)][Math.min(i, j)])));
  return {
    weights,
    largest: Math.max(...weights),
    at_scores: norm(gradient),
    at_query: factor * Math.sqrt(Math.max(0, dot(gradient, ahead))),
  };
}
