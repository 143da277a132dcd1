// The weights of four scores, and over how many keys they spread.
import { softmax, sum } from "#interactive/maths.js";

export function model({ scores, hidden, shift, temperature }) {
  const shifted = scores.map((score, j) => (hidden[j] ? -Infinity : score + shift));
  const weights = softmax(shifted.map((score) => score / temperature));
  const entropy = -sum(weights.map((weight) => (weight > 0 ? weight * Math.log(weight) : 0)));
  return { scores: shifted, weights, effective: sum(weights) > 0 ? Math.exp(entropy) : 0 };
}
