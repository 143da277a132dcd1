// TeX to MathML, by Temml.
//   node mathml.mjs < {"root", "formulas": [[tex, display]]} > [{"is"} or {"error"}]
import { createRequire } from "node:module";
import path from "node:path";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { root, formulas } = JSON.parse(text);
const temml = createRequire(path.join(root, "package.json"))("temml");
const answers = formulas.map(([tex, display]) => {
  try {
    return { is: temml.renderToString(tex, {
      displayMode: display, throwOnError: true, trust: true, annotate: false,
      wrap: "none" }) };
  } catch (error) {
    return { error: String(error.message) };
  }
});
process.stdout.write(JSON.stringify(answers));
