import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { NotTerraformJson, TerraformDocument } from "../lib/topology/document";
import { groupBy } from "../lib/topology/group-by";

/** Input that cannot be judged; its message is for the user. */
export class UnusableInput extends Error {}

/** One Terraform module: the JSON files of one folder, or one file. */
export interface Input {
  readonly name: string;
  readonly document: TerraformDocument;
}

const SKIPPED = ["node_modules", ".terraform", ".git"];

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
    const modules = groupBy(jsonFiles(path), dirname);
    if (modules.size === 0) throw new UnusableInput(`${path}: no *.tf.json in it; run cdktf synth first`);
    return [...modules].map(([folder, files]) => ({
      name: files.length === 1 ? files[0]! : folder,
      document: parse(files),
    }));
  });
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : jsonFiles(path);
      return entry.name.endsWith(".tf.json") ? [path] : [];
    });
}

function parse(files: readonly string[]): TerraformDocument {
  const parts = files.map((file) => ({ file, json: readJson(file) }));
  for (const { file, json } of parts) {
    try {
      TerraformDocument.parse(json);
    } catch (error) {
      if (error instanceof NotTerraformJson) throw new UnusableInput(`${file}: not Terraform JSON: ${error.message}`);
      throw error;
    }
  }
  return TerraformDocument.merge(parts.map(({ json }) => json as Record<string, unknown>));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UnusableInput(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
