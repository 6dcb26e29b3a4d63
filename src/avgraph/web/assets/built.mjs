// Records what the built script was made of, and what came out: a test holds the files to it.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const files = ["editor.js", "package.json", "package-lock.json", "../static/editor.js"];
const digest = (name) => createHash("sha256").update(readFileSync(name)).digest("hex");
writeFileSync("built.json", JSON.stringify(Object.fromEntries(files.map((name) => [name, digest(name)])), null, 1) + "\n");
