/** A reference within a Terraform expression: `${google_compute_url_map.main.id}`. */
export interface Reference {
  /** Of the resource: `google_compute_url_map.main`. */
  readonly address: string;
  /**
   * Which instance of `count` or `for_each`, as it is written: `0` or `"europe-west1"`; `*` for all
   * of them.
   */
  readonly key?: string;
  /** What follows address and key: `id`, or empty for the whole resource. */
  readonly attribute: string;
}

const NAME = "[A-Za-z_][A-Za-z0-9_-]*";
const ADDRESS = `((?:data\\.)?[a-z][a-z0-9]*_[a-z0-9_]*\\.${NAME})`;
const REST = "((?:\\.[A-Za-z0-9_*-]+|\\[[^\\]]*\\])*)";
const SOLE = new RegExp(`^\\$\\{\\s*${ADDRESS}${REST}\\s*\\}$`);
/**
 * Looks ahead at what follows the address without consuming it: an index may hold a reference of
 * its own.
 */
const ANYWHERE = new RegExp(`(?<![A-Za-z0-9_.]|[A-Za-z0-9_]-)${ADDRESS}(?=${REST})`, "g");
/** Lists whose items are bare addresses instead of expressions. */
const BARE = ["depends_on", "replace_triggered_by"];

/**
 * The reference that a string consists of, when it is one and nothing else: no text around it, no
 * function, no condition.
 */
export function soleReference(value: unknown): Reference | undefined {
  if (typeof value !== "string" || !value.startsWith("${")) return undefined;
  const match = SOLE.exec(value);
  return match ? toReference(match[1]!, match[2]!) : undefined;
}

/**
 * Whether Terraform computes the value, so that it is not known now. `$${` and `%%{` stand for the
 * text `${` and `%{`.
 */
export function isExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("{") && /(?<!\$)\$\{|(?<!%)%\{/.test(value);
}

/**
 * Every reference-like name in the expressions of a value. Which of them are resources only the
 * document knows.
 */
export function referencesIn(value: unknown): Reference[] {
  const found: Reference[] = [];
  collect(value, found);
  return found;
}

/** Into one list, because this walks every value of the document. */
function collect(value: unknown, found: Reference[]): void {
  if (typeof value === "string") {
    collectFromText(value, found);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (typeof value === "object" && value !== null) {
    for (const key in value) {
      if (key === "//") continue;
      const nested = (value as Record<string, unknown>)[key];
      if (BARE.includes(key) && Array.isArray(nested)) {
        for (const item of nested) collectFromText(`\${${String(item)}}`, found);
      } else {
        collectFromText(key, found);
        collect(nested, found);
      }
    }
  }
}

function collectFromText(text: string, found: Reference[]): void {
  if (!isExpression(text)) return;
  const sole = soleReference(text);
  if (sole && sole.key === undefined && !sole.attribute.includes("[")) {
    found.push(sole);
    return;
  }
  const code = codeMask(text);
  for (const match of text.matchAll(ANYWHERE)) {
    if (code[match.index]) found.push(toReference(match[1]!, match[2]!));
  }
}

function toReference(address: string, rest: string): Reference {
  const key = /^(?:\[([^\]]*)\]|\.(\*))/.exec(rest);
  const attribute = rest.slice(key?.[0].length ?? 0).replace(/^\./, "");
  return key ? { address, key: (key[1] ?? key[2])!.trim(), attribute } : { address, attribute };
}

/**
 * Which characters of a template are code, not text: those inside `${…}` and `%{…}`, but not in the
 * quotes there, unless in a further `${…}` inside the quotes.
 */
function codeMask(template: string): boolean[] {
  const mask: boolean[] = [];
  const open: ("text" | "quoted" | "code")[] = ["text"];
  for (let i = 0; i < template.length; i++) {
    const inside = open.at(-1);
    const char = template[i]!;
    mask[i] = inside === "code";
    if (inside === "code") {
      if (char === '"') open.push("quoted");
      else if (char === "{") open.push("code");
      else if (char === "}") open.pop();
    } else if (inside === "quoted" && char === '"') {
      open.pop();
    } else if (inside === "quoted" && char === "\\") {
      i++;
    } else if (char === "$" || char === "%") {
      if (template.startsWith(`${char}{`, i + 1)) i += 2;
      else if (template[i + 1] === "{") {
        open.push("code");
        i++;
      }
    }
  }
  return mask;
}

/** The text that a template stands for which holds no expression: `$${` is `${`, `%%{` is `%{`. */
export function unescaped(template: string): string {
  return template.replaceAll("$${", "${").replaceAll("%%{", "%{");
}
