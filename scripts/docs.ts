import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Documentation, Language } from "jsii-docgen";
import { rulesDocument } from "./rules-document";

/**
 * Writes docs/rules.md from the rules, and docs/API.md from the jsii assembly. The assembly is
 * built in a folder of its own, so that dist stays as it is.
 */
const root = join(__dirname, "..");
const SOURCES = ["lib", "package.json", "README.md", "LICENSE"];

async function main(): Promise<void> {
  writeFileSync(join(root, "docs/rules.md"), rulesDocument());
  const folder = mkdtempSync(join(tmpdir(), "api-docs-"));
  try {
    for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    execFileSync(
      join(root, "node_modules/.bin/jsii"),
      ["--generate-tsconfig", "tsconfig.jsii.json", "--silence-warnings=reserved-word"],
      { cwd: folder, stdio: "inherit" },
    );
    const documentation = await Documentation.forProject(folder, { assembliesDir: folder });
    const markdown = await documentation.toMarkdown({ language: Language.TYPESCRIPT, readme: false });
    const note = "<!-- Written by `npm run docs` from the docstrings in lib. Change those. -->";
    writeFileSync(join(root, "docs/API.md"), `${note}\n\n${withoutRepetition(markdown.render()).trimEnd()}\n`);
    await documentation.cleanup();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Less than half of it: without the tables and code that say what follows in full, and what every
 * construct or struct says alike. Code hosts do not show files of a megabyte.
 */
function withoutRepetition(markdown: string): string {
  const sameEverywhere =
    /^#{5} `(toString|with|isConstruct|node)`.*\n(?:(?!#{2,5} ).*\n)*|^#### Initializer <a name="Initializer" id="\S+\.Initializer"><\/a>\n\n```[\s\S]*?```\n|^#### (Methods|Static Functions) <a .*\n\s*(?=#{3,4} )/gm;
  return markdown
    .replace(/^\|.*\n/gm, "")
    .replace(/^---\n/gm, "")
    .replace(/^```typescript\npublic readonly .*\n```\n/gm, "")
    .replace(/^##### `(scope|id)`.*Initializer\.parameter\.\1"><\/a>\n\n- \*Type:.*\n/gm, "")
    .replace(sameEverywhere, "")
    .replace(/<a name="[^"]*" id=/g, "<a id=")
    .replace(/\n{3,}/g, "\n\n");
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
