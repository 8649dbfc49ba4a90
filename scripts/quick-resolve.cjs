// cdktf resolves each stack's JSON twice, value by value, with four closures for each: a third of
// the CPU time of all tests. Here it gets only the values that can hold a token; plain ones stay as
// they are. It changes no output: test-environment.test.ts.
const resolving = require("cdktf/lib/tokens/private/resolve");
const { resolve } = resolving;

/** In a string: an encoded string, list, map or number, or what an encoded map holds. */
const ENCODED = /TfToken\[|e\+\d{3}|Map Token Value/;

resolving.resolve = function quickResolve(given, options) {
  const quick = (value, depth) => {
    if (isPlainScalar(value)) return value;
    // cdktf ends a circle at a depth of 200.
    if (typeof value !== "object" || depth > 100) return resolve(value, options);
    if (Array.isArray(value)) {
      // One of its elements may stand for a list.
      if (value.some((each) => typeof each !== "object" && !isPlainScalar(each))) return resolve(value, options);
      return value.map((each) => quick(each, depth + 1)).filter((each) => each !== undefined);
    }
    if (!isPlainObject(value)) return resolve(value, options);
    const result = {};
    for (const key of Object.keys(value)) {
      if (ENCODED.test(key)) return resolve(value, options);
      const each = quick(value[key], depth + 1);
      if (each !== undefined) result[key] = each;
    }
    return result;
  };
  return quick(given, 0);
};
resolving.resolve.original = resolve;

function isPlainScalar(value) {
  if (typeof value === "string") return !ENCODED.test(value);
  // Encoded numbers are negative.
  if (typeof value === "number") return value >= 0;
  return typeof value === "boolean" || value === null || value === undefined;
}

/** An object literal, of any context, that is no token. */
function isPlainObject(object) {
  const prototype = Object.getPrototypeOf(object);
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && typeof object.resolve !== "function";
}
