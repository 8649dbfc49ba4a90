import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformDocument } from "../../lib/topology/document";
import { synthesize } from "./synthesize";

const CONTRACT = join(__dirname, "logical-ids.json");
const HOW = `A renamed or lost id makes Terraform destroy the cloud resource and create another: addresses, certificates and services go.
Give the construct its old id back, or move it by moveTo / moveFromId and apply everywhere, then change __tests__/stacks/logical-ids.json by hand.`;
const ADD = "New ids are part of the contract from now on. Add them: RECORD_LOGICAL_IDS=1 npx jest snapshots";

function logicalIds(document: TerraformDocument): string[] {
  return document.resources
    .filter((resource) => !resource.isData)
    .map((resource) => resource.address)
    .sort();
}

/** Ids that a `moved` block takes along. */
function moved(document: TerraformDocument): string[] {
  return (document.json.moved as { from: string }[] | undefined)?.map(({ from }) => from) ?? [];
}

/** The tag of what is built follows from every file of app/. */
function withoutContentTag(json: unknown): unknown {
  const text = JSON.stringify(json);
  const tag = /assets\/Image\/([0-9a-f]+)/.exec(text)?.[1];
  return JSON.parse(tag === undefined ? text : text.replaceAll(tag, "CONTENT-TAG"));
}

describe.each(["dev", "prod"] as const)("%s", (name) => {
  const document = synthesize(name);

  test("synthesizes to the same JSON as before", () => {
    expect(withoutContentTag(document.json)).toMatchSnapshot();
  });

  test("keeps every logical id", () => {
    const contract = JSON.parse(readFileSync(CONTRACT, "utf8")) as Record<string, string[]>;
    const listed = contract[name] ?? [];
    const present = logicalIds(document);
    if (process.env.RECORD_LOGICAL_IDS) {
      contract[name] = [...new Set([...listed, ...present])].sort();
      writeFileSync(CONTRACT, `${JSON.stringify(contract, undefined, 2)}\n`);
    }
    const kept = new Set([...present, ...moved(document)]);
    const lost = listed.filter((id) => !kept.has(id));
    if (lost.length > 0) throw new Error(`${name} lost ${lost.join(", ")}.\n${HOW}`);
    const unlisted = present.filter((id) => !contract[name]?.includes(id));
    if (unlisted.length > 0) throw new Error(`${name} has ${unlisted.join(", ")}.\n${ADD}`);
  });

  test("synthesizes the same a second time", () => {
    expect(synthesize(name).json).toEqual(document.json);
  });
});
