/** A reference within a Terraform expression: `${google_compute_url_map.main.id}`. */
export interface Reference {
  /** Of the resource: `google_compute_url_map.main`. */
  readonly address: string;
  /** What follows the address: `id`, or empty for the whole resource. */
  readonly attribute: string;
}

const NAME = "[A-Za-z_][A-Za-z0-9_-]*";
const REFERENCE = `((?:data\\.)?[a-z][a-z0-9_]*_[a-z0-9_]*\\.${NAME})((?:\\.[A-Za-z0-9_*]+|\\[[^\\]]*\\])*)`;
const SOLE = new RegExp(`^\\$\\{\\s*${REFERENCE}\\s*\\}$`);
const ANYWHERE = new RegExp(`(?<![A-Za-z0-9_.-])${REFERENCE}`, "g");

/** The reference that a string consists of, when it is one and nothing else: no text around it, no function, no condition. */
export function soleReference(value: unknown): Reference | undefined {
  if (typeof value !== "string" || !value.startsWith("${")) return undefined;
  const match = SOLE.exec(value);
  return match ? toReference(match[1]!, match[2]!) : undefined;
}

/** Whether Terraform computes the value, so that it is not known now. */
export function isExpression(value: unknown): boolean {
  return typeof value === "string" && /(^|[^$])(\$\$)*[$%]\{/.test(value);
}

/** Every text that looks like a reference, in all strings of a value. Which of them are resources only the document knows. */
export function referencesIn(value: unknown): Reference[] {
  if (typeof value === "string") return referencesInText(value);
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, nested]) => {
      if (key === "//") return [];
      // depends_on holds bare addresses instead of expressions.
      if (key === "depends_on" && Array.isArray(nested))
        return nested.flatMap((item) => referencesInText(`\${${String(item)}}`));
      return referencesIn(nested);
    });
  }
  return [];
}

function referencesInText(text: string): Reference[] {
  if (!isExpression(text)) return [];
  return [...text.matchAll(ANYWHERE)].map((match) => toReference(match[1]!, match[2]!));
}

function toReference(address: string, rest: string): Reference {
  return { address, attribute: rest.replace(/^\./, "") };
}
