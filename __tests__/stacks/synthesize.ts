import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { AiApiStack } from "../../stacks/ai-api-stack";
import { type Environment, resolveEnvironment } from "../../stacks/environment";
import { environments } from "../../stacks/environments";

/** An environment of the table as main.ts synthesizes it, with some settings changed. */
export function synthesize(
  name: "dev" | "prod",
  changes: Partial<Environment> = {},
  processEnv: Record<string, string> = {},
): TerraformDocument {
  const table = { ...environments, [name]: { ...environments[name]!, ...changes } };
  const outdir = mkdtempSync(join(tmpdir(), "stacks-test-"));
  try {
    const app = new App({ outdir });
    new AiApiStack(app, name, resolveEnvironment(name, table, processEnv));
    app.synth();
    return TerraformDocument.parse(JSON.parse(readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The `terraform` block. */
export function settings(document: TerraformDocument): Block {
  return document.json.terraform as Block;
}

/** Every value in the JSON with the keys that lead to it. */
export function leaves(value: unknown, path: string[] = []): { path: string[]; value: unknown }[] {
  if (typeof value !== "object" || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, nested]) => leaves(nested, [...path, key]));
}

/** The values under a key, wherever it stands. */
export function valuesAt(document: TerraformDocument, key: string): unknown[] {
  return leaves(document.json)
    .filter(({ path }) => path.at(-1) === key)
    .map(({ value }) => value);
}
