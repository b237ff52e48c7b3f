// Parses the diagram on stdin as Mermaid does before it draws; prints its type and its messages, or fails.
import mermaid from "mermaid";
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf8");
await mermaid.parse(text); // complains about what Mermaid cannot draw, and loads the kind of diagram
const coded = text.replace(/#(\w+);/g, (_all, code) => `\uFB02\u00B0\u00B0${code}\u00B6\u00DF`); // as it does to codes itself
const diagram = await mermaid.mermaidAPI.getDiagramFromText(coded);
const messages = diagram.db.getMessages().map((each) => each.message).filter((each) => typeof each === "string" && each);
const read = (message) => message.replace(/\uFB02\u00B0\u00B0(\d+)\u00B6\u00DF/g, (_all, code) => String.fromCodePoint(code));
process.stdout.write(JSON.stringify({ type: diagram.type, messages: messages.map(read) }));
