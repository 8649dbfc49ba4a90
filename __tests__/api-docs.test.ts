import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The pages of docs/api say what lib says. Building the assembly takes longer than a test should, so the declarations are read from the sources:
 * every exported name, public member, default and docstring must be in one of them, and nothing else.
 */
const ROOT = join(__dirname, "..");
const PACKAGE = "cdktf-global-ai-api";
/** Members that come from `Construct`. */
const INHERITED = ["node", "toString", "with", "isConstruct"];

interface SyntaxNode {
  readonly kind: number;
  readonly name?: { readonly text: string };
  readonly members?: readonly SyntaxNode[];
  readonly parameters?: readonly SyntaxNode[];
  readonly statements?: readonly SyntaxNode[];
  readonly heritageClauses?: readonly {
    readonly types: readonly { readonly expression: { readonly text?: string } }[];
  }[];
  readonly jsDoc?: readonly { readonly comment?: unknown; readonly tags?: readonly Tag[] }[];
}

interface Tag {
  readonly tagName: { readonly text: string };
  readonly comment?: unknown;
}

/** The little of the compiler's interface that is used here; version 7, which the project is checked with, has none. */
interface Compiler {
  createSourceFile(name: string, text: string, target: number, setParents: boolean): SyntaxNode;
  getCombinedModifierFlags(node: SyntaxNode): number;
  getTextOfJSDocComment(comment: unknown): string | undefined;
  readonly ModifierFlags: Readonly<Record<"Export" | "Private" | "Protected" | "Public" | "Readonly", number>>;
  readonly SyntaxKind: Readonly<Record<string, number>>;
}

/** jsii brings a compiler of its own. */
const ts = createRequire(require.resolve("jsii/package.json"))("typescript") as Compiler;

interface Declared {
  readonly bases: readonly string[];
  /** Docstring texts by member name. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly texts: readonly string[];
}

const everything = new Map<string, Declared>();
const exported = readIndex();
const pages = readdirSync(join(ROOT, "docs/api")).map((name) => readFileSync(join(ROOT, "docs/api", name), "utf8"));
const index = readFileSync(join(ROOT, "docs/API.md"), "utf8");
const sections = new Map(
  pages.flatMap((page) =>
    [...page.matchAll(/^### (\w+) <a [^>]*><\/a>\n([\s\S]*?)(?=^##?#? |$(?![\s\S]))/gm)].map(
      (match) => [match[1]!, match[2]!] as const,
    ),
  ),
);

function readIndex(): string[] {
  const lib = join(ROOT, "lib");
  // All files: an exported class may extend one that is not exported.
  const files = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const declared = new Map(files.map((file) => [file, readDeclarations(join(lib, file))]));
  const index = readFileSync(join(lib, "index.ts"), "utf8");
  return [...index.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "\.\/(.+)";$/gm)].flatMap(([, what, path]) => {
    const names = declared.get(`${path}.ts`)!;
    return what === "*" ? names : names.filter((name) => new RegExp(`\\b${name}\\b`).test(what!));
  });
}

/** Notes the classes, interfaces and enums of a file; returns those it exports. */
function readDeclarations(file: string): string[] {
  const { SyntaxKind } = ts;
  const kinds = [SyntaxKind.ClassDeclaration, SyntaxKind.InterfaceDeclaration, SyntaxKind.EnumDeclaration];
  const text = readFileSync(file, "utf8");
  if (!/^(export )?(abstract )?(class|interface|enum) /m.test(text)) return [];
  const source = ts.createSourceFile(file, text, 99, false);
  return source.statements!.flatMap((node) => {
    if (!kinds.includes(node.kind) || hidden(node)) return [];
    const name = node.name!.text;
    const members = (node.members ?? []).flatMap((member) =>
      member.kind === SyntaxKind.Constructor ? member.parameters!.filter(isField) : [member],
    );
    everything.set(name, {
      bases: (node.heritageClauses ?? []).flatMap(({ types }) =>
        types.flatMap(({ expression }) => expression.text ?? []),
      ),
      members: new Map(members.filter((member) => !hidden(member)).map((member) => [member.name!.text, texts(member)])),
      texts: texts(node),
    });
    return flags(node) & ts.ModifierFlags.Export ? [name] : [];
  });
}

function flags(node: SyntaxNode): number {
  return ts.getCombinedModifierFlags(node);
}

function isField(parameter: SyntaxNode): boolean {
  return (flags(parameter) & (ts.ModifierFlags.Public | ts.ModifierFlags.Readonly)) !== 0;
}

function hidden(node: SyntaxNode): boolean {
  const { Private, Protected } = ts.ModifierFlags;
  const internal = node.jsDoc?.some(({ tags }) => tags?.some(({ tagName }) => tagName.text === "internal")) ?? false;
  return internal || (flags(node) & (Private | Protected)) !== 0;
}

function texts(node: SyntaxNode): string[] {
  const comments = (node.jsDoc ?? []).flatMap(({ comment, tags = [] }) => [
    comment,
    ...tags.filter(({ tagName }) => ["default", "param"].includes(tagName.text)).map((tag) => tag.comment),
  ]);
  return comments.flatMap((comment) => ts.getTextOfJSDocComment(comment) ?? []).map(plain);
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Own and inherited members. A base outside the library, such as `Construct`, has none here. */
function allMembers(name: string): Map<string, readonly string[]> {
  const declared = everything.get(name);
  if (!declared) return new Map();
  return new Map([...declared.bases.flatMap((base) => [...allMembers(base)]), ...declared.members]);
}

const HINT = "run `npm run docs` and commit docs/api";

it("names exactly the exported types", () => {
  expect({ HINT, names: [...sections.keys()].sort() }).toEqual({ HINT, names: [...exported].sort() });
});

it.each(exported)("documents %s as its docstrings do", (name) => {
  const section = sections.get(name) ?? "";
  const ids = [...section.matchAll(new RegExp(`id="${PACKAGE}\\.${name}\\.(?:property\\.)?(\\w+)"`, "g"))];
  const documented = new Set(ids.map((match) => match[1]!));
  documented.delete("Initializer");
  for (const member of INHERITED) documented.delete(member);
  const members = allMembers(name);
  expect({ HINT, members: [...documented].sort() }).toEqual({ HINT, members: [...members.keys()].sort() });

  const said = plain(section);
  const unsaid = [...everything.get(name)!.texts, ...[...members.values()].flat()].filter(
    (text) => !said.includes(text),
  );
  expect({ HINT, unsaid }).toEqual({ HINT, unsaid: [] });
});

it("lists every type in docs/API.md, and every link between the pages leads to a heading", () => {
  const anchors = new Map(
    readdirSync(join(ROOT, "docs/api")).map((name, at) => [
      name,
      new Set([...pages[at]!.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  const linked = (text: string) =>
    [...text.matchAll(/\]\((?:api\/)?(\w+\.md)#([^)]+)\)/g)].map(([, page, id]) => ({ page: page!, id: id! }));
  const dead = [index, ...pages].flatMap(linked).filter(({ page, id }) => !anchors.get(page)?.has(id));
  expect(dead).toEqual([]);
  expect(
    linked(index)
      .map(({ id }) => id.split(".")[1])
      .sort(),
  ).toEqual([...exported].sort());
});
