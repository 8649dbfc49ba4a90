const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_][\w-]*)|(!=|=|:|\(|\)|,|\.|-))/y;

/**
 * What is wrong with a filter of a Pub/Sub subscription; undefined where nothing is. An empty
 * filter is none.
 */
export function pubsubFilterProblem(filter: string): string | undefined {
  const tokens = tokenize(filter);
  if (tokens === undefined) return "a character that filters do not have";
  if (tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  return parser.expression() ?? (parser.atEnd ? undefined : `unexpected ${parser.next}`);
}

function tokenize(filter: string): string[] | undefined {
  const tokens: string[] = [];
  const text = filter.trimEnd();
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    tokens.push(match[1] ?? match[2] ?? match[3]!);
    at = TOKEN.lastIndex;
  }
  return tokens;
}

/**
 * `attributes:k`, `attributes.k = "v"`, `hasPrefix(attributes.k, "v")`, with NOT, AND, OR and
 * parentheses.
 */
class Parser {
  private at = 0;

  public constructor(private readonly tokens: readonly string[]) {}

  public get atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  public get next(): string {
    return this.tokens[this.at] ?? "the end";
  }

  public expression(): string | undefined {
    let joined: string | undefined;
    for (;;) {
      const problem = this.term();
      if (problem) return problem;
      if (this.next !== "AND" && this.next !== "OR") return undefined;
      if (joined !== undefined && joined !== this.next) return "AND and OR without parentheses";
      joined = this.next;
      this.at++;
    }
  }

  private term(): string | undefined {
    if (this.take("NOT") || this.take("-")) return this.term();
    if (this.take("(")) return this.expression() ?? this.expect(")");
    if (this.take("hasPrefix")) {
      return this.expect("(") ?? this.attribute(".") ?? this.expect(",") ?? this.text() ?? this.expect(")");
    }
    const only = this.tokens[this.at + 1] === ":";
    const problem = this.attribute(only ? ":" : ".");
    if (problem || only) return problem;
    if (!this.take("=") && !this.take("!=")) return `unexpected ${this.next}`;
    return this.text();
  }

  private attribute(separator: string): string | undefined {
    const problem = this.expect("attributes") ?? this.expect(separator);
    if (problem) return problem;
    if (!/^["A-Za-z_]/.test(this.next) || this.atEnd) return `no attribute: ${this.next}`;
    this.at++;
    return undefined;
  }

  private text(): string | undefined {
    if (!this.next.startsWith('"')) return `no text in quotes: ${this.next}`;
    this.at++;
    return undefined;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): string | undefined {
    return this.take(token) ? undefined : `${this.next} instead of ${token}`;
  }
}
