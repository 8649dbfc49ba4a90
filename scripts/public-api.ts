import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

interface SyntaxNode {
  readonly kind: number;
  readonly name?: SyntaxNode & { readonly text: string };
  readonly type?: SyntaxNode;
  readonly elementType?: SyntaxNode;
  readonly initializer?: SyntaxNode & { readonly text: string };
  readonly questionToken?: SyntaxNode;
  readonly members?: readonly SyntaxNode[];
  readonly parameters?: readonly SyntaxNode[];
  readonly statements?: readonly SyntaxNode[];
  readonly heritageClauses?: readonly { readonly types: readonly SyntaxNode[] }[];
  readonly jsDoc?: readonly { readonly tags?: readonly { readonly tagName: { readonly text: string } }[] }[];
  getText(): string;
}

/** The little of the compiler's interface that is used here; version 7, which the project is checked with, has none. */
interface Compiler {
  createSourceFile(name: string, text: string, target: number, setParents: boolean): SyntaxNode;
  getCombinedModifierFlags(node: SyntaxNode): number;
  readonly ModifierFlags: Readonly<Record<"Export" | "Private" | "Protected" | "Static", number>>;
  readonly SyntaxKind: Readonly<Record<string, number>>;
}

/** jsii brings a compiler of its own. */
const ts = createRequire(require.resolve("jsii/package.json"))("typescript") as Compiler;
const LIB = join(__dirname, "../lib");

/** The shape of the public API as the declarations in lib have it, as a table for run time. */
export function publicApiSource(): string {
  const tables: Record<"structs" | "interfaces" | "classes" | "enums", string[]> = {
    structs: [],
    interfaces: [],
    classes: [],
    enums: [],
  };
  const add = (table: keyof typeof tables, name: string, row: string) =>
    tables[table].push(`  ${name}: ${JSON.stringify(row)},\n`);
  for (const node of declarations()) {
    const name = node.name!.text;
    const members = (node.members ?? []).filter((member) => !isHidden(member));
    const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
    if (node.kind === ts.SyntaxKind.EnumDeclaration)
      add("enums", name, members.map(({ initializer }) => initializer!.text).join(" "));
    else if (node.kind === ts.SyntaxKind.ClassDeclaration) add("classes", name, callables(members).join("; "));
    else if (/^I[A-Z]/.test(name)) add("interfaces", name, [...bases, ...required(members)].join(" "));
    else add("structs", name, [...bases, ...members.map(declared)].join("; "));
  }
  const body = Object.entries(tables).map(
    ([table, rows]) => `export const ${table}: Readonly<Record<string, string>> = {\n${rows.sort().join("")}};\n`,
  );
  return `/**
 * The public API at run time: what \`checked\` holds values against, for callers without a compiler.
 * Written by \`npm run facts\` from the declarations in lib.
 */
${body.join("\n")}`;
}

/** The exported classes, interfaces and enums. */
function declarations(): SyntaxNode[] {
  const { ClassDeclaration, InterfaceDeclaration, EnumDeclaration } = ts.SyntaxKind;
  const index = readFileSync(join(LIB, "index.ts"), "utf8");
  return [...index.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "(.+)";$/gm)].flatMap(([, what = "", path = ""]) => {
    const file = join(LIB, `${path}.ts`);
    const names = new Set([...what.matchAll(/\w+/g)].map(([name]) => name));
    return ts
      .createSourceFile(file, readFileSync(file, "utf8"), 99, true)
      .statements!.filter(({ kind }) => [ClassDeclaration, InterfaceDeclaration, EnumDeclaration].includes(kind))
      .filter((node) => (what === "*" ? flagged(node, "Export") : names.has(node.name!.text)));
  });
}

/** The constructor, the static factories and the methods that others may call with arguments. */
function callables(members: readonly SyntaxNode[]): string[] {
  return members.flatMap((member) => {
    const isConstructor = member.kind === ts.SyntaxKind.Constructor;
    if (!isConstructor && member.kind !== ts.SyntaxKind.MethodDeclaration) return [];
    const name = isConstructor ? "new" : `${flagged(member, "Static") ? "static " : ""}${member.name!.text}`;
    return [`${name}(${member.parameters!.map(declared).join(", ")})`];
  });
}

function required(members: readonly SyntaxNode[]): string[] {
  return members.filter(({ questionToken }) => !questionToken).map(({ name }) => name!.text);
}

function declared({ name, type, questionToken, initializer }: SyntaxNode): string {
  return `${name!.text}${questionToken || initializer ? "?" : ""}: ${type ? typeText(type) : inferred(initializer!)}`;
}

/** Of a parameter that has only a default. */
function inferred({ kind }: SyntaxNode): string {
  if (kind === ts.SyntaxKind.StringLiteral) return "string";
  return kind === ts.SyntaxKind.NumericLiteral ? "number" : "boolean";
}

/** As declared, but for maps: `T{}`. */
function typeText(type: SyntaxNode): string {
  return type
    .getText()
    .replace(/^readonly /, "")
    .replace(/^\{ (?:readonly )?\[\w+: (?:string|number)\]: (.*) \}$/, "$1{}");
}

function flagged(node: SyntaxNode, ...flags: (keyof Compiler["ModifierFlags"])[]): boolean {
  return flags.some((flag) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags[flag]) !== 0);
}

function isHidden(node: SyntaxNode): boolean {
  const isInternal = node.jsDoc?.some(({ tags }) => tags?.some(({ tagName }) => tagName.text === "internal")) ?? false;
  return isInternal || flagged(node, "Private", "Protected");
}
