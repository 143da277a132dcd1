// What the models of interactive figures compute, and how their states are written.
//   node models.mjs < {"figures": [{"folder", "state", "schema", "states": [text]}]} > answers
import { pathToFileURL } from "node:url";

const url = (path) => pathToFileURL(path).href;
// JSON has no infinities and no NaN, and drops what is not defined; Python reads the words.
const words = (key, value) =>
  value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value;

let text = "";
for await (const chunk of process.stdin) text += chunk;
const answers = [];
for (const { folder, state, schema, states } of JSON.parse(text).figures) {
  try {
    const { read, write } = await import(url(state));
    const { model } = await import(url(`${folder}/model.js`));
    answers.push({
      is: states.map((written) => {
        const read_ = read(schema, written);
        return { written: write(schema, read_), values: model(read_) };
      }),
    });
  } catch (error) {
    answers.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify(answers, words));
