import { posix } from "node:path";
import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";

/** One line of a .dockerignore. */
interface Pattern {
  readonly exception: boolean;
  /** The start of the pattern without any wildcard. */
  readonly literalPrefix: string;
  readonly matches: (path: string) => boolean;
}

/** What a folder's files have to know of the patterns that matched the folder itself. */
export type Matched = readonly boolean[];

/**
 * The patterns of a .dockerignore, read as Docker reads them: the last match decides, what matches
 * a folder matches all below it, and paths are relative to the context. Written after the behaviour
 * of moby/patternmatcher 0.6.0, which the tests hold it against; the packages for it on npm stop at
 * the rules of 2018.
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
   * Whether a path is ignored, and what its children need to know; `parent` is that of its folder,
   * in the context's root undefined.
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

  /** Whether an exception may bring back something below an ignored folder. */
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
      allowed: "patterns as Docker takes them: * ? ** [a-z] and \\ before a character that is meant as it is",
      fix: "close the bracket, or write \\ before it",
    });
  }
  const literalPrefix = /^[^*?[\\]*/.exec(pattern)![0];
  return { exception, literalPrefix, matches: (path) => expression.test(path) };
}

/** The pattern as a regular expression; undefined where Docker refuses it. */
function toExpression(pattern: string): RegExp | undefined {
  // Without any other wildcard, leading stars stand for any beginning, also for that of a name.
  const ending = /^\*\*(?!\/)[^*?[\]\\]+$/.test(pattern);
  if (ending) return new RegExp(`${escaped(pattern.slice(2))}$`, "su");
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const stars = /^\*\*\/?/.exec(rest)?.[0];
    const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/su.exec(rest);
    if (stars !== undefined) {
      // At the end everything below; elsewhere any number of folders, also none.
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
      source += escaped(char);
      at += char.length + skipped;
    }
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
