/** Patterns so plain that JavaScript and RE2 agree about them. */
const PLAIN_PATTERN = /^(?!.*\(\?)[\w\s/.^$|()*+?-]*$/;

/** What RE2, whose syntax Google Cloud takes, has against a pattern. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    return `${pattern}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Whether a pattern of RE2 matches the whole text; undefined where the pattern is none.
 */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  try {
    return compile(pattern)(text);
  } catch {
    return undefined;
  }
}

function compile(pattern: string): (text: string) => boolean {
  if (PLAIN_PATTERN.test(pattern)) {
    try {
      const plain = new RegExp(`^(?:${pattern})$`, "u");
      return (text) => plain.test(text);
    } catch {} // RE2 has the last word.
  }
  // Loaded only where a document needs it: that costs 20 ms.
  const { RE2JS } = require("re2js") as typeof import("re2js");
  // RE2's own \C is unknown to the JavaScript port.
  const compiled = RE2JS.compile(pattern.replaceAll("\\C", "."));
  return (text) => compiled.matches(text);
}
