/** Patterns so plain that JavaScript and RE2 agree about them. */
const PLAIN_PATTERN = /^(?!.*\(\?)[\w\s/.^$|()*+?-]*$/;

/** A pattern that matches a text literally. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

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

/** The pattern for the whole text in JavaScript; undefined where RE2 may mean something else by it. */
export function plainPattern(pattern: string): RegExp | undefined {
  if (!PLAIN_PATTERN.test(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    return undefined; // RE2 has the last word.
  }
}

function compile(pattern: string): (text: string) => boolean {
  const plain = plainPattern(pattern);
  if (plain) return (text) => plain.test(text);
  // Loaded only where a document needs it: that costs 20 ms.
  const { RE2JS } = require("re2js") as typeof import("re2js");
  // RE2's own \C is unknown to the JavaScript port.
  const compiled = RE2JS.compile(pattern.replaceAll("\\C", "."));
  return (text) => compiled.matches(text);
}
