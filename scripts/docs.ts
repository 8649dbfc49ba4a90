import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Documentation, Language } from "jsii-docgen";
import { pictures } from "./pictures";
import { rulesDocument } from "./rules-document";

/**
 * Writes docs/rules.md from the rules, the README's pictures, and the API reference from the jsii assembly: a page for each
 * folder of lib, and docs/API.md that lists them. The assembly is built in a folder of its own, so
 * that dist stays as it is.
 */
const root = join(__dirname, "..");
const SOURCES = ["lib", "package.json", "README.md", "LICENSE"];

async function main(): Promise<void> {
  writeFileSync(join(root, "docs/rules.md"), rulesDocument());
  const folder = mkdtempSync(join(tmpdir(), "api-docs-"));
  try {
    mkdirSync(join(root, "docs/pictures"), { recursive: true });
    for (const [name, svg] of pictures(folder)) writeFileSync(join(root, "docs/pictures", name), svg);
    for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    execFileSync(
      join(root, "node_modules/.bin/jsii"),
      ["--generate-tsconfig", "tsconfig.jsii.json", "--silence-warnings=reserved-word"],
      { cwd: folder, stdio: "inherit" },
    );
    const documentation = await Documentation.forProject(folder, { assembliesDir: folder });
    const markdown = await documentation.toMarkdown({ language: Language.TYPESCRIPT, readme: false });
    const { types } = JSON.parse(readFileSync(join(folder, ".jsii"), "utf8")) as Assembly;
    const folders = Object.values(types).map(({ name, locationInModule }) => {
      return [name, locationInModule.filename.split("/")[1]!] as const;
    });
    rmSync(join(root, "docs/api"), { recursive: true, force: true });
    mkdirSync(join(root, "docs/api"));
    const pages = pagesOf(withoutRepetition(markdown.render()), new Map(folders));
    for (const [path, text] of pages) writeFileSync(join(root, "docs", path), `${NOTE}\n\n${text.trimEnd()}\n`);
    await documentation.cleanup();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTE = "<!-- Written by `npm run docs` from the docstrings in lib. Change those. -->";

interface Assembly {
  readonly types: Readonly<Record<string, { readonly name: string; readonly locationInModule: { filename: string } }>>;
}

/** The sections of one page by the folder that their type is in, and a page that lists them. */
function pagesOf(markdown: string, folders: ReadonlyMap<string, string>): Map<string, string> {
  const sections = markdown.split(/^(?=###? )/m).flatMap((text): { kind?: string; name?: string; text?: string }[] => {
    const [, kind] = /^## (\w+)/.exec(text) ?? [];
    const [, name] = /^### (\w+)/.exec(text) ?? [];
    return kind ? [{ kind }] : name ? [{ name, text }] : [];
  });
  const pages = new Map<string, string>();
  const lists = new Map<string, string[]>();
  let kind = "";
  for (const section of sections) {
    kind = section.kind ?? kind;
    const { name = "", text = "" } = section;
    const folder = folders.get(name);
    if (folder === undefined) continue;
    const path = `api/${folder}.md`;
    const before = pages.get(path) ?? `# API of ${folder}\n\n`;
    const heading = before.includes(`## ${kind}\n`) ? "" : `## ${kind}\n\n`;
    const linked = text.replace(/\]\(#cdktf-global-ai-api\.(\w+)/g, (link: string, target: string) => {
      const other = folders.get(target);
      return other === undefined || other === folder ? link : link.replace("(#", `(${other}.md#`);
    });
    pages.set(path, `${before}${heading}${linked}`);
    lists.set(folder, [...(lists.get(folder) ?? []), `[${name}](${path}#cdktf-global-ai-api.${name})`]);
  }
  const rows = [...lists]
    .sort()
    .map(([folder, names]) => `| [${folder}](api/${folder}.md) | ${names.sort().join(", ")} |`);
  return pages.set(
    "API.md",
    `# API reference\n\n| folder of lib | classes, interfaces and props |\n|---|---|\n${rows.join("\n")}\n`,
  );
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
