import { CelSyntaxError, type CelToken, type CelTokenKind, celTokens } from "./cel-lexer";

interface Place {
  /** Offsets in the text. */
  readonly at: number;
  readonly end: number;
}

export type CelLiteralType = "string" | "bytes" | "int" | "uint" | "double" | "bool" | "null";

/** An expression of the Common Expression Language (github.com/google/cel-spec, doc/langdef.md). */
export type CelNode = Place &
  (
    | { readonly kind: "literal"; readonly type: CelLiteralType; readonly value: string | number | boolean | null }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "select"; readonly operand: CelNode; readonly field: string }
    | { readonly kind: "index"; readonly operand: CelNode; readonly index: CelNode }
    | { readonly kind: "call"; readonly target?: CelNode; readonly name: string; readonly args: readonly CelNode[] }
    | { readonly kind: "unary"; readonly operator: "!" | "-"; readonly operand: CelNode }
    | { readonly kind: "binary"; readonly operator: string; readonly left: CelNode; readonly right: CelNode }
    | {
        readonly kind: "conditional";
        readonly condition: CelNode;
        readonly whenTrue: CelNode;
        readonly whenFalse: CelNode;
      }
    | { readonly kind: "list"; readonly items: readonly CelNode[] }
    | { readonly kind: "map"; readonly entries: readonly { readonly key: CelNode; readonly value: CelNode }[] }
    | {
        readonly kind: "message";
        readonly operand: CelNode;
        readonly fields: readonly { readonly name: string; readonly value: CelNode }[];
      }
  );

export interface Cel {
  readonly root: CelNode;
  /** Escape sequences in strings that the language does not have. */
  readonly unknownEscapes: readonly string[];
}

/** Binary operators, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** Names that the language keeps for itself. */
const RESERVED = new Set(
  "as break const continue else for function if import let loop package namespace return var void while in".split(" "),
);

/** As deep as the reference implementations go. */
const MAX_DEPTH = 250;

/** Parses an expression. @throws CelSyntaxError */
export function parseCel(text: string): Cel {
  const { tokens, unknownEscapes } = celTokens(text);
  return { root: new Parser(tokens).parse(), unknownEscapes };
}

class Parser {
  private next = 0;
  private depth = 0;

  public constructor(private readonly tokens: readonly CelToken[]) {}

  public parse(): CelNode {
    const root = this.expression();
    if (this.token.kind !== "end") this.fail("an operator or the end");
    return root;
  }

  private get token(): CelToken {
    return this.tokens[this.next]!;
  }

  private get lastEnd(): number {
    return this.tokens[this.next - 1]!.end;
  }

  private expression(): CelNode {
    if (++this.depth > MAX_DEPTH) throw new CelSyntaxError("nested too deeply", this.token.at);
    const condition = this.binary(0);
    const node = this.take("?") ? this.conditional(condition) : condition;
    this.depth--;
    return node;
  }

  private conditional(condition: CelNode): CelNode {
    const whenTrue = this.binary(0);
    this.expect(":");
    const whenFalse = this.expression();
    return { kind: "conditional", condition, whenTrue, whenFalse, at: condition.at, end: whenFalse.end };
  }

  private binary(level: number): CelNode {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while ((this.token.kind === "operator" || this.token.text === "in") && operators.includes(this.token.text)) {
      const operator = this.advance().text;
      const right = this.binary(level + 1);
      left = { kind: "binary", operator, left, right, at: left.at, end: right.end };
    }
    return left;
  }

  private unary(): CelNode {
    const { at } = this.token;
    for (const operator of ["!", "-"] as const) {
      if (!this.take(operator)) continue;
      if (++this.depth > MAX_DEPTH) throw new CelSyntaxError("nested too deeply", at);
      const operand = this.unary();
      this.depth--;
      return { kind: "unary", operator, operand, at, end: operand.end };
    }
    return this.member();
  }

  private member(): CelNode {
    let node = this.primary();
    while (true) {
      if (this.take(".")) {
        const field = this.expectName();
        if (this.take("(")) {
          const args = this.list(")", () => this.expression(), false);
          node = { kind: "call", target: node, name: field, args, at: node.at, end: this.lastEnd };
        } else {
          node = { kind: "select", operand: node, field, at: node.at, end: this.lastEnd };
        }
      } else if (this.take("[")) {
        const index = this.expression();
        this.expect("]");
        node = { kind: "index", operand: node, index, at: node.at, end: this.lastEnd };
      } else if ((node.kind === "name" || node.kind === "select") && this.take("{")) {
        const fields = this.list("}", () => this.field());
        node = { kind: "message", operand: node, fields, at: node.at, end: this.lastEnd };
      } else {
        return node;
      }
    }
  }

  private primary(): CelNode {
    const { at } = this.token;
    if (this.take("(")) {
      const node = this.expression();
      this.expect(")");
      return node;
    }
    if (this.take("[")) {
      const items = this.list("]", () => this.expression());
      return { kind: "list", items, at, end: this.lastEnd };
    }
    if (this.take("{")) {
      const entries = this.list("}", () => this.entry());
      return { kind: "map", entries, at, end: this.lastEnd };
    }
    if (this.token.kind === "name" || this.is(".")) return this.named(at);
    return this.literal();
  }

  /** A name, or the call of a function; a leading dot means the outermost name. */
  private named(at: number): CelNode {
    const isRooted = this.take(".");
    const word = this.token.text;
    if (!isRooted && (word === "true" || word === "false" || word === "null")) {
      this.advance();
      const type = word === "null" ? "null" : "bool";
      return { kind: "literal", type, value: type === "null" ? null : word === "true", at, end: this.lastEnd };
    }
    if (RESERVED.has(word)) this.fail("a name (this one is reserved)");
    const name = this.expectName();
    if (!this.take("(")) return { kind: "name", name, at, end: this.lastEnd };
    const args = this.list(")", () => this.expression(), false);
    return { kind: "call", name, args, at, end: this.lastEnd };
  }

  private literal(): CelNode {
    const { kind, text, at, end } = this.token;
    if (kind === "operator" || kind === "name" || kind === "end") return this.fail("a value");
    this.advance();
    const value = kind === "string" || kind === "bytes" ? text : Number(text.replace(/[uU]$/, ""));
    return { kind: "literal", type: kind, value, at, end };
  }

  private entry() {
    const key = this.expression();
    this.expect(":");
    return { key, value: this.expression() };
  }

  private field() {
    const name = this.expectName();
    this.expect(":");
    return { name, value: this.expression() };
  }

  private list<T>(close: string, item: () => T, mayEndInComma = true): T[] {
    const items: T[] = [];
    while (!this.take(close)) {
      if (items.length > 0) {
        this.expect(",");
        if (mayEndInComma && this.take(close)) break;
      }
      items.push(item());
    }
    return items;
  }

  private is(text: string, kind: CelTokenKind = "operator"): boolean {
    return this.token.kind === kind && this.token.text === text;
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.next++;
    return true;
  }

  private advance(): CelToken {
    return this.tokens[this.next++]!;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail(`"${text}"`);
  }

  private expectName(): string {
    if (this.token.kind !== "name") this.fail("a name");
    return this.advance().text;
  }

  private fail(expected: string): never {
    const { kind, text, at } = this.token;
    throw new CelSyntaxError(`expected ${expected}, found ${kind === "end" ? "the end" : JSON.stringify(text)}`, at);
  }
}

/** The text that a node is; undefined for anything else. */
export function literalText(node: CelNode | undefined): string | undefined {
  return node?.kind === "literal" && typeof node.value === "string" ? node.value : undefined;
}
