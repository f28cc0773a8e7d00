// Checks an AsyncAPI document with the parser of those who make AsyncAPI: prints what it finds, and fails on any error.
//
//     NODE_PATH=<folder with the packages> node validate_asyncapi.mjs schemas/asyncapi.json

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// `import` would only look beside this file.
const { Parser, DiagnosticSeverity } = createRequire(import.meta.url)("@asyncapi/parser");

const names = { 0: "error", 1: "warning", 2: "information", 3: "hint" };

function line({ severity, code, message, path, range }) {
  const place = path.length > 0 ? path.join("/") : `line ${range.start.line + 1}`;
  return `${names[severity]}: ${place}: ${message} (${code})`;
}

const [file] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });
diagnostics.forEach((diagnostic) => console.log(line(diagnostic)));
const errors = diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error).length;
if (document === undefined || errors > 0) {
  console.log(`${file} is not a valid AsyncAPI document: ${errors} errors`);
  process.exit(1);
}
const counts = [document.channels(), document.operations(), document.messages()].map((all) => all.all().length);
console.log(`${file} is valid: AsyncAPI ${document.version()}, channels ${counts[0]}, operations ${counts[1]}, messages ${counts[2]}`);
