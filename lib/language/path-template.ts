import { escapePattern } from "./regular-expression";

const VARIABLE = /\{([A-Za-z][A-Za-z0-9_]*)(?:=([^{}]+))?\}/g;
const OPERATOR = /\{[^{}]*\}|\*\*|\*/g;

/**
 * The variables of a path template of a URL map: `country` and `rest` of `/{country}/{rest=**}`.
 */
export function templateVariables(template: string): string[] {
  return [...template.matchAll(VARIABLE)].map(([, name]) => name!);
}

/** The template with its variables replaced by what they match. */
export function bareTemplate(template: string): string {
  return template.replace(VARIABLE, (_, _name, pattern: string | undefined) => pattern ?? "*");
}

/**
 * Whether a path template has at most 5 operators, each of them a whole segment, and each variable
 * once.
 */
export function isPathTemplate(template: string): boolean {
  const names = templateVariables(template);
  const isWhole = (segment: string) => /^(\*{1,2}|[^{}*]*)$/.test(segment);
  const operators = template.match(OPERATOR) ?? [];
  return (
    operators.length <= 5 && bareTemplate(template).split("/").every(isWhole) && new Set(names).size === names.length
  );
}

/**
 * Matches the paths that a template takes, with its variables as named groups: `*` is one segment,
 * `**` anything, also nothing. Undefined for a text that is no template.
 */
export function templatePattern(template: string): RegExp | undefined {
  if (!isPathTemplate(template)) return undefined;
  const literal = (text: string) =>
    text
      .split(/(\*{1,2})/)
      .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]+" : escapePattern(part)))
      .join("");
  // Odd parts are names of variables, each followed by its pattern.
  const parts = template.split(VARIABLE);
  const pattern = parts.map((part, index) => {
    if (index % 3 === 0) return literal(part);
    return index % 3 === 1 ? `(?<${part}>${literal(parts[index + 1] ?? "*")})` : "";
  });
  return new RegExp(`^${pattern.join("")}$`);
}
