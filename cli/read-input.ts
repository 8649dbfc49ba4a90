import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Block, isBlock, NotTerraformJson, TerraformDocument } from "../lib/topology/document";
import { groupBy } from "../lib/topology/group-by";

/** Input that cannot be judged; its message is for the user. */
export class UnusableInput extends Error {}

/** One Terraform module: the JSON files of one folder, or one file. */
export interface Input {
  readonly name: string;
  readonly document: TerraformDocument;
}

const SKIPPED = ["node_modules", ".terraform", ".git"];
const HCL = "is HCL; this command reads Terraform JSON (*.tf.json), as cdktf synth writes it";

/**
 * Reads files and folders. A folder is searched for `*.tf.json`; files side by side there are one
 * module, as Terraform has it.
 *
 * @throws UnusableInput
 */
export function readInputs(paths: readonly string[]): Input[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new UnusableInput(`${path}: no such file or folder`);
    if (!statSync(path).isDirectory()) return [{ name: path, document: parse([path]) }];
    const files = filesIn(path);
    const modules = groupBy(
      files.filter((file) => file.endsWith(".tf.json")),
      dirname,
    );
    if (modules.size === 0) {
      const hcl = files.find((file) => file.endsWith(".tf"));
      throw new UnusableInput(hcl ? `${hcl} ${HCL}` : `${path}: no *.tf.json in it; run cdktf synth first`);
    }
    return [...modules].map(([folder, parts]) => ({
      name: parts.length === 1 ? parts[0]! : folder,
      document: parse(parts),
    }));
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : filesIn(path);
      return [path];
    });
}

function parse(files: readonly string[]): TerraformDocument {
  const parts = files.flatMap((file) => bodies(file, readJson(file)).map((body) => ({ file, body })));
  for (const { file, body } of parts) {
    try {
      TerraformDocument.parse(body);
    } catch (error) {
      if (error instanceof NotTerraformJson) throw new UnusableInput(`${file} is not Terraform JSON: ${error.message}`);
      throw error;
    }
  }
  return TerraformDocument.merge(parts.map(({ body }) => body));
}

/** Terraform takes one object, or a list of objects. */
function bodies(file: string, json: unknown): Block[] {
  const found = Array.isArray(json) ? json : [json];
  if (!found.every(isBlock)) {
    throw new UnusableInput(`${file} is not Terraform JSON: the top level must be an object or a list of objects`);
  }
  if (found.some((body) => "format_version" in body)) {
    throw new UnusableInput(
      `${file} is a plan or a state (terraform show -json); this command reads the configuration, as cdktf synth writes it`,
    );
  }
  return found;
}

function readJson(file: string): unknown {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".tf")) throw new UnusableInput(`${file} ${HCL}`);
  if (text.startsWith("\uFEFF")) {
    throw new UnusableInput(
      `${file} begins with a byte order mark, which Terraform refuses; save it as UTF-8 without one`,
    );
  }
  if (text.trim() === "") throw new UnusableInput(`${file} is empty`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnusableInput(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
