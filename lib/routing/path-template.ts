import type { IConstruct } from "constructs";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { bareTemplate, templateVariables } from "../language/path-template";
import { escapePattern } from "../language/regular-expression";

const MAX_LENGTH = 255;
const MAX_OPERATORS = 5;

/**
 * Checks a path template: `/v1/models/{model=*}`, `/v1/files/{rest=**}`. Limits from Compute API
 * v1, HttpRouteRuleMatch.pathTemplateMatch, read 2026-11-22.
 *
 * @throws ValidationError for what the URL map would reject.
 */
export function checkTemplate(where: IConstruct, template: string): void {
  checkLiteral(where, "template", template);
  const segments = bareTemplate(template).split("/");
  const operators = segments.filter((segment) => segment === "*" || segment === "**");
  const names = templateVariables(template);
  const anySegments = operators.indexOf("**");
  const wellFormed =
    segments[0] === "" &&
    segments.slice(1, -1).every((segment) => segment !== "") &&
    segments.every((segment) => /^\*{1,2}$/.test(segment) || /^[^{}*?#\s]*$/.test(segment)) &&
    (anySegments === -1 || anySegments === operators.length - 1);
  const fits = template.length <= MAX_LENGTH && operators.length <= MAX_OPERATORS;
  if (wellFormed && fits && operators.length > 0 && new Set(names).size === names.length) return;
  throw new ValidationError(where, {
    what: "template",
    got: template,
    allowed:
      `a path of at most ${MAX_LENGTH} characters with 1 to ${MAX_OPERATORS} operators, each a whole segment: ` +
      "*, {name} or {name=*} for one segment, ** or {name=**} for the rest, as the last operator; each name once",
    fix: operators.length === 0 ? "put a path without operators into paths" : 'for example "/v1/models/{model=*}"',
  });
}

/**
 * Checks a template rewrite, which may only use variables that every template of the route has.
 *
 * @throws ValidationError for what the URL map would reject.
 */
export function checkTemplateRewrite(where: IConstruct, rewrite: string, templates: readonly string[]): void {
  checkLiteral(where, "pathTemplateRewrite", rewrite);
  const missing = templateVariables(rewrite).find((name) =>
    templates.some((template) => !templateVariables(template).includes(name)),
  );
  const rest = rewrite.replace(/\{[A-Za-z][A-Za-z0-9_]*\}/g, "");
  if (!rewrite.startsWith("/") || rewrite.length > MAX_LENGTH || /[{}*?#\s]/.test(rest) || missing !== undefined) {
    throw new ValidationError(where, {
      what: "pathTemplateRewrite",
      got: rewrite,
      allowed: `a path of at most ${MAX_LENGTH} characters with {name} for variables that every template of the route has`,
      fix: missing === undefined ? 'for example "/models/{model}"' : `name the segment in templates: {${missing}=*}`,
    });
  }
}

/** Whether a path matches; `**` also matches no segment. */
export function matchesTemplate(template: string, path: string): boolean {
  const pattern = bareTemplate(template)
    .split("/")
    .slice(1)
    .map((segment) => {
      if (segment === "**") return "(/.*)?";
      return `/${segment === "*" ? "[^/]+" : escapePattern(segment)}`;
    });
  return new RegExp(`^${pattern.join("")}$`).test(path);
}

/** Number of literal characters in a template: the more, the narrower it is. */
export function literalLength(template: string): number {
  return bareTemplate(template).replaceAll("*", "").length;
}
