// Shadows, scores, cosines and weights of two keys.
import { dot, norm, softmax } from "#interactive/maths.js";

const times = (factor, vector) => vector.map((x) => factor * x);
const unit = (vector) => vector.map((x) => x / (norm(vector) || 1)); // the zero vector stays zero

export function model({ q, k1, k2, normalise }) {
  const [query, ...arrows] = normalise ? [q, k1, k2].map(unit) : [q, k1, k2];
  const shadows = arrows.map((key) => dot(key, unit(query)));
  const scores = arrows.map((key) => dot(query, key));
  return {
    query,
    arrows,
    shadows,
    feet: shadows.map((length) => times(length, unit(query))),
    scores,
    cosines: arrows.map((key) => Math.min(1, Math.max(-1, dot(unit(query), unit(key))))),
    weights: softmax(scores),
  };
}
