// The same modules, shorter, by esbuild.
//   node scripts.mjs < {"root", "texts": [text]} > [text]
import { createRequire } from "node:module";
import path from "node:path";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { root, texts } = JSON.parse(text);
const { transformSync } = createRequire(path.join(root, "package.json"))("esbuild");
const options = { minify: true, format: "esm", target: "es2022", charset: "utf8" };
process.stdout.write(JSON.stringify(texts.map((text) => transformSync(text, options).code)));
