import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "..");

/** A fenced block of a Markdown file. */
export interface CodeBlock {
  readonly file: string;
  /** The heading above it. */
  readonly heading: string;
  /** `ts`, `sh`, … */
  readonly language: string;
  /** What follows the language on the fence: `fails`. */
  readonly flags: readonly string[];
  readonly code: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  /** The quote after the block, on one line; empty where none follows. */
  readonly quote: string;
}

export interface MarkdownFile {
  readonly file: string;
  readonly text: string;
  /** The text with all fenced blocks blanked out. */
  readonly prose: string;
  readonly headings: readonly string[];
  readonly blocks: readonly CodeBlock[];
}

/** What lib/index.ts exports, interfaces too. */
export function exportedNames(): string[] {
  const index = readFileSync(join(ROOT, "lib/index.ts"), "utf8");
  return [...index.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "(.+)";$/gm)].flatMap(([, what, path]) => {
    if (what !== "*") return what!.match(/\b(?!type\b)\w+/g)!;
    const source = readFileSync(join(ROOT, "lib", `${path}.ts`), "utf8");
    return [...source.matchAll(/^export (?:abstract )?(?:class|interface|enum) (\w+)/gm)].map((match) => match[1]!);
  });
}

/** README.md and the hand-written guides; generated pages are left out. */
export function markdownFiles(): MarkdownFile[] {
  const guides = readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md") && name !== "API.md" && name !== "rules.md")
    .sort();
  return ["README.md", ...guides.map((name) => `docs/${name}`)].map(readMarkdown);
}

function readMarkdown(file: string): MarkdownFile {
  const text = readFileSync(join(ROOT, file), "utf8");
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  const headings: string[] = [];
  const prose: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const fence = /^( *)```(\S*) *(.*)$/.exec(line);
    if (!fence) {
      const heading = /^#{1,6} (.+)$/.exec(line);
      if (heading) headings.push(heading[1]!);
      prose.push(line);
      continue;
    }
    const [, indent = "", language = "", flags = ""] = fence;
    const end = lines.findIndex((other, index) => index > at && other === `${indent}\`\`\``);
    if (end === -1) throw new Error(`${file}:${at + 1}: the block does not end`);
    blocks.push({
      file,
      heading: headings.at(-1) ?? "",
      language,
      flags: flags.split(" ").filter(Boolean),
      code: lines
        .slice(at + 1, end)
        .map((each) => each.slice(indent.length))
        .join("\n"),
      line: at + 1,
      quote: quoteAfter(lines, end + 1),
    });
    prose.push(...Array<string>(end - at + 1).fill(""));
    at = end;
  }
  return { file, text, prose: prose.join("\n"), headings, blocks };
}

function quoteAfter(lines: readonly string[], from: number): string {
  const start = lines[from]?.trim() === "" ? from + 1 : from;
  const quote: string[] = [];
  for (let at = start; lines[at]?.startsWith(">"); at++) quote.push(lines[at]!.slice(1).trim());
  return quote.join(" ");
}

/** The heading as GitHub makes an anchor of it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");
}
