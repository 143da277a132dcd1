// Every stage of the formula, for one query.
import { product, softmax, transpose } from "#interactive/maths.js";
import data from "./data.json" with { type: "json" };

export function model({ query, scale }) {
  const [products] = product([query], transpose(data.keys));
  const scores = scale ? products.map((score) => score / Math.sqrt(query.length)) : products;
  const weights = softmax(scores);
  const [output] = product([weights], data.values);
  return { scores, weights, output };
}
