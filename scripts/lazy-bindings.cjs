// Few programs use all resources, and loading their bindings is most of the time that a small stack takes: so each is loaded when it is first used.

const lazyBinding = (load) => {
  let loaded;
  const get = (_target, name) => {
    loaded ??= load();
    return loaded[name];
  };
  return new Proxy({}, { get });
};
const source = `const lazyBinding = ${lazyBinding};`.replace(/\s*\n\s*/g, " ");

/** Compiled CommonJS code, the same line for line, whose bindings are loaded when they are first used. */
exports.lazily = (code) =>
  code
    .replace(
      /^(?:var|const) (\w+) = require\(("@cdktf\/provider-[^"]+")\);$/gm,
      "const $1 = lazyBinding(() => require($2));",
    )
    .replace(/^(?:#!.*\n)?(?:"use strict";)?/, (start) => `${start} ${source} `);
