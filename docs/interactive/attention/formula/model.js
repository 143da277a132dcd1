// Every stage of the formula, done right or with a mistake.
import { product, rowsOf, softmax, transpose } from "#interactive/maths.js";

const [D_K, D_V] = [4, 5]; // widths of keys and of values
const FACTOR = { once: 1 / Math.sqrt(D_K), never: 1, twice: 1 / D_K };

const TIMES = {
  right: (Q, K) => product(Q, transpose(K)),
  forgotten: () => [], // a row of Q and a column of K differ in length
  swapped: (Q, K) => product(K, transpose(Q)),
};

export function model(state) {
  const [Q, K, V] = [rowsOf(state.q, D_K), rowsOf(state.k, D_K), rowsOf(state.v, D_V)];
  const scores = TIMES[state.product](Q, K);
  const scaled = scores.map((row) => row.map((score) => score * FACTOR[state.divide]));
  const masked = scaled.map((row, i) => row.map((score, j) => (state.later && j > i ? -Infinity : score)));
  const weights = state.axis === "rows" ? masked.map(softmax) : transpose(transpose(masked).map(softmax));
  return { Q, K, V, scores, scaled, masked, weights, output: product(weights, V) };
}
