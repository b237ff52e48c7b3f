// Python, in a thread of its own: it loads the interpreter and the model kit from beside this file, and answers questions.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const beside = (name) => new URL(name, import.meta.url);

async function start() {
  const [python, kit] = await Promise.all([
    loadPyodide({ indexURL: beside("pyodide/").href }),
    fetch(beside("spillproof.zip")).then((got) => (got.ok ? got.arrayBuffer() : Promise.reject(new Error(`spillproof.zip: ${got.status}`)))),
  ]);
  python.unpackArchive(kit, "zip", { extractDir: "/kit" });
  python.runPython("import sys; sys.path.insert(0, '/kit')");
  const bench = python.pyimport("spillproof.counterexamples.workbench.bench");
  postMessage({ ready: python.runPython("import platform; platform.python_version()") });
  return bench;
}

const started = start();
started.catch((error) => postMessage({ lost: `${error.message ?? error}` }));

addEventListener("message", async ({ data: { number, question } }) => {
  const bench = await started;
  try {
    postMessage({ number, answer: JSON.parse(bench.answer(JSON.stringify(question))) });
  } catch (error) {
    const lines = `${error.message ?? error}`.trim().split("\n");
    postMessage({ number, answer: { error: { message: lines.at(-1), line: null } } });
  }
});
