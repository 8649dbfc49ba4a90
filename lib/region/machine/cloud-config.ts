import { Fn } from "cdktf";

/** A file that cloud-init writes at each boot. */
export interface MachineFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

/** A reference in a string, as CDKTF marks it until synth. */
const REFERENCE = /(\$\{TfToken\[[^\]]+\]\})/;
/**
 * What JSON leaves alone but others do not. A YAML parser rejects some characters and folds others
 * as line breaks. Terraform treats `${` and `%{` as templates, even if the brace is from a
 * reference.
 */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[$%](?=\{|$)/g;

/**
 * The files and commands as user-data for cloud-init.
 *
 * JSON is YAML with safe quoting: no text can end its string early. Terraform encodes references
 * when their values are known; everything else is literal, even `${…}`.
 */
export function cloudConfig(files: readonly MachineFile[], commands: readonly (readonly string[])[]): string {
  return `#cloud-config\n${json({ write_files: files.map((file) => ({ ...file, owner: "root:root" })), runcmd: commands })}\n`;
}

function json(value: unknown): string {
  if (typeof value === "string") return `"${value.split(REFERENCE).map(encoded).join("")}"`;
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  const fields = Object.entries(value as object).map(([name, field]) => `${JSON.stringify(name)}:${json(field)}`);
  return `{${fields.join(",")}}`;
}

/** The content between the quotes of a JSON string. */
function encoded(part: string): string {
  if (REFERENCE.test(part)) {
    const quote = '\\"';
    return Fn.trimsuffix(Fn.trimprefix(Fn.jsonencode(part), quote), quote);
  }
  return JSON.stringify(part)
    .slice(1, -1)
    .replace(UNREADABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
