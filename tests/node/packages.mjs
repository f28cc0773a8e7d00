// Packages that are installed elsewhere: `require` looks at NODE_PATH, `import` does not.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** The module of the package `name`. */
export function load(name) {
  return import(pathToFileURL(createRequire(import.meta.url).resolve(name)).href);
}
