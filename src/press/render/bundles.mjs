// Bundle the interactive figures of a book: an entry for each, and the chunks that they share.
//   node bundles.mjs < {"root", "entries": {name: {"text", "folder"}}} > {"entries", "files"}
import { createRequire } from "node:module";
import path from "node:path";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { root, entries } = JSON.parse(text);
const { build } = createRequire(path.join(root, "package.json"))("esbuild");
const PREFIX = "figure:";

// An entry is text that no file holds; it lies in the figure's folder.
const inMemory = {
  name: "entries",
  setup(build) {
    build.onResolve({ filter: /^figure:/ }, ({ path: name }) => ({ path: name.slice(PREFIX.length), namespace: "figure" }));
    build.onLoad({ filter: /.*/, namespace: "figure" }, ({ path: name }) => ({
      contents: entries[name].text, loader: "js", resolveDir: path.join(root, entries[name].folder),
    }));
  },
};
const done = await build({
  absWorkingDir: root,
  entryPoints: Object.keys(entries).map((name) => ({ in: PREFIX + name, out: name.replace("/", "-") })),
  plugins: [inMemory],
  outdir: "out", entryNames: "[name]-[hash]", chunkNames: "shared-[hash]",
  preserveSymlinks: true, // names hold a hash of where modules lie: however they came there, they lie in node_modules
  bundle: true, splitting: true, format: "esm", target: "es2022", charset: "utf8",
  minify: true, legalComments: "none", write: false, metafile: true, logLevel: "silent",
}).catch(({ errors }) => {
  const lines = errors.map(({ location, text }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  process.stdout.write(JSON.stringify({ errors: lines }));
  process.exit();
});
const files = Object.fromEntries(done.outputFiles.map((file) => [path.basename(file.path), file.text]));
const named = Object.entries(done.metafile.outputs).filter(([, output]) => output.entryPoint);
process.stdout.write(JSON.stringify({
  files,
  entries: Object.fromEntries(named.map(([out, output]) => [output.entryPoint.replace(/^.*figure:/, ""), path.basename(out)])),
}));
