import { posix } from "node:path";
import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { escapePattern } from "../language/regular-expression";

/** One line of a .dockerignore. */
interface Pattern {
  readonly exception: boolean;
  /** The pattern up to its first wildcard. */
  readonly literalPrefix: string;
  readonly matches: (path: string) => boolean;
}

/** Which patterns matched the parent folder. */
export type Matched = readonly boolean[];

/**
 * The patterns of a .dockerignore, read as Docker does: the last match wins, a match on a folder
 * covers everything below it, and paths are relative to the context. Follows moby/patternmatcher
 * 0.6.0, which the tests compare against; npm packages for it implement the rules of 2018.
 */
export class DockerIgnore {
  private readonly patterns: readonly Pattern[];

  public constructor(where: IConstruct, file: string, text: string) {
    this.patterns = text
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/)
      .filter((line) => !line.startsWith("#") && line.trim() !== "")
      .map((line) => parse(where, file, line.trim()));
  }

  /**
   * Whether a path is ignored, and the matches its children need. `parent` is the folder's,
   * undefined at the root.
   */
  public test(path: string, parent?: Matched): { readonly ignored: boolean; readonly matched: Matched } {
    let ignored = false;
    const matched = this.patterns.map((pattern, index) => {
      if (parent?.[index]) {
        ignored = !pattern.exception;
        return true;
      }
      if (pattern.exception !== ignored || !pattern.matches(path)) return false;
      ignored = !pattern.exception;
      return true;
    });
    return { ignored, matched };
  }

  /** Whether an exception may re-include something below an ignored folder. */
  public mayKeepBelow(folder: string): boolean {
    const below = `${folder}/`;
    return this.patterns.some(
      ({ exception, literalPrefix }) =>
        exception && (literalPrefix.startsWith(below) || below.startsWith(literalPrefix) || folder === literalPrefix),
    );
  }
}

function parse(where: IConstruct, file: string, line: string): Pattern {
  const exception = line.startsWith("!");
  const text = exception ? line.slice(1).trim() : line;
  const clean = posix.normalize(text).replace(/(?<=.)\/$/, "");
  const pattern = clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
  const expression = exception && (text === "" || pattern === "/") ? undefined : toExpression(pattern);
  if (expression === undefined) {
    throw new ValidationError(where, {
      what: file,
      got: line,
      allowed: "Docker's patterns: * ? ** [a-z], and \\ to escape a character",
      fix: "close the bracket, or write \\ before it",
    });
  }
  const literalPrefix = /^[^*?[\\]*/.exec(pattern)![0];
  return { exception, literalPrefix, matches: (path) => expression.test(path) };
}

/** The pattern as a regular expression; undefined if Docker rejects it. */
function toExpression(pattern: string): RegExp | undefined {
  // Without other wildcards, leading stars match any prefix, even within a name.
  const ending = /^\*\*(?!\/)[^*?[\]\\]+$/.test(pattern);
  if (ending) return new RegExp(`${escapePattern(pattern.slice(2))}$`, "su");
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const stars = /^\*\*\/?/.exec(rest)?.[0];
    const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/su.exec(rest);
    if (stars !== undefined) {
      // At the end, everything below; elsewhere, any number of folders, including none.
      source += stars.length === rest.length ? ".*" : "(?:.*/)?";
      at += stars.length;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
      at += 1;
    } else if (rest.startsWith("?")) {
      source += "[^/]";
      at += 1;
    } else if (rest.startsWith("[")) {
      if (!set) return undefined;
      source += `[${set[1]}${set[2]!.replaceAll("[", "\\[")}]`;
      at += set[0].length;
    } else {
      const skipped = rest.startsWith("\\") ? 1 : 0;
      const [char] = rest.slice(skipped);
      if (char === undefined) return undefined;
      source += escapePattern(char);
      at += char.length + skipped;
    }
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return undefined;
  }
}
