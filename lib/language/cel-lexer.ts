/** A text is no Common Expression Language. */
export class CelSyntaxError extends Error {
  public constructor(
    message: string,
    /** Offset in the text. */
    public readonly at: number,
  ) {
    super(`${message} at character ${at + 1}`);
  }
}

export type CelTokenKind = "name" | "int" | "uint" | "double" | "string" | "bytes" | "operator" | "end";

export interface CelToken {
  readonly kind: CelTokenKind;
  /** As it stands; of a string, what it means. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

export interface CelTokens {
  readonly tokens: readonly CelToken[];
  /**
   * Escape sequences in strings that the language does not have, such as `\.`; they are taken as
   * they stand.
   */
  readonly unknownEscapes: readonly string[];
}

const SPACE = /(?:\s|\/\/[^\n]*)+/y;
const NUMBER = /0[xX][0-9a-fA-F]+[uU]?|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+[uU]?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const STRING = /([rRbB]{0,2})("""|'''|"|')/y;
const OPERATOR = /&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const CODE = /(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

/** @throws CelSyntaxError */
export function celTokens(text: string): CelTokens {
  const tokens: CelToken[] = [];
  const unknownEscapes: string[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (true) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at >= text.length) break;
    const quote = match(STRING);
    if (quote) {
      const { value, end } = stringAt(text, at, quote[1]!.toLowerCase(), quote[2]!, unknownEscapes);
      tokens.push({ kind: quote[1]!.toLowerCase().includes("b") ? "bytes" : "string", text: value, at, end });
      at = end;
      continue;
    }
    const number = match(NUMBER)?.[0];
    const name = number === undefined ? match(NAME)?.[0] : undefined;
    const found = number ?? name ?? match(OPERATOR)?.[0];
    if (found === undefined) throw new CelSyntaxError(`unexpected ${JSON.stringify(text[at])}`, at);
    const kind = number === undefined ? (name === undefined ? "operator" : "name") : numberKind(number);
    tokens.push({ kind, text: found, at, end: at + found.length });
    at += found.length;
  }
  tokens.push({ kind: "end", text: "", at, end: at });
  return { tokens, unknownEscapes };
}

function numberKind(text: string): "int" | "uint" | "double" {
  if (/[uU]$/.test(text)) return "uint";
  return /^0[xX]|^\d+$/.test(text) ? "int" : "double";
}

function stringAt(text: string, start: number, prefix: string, quote: string, unknownEscapes: string[]) {
  if (prefix.length === 2 && prefix[0] === prefix[1]) throw new CelSyntaxError("string with a doubled prefix", start);
  const isRaw = prefix.includes("r");
  let value = "";
  let at = start + prefix.length + quote.length;
  while (!text.startsWith(quote, at)) {
    if (at >= text.length || (quote.length === 1 && text[at] === "\n")) {
      throw new CelSyntaxError("string without its closing quote", start);
    }
    if (text[at] === "\\" && !isRaw) {
      const sequence = escapeAt(text, at);
      if (sequence.isUnknown) unknownEscapes.push(text.slice(at, sequence.end));
      value += sequence.value;
      at = sequence.end;
    } else if (text[at] === "\\" && at + 1 < text.length) {
      value += text.slice(at, at + 2);
      at += 2;
    } else {
      value += text[at++];
    }
  }
  return { value, end: at + quote.length };
}

function escapeAt(text: string, at: number): { value: string; end: number; isUnknown?: boolean } {
  const char = text[at + 1] ?? "";
  const simple = ESCAPES[char];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  if (char !== "" && "\\?\"'`".includes(char)) return { value: char, end: at + 2 };
  CODE.lastIndex = at + 1;
  const code = CODE.exec(text);
  if (code) {
    const point =
      code[4] === undefined ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16) : Number.parseInt(code[4], 8);
    if (point <= 0x10ffff) return { value: String.fromCodePoint(point), end: at + 1 + code[0].length };
  }
  return { value: text.slice(at, at + 2), end: at + 2, isUnknown: true };
}
