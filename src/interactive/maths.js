// The mathematics that figures share, as src/attention has it. Vectors are arrays of numbers, and
// matrices arrays of rows.

export const sum = (vector) => vector.reduce((total, x) => total + x, 0);
export const dot = (a, b) => sum(a.map((x, i) => x * b[i]));
export const norm = (a) => Math.sqrt(dot(a, a));

export const table = (rows, columns, cell) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => cell(i, j)));
export const transpose = (m) => (m.length ? m[0].map((_, j) => m.map((row) => row[j])) : []);
export const product = (a, b) => a.map((row) => transpose(b).map((column) => dot(row, column)));
export const rowsOf = (vector, width) => table(vector.length / width, width, (i, j) => vector[i * width + j]);

// Weights in proportion to exp(score): a hidden key, -Infinity, gets none, and a row of them is all zeros.
export function softmax(scores) {
  const highest = Math.max(...scores);
  if (highest === -Infinity) return scores.map(() => 0);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = sum(powers);
  return powers.map((power) => power / total);
}
