import { type Reference, referencesIn, soleReference } from "../language/reference";

/** A resource or data source of a Terraform JSON document. */
export interface Resource {
  /** `google_compute_url_map.main`, with `data.` in front for a data source. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly isData: boolean;
  /** Where the construct tree has it; undefined in JSON that CDKTF did not write. */
  readonly path?: string;
  readonly values: Block;
}

/** The attributes and nested blocks of a resource, as they stand in the JSON. */
export type Block = Readonly<Record<string, unknown>>;

/** The input is no Terraform JSON. */
export class NotTerraformJson extends Error {}

const TOP_LEVEL = [
  "terraform",
  "provider",
  "resource",
  "data",
  "ephemeral",
  "output",
  "variable",
  "locals",
  "module",
  "//",
  "import",
  "moved",
  "removed",
  "check",
  "action",
];

/** One Terraform JSON document, indexed by address. Building it and following a reference are linear in the document. */
export class TerraformDocument {
  /** @throws NotTerraformJson */
  public static parse(json: unknown): TerraformDocument {
    if (!isBlock(json)) throw new NotTerraformJson("the top level is no JSON object");
    const unknown = Object.keys(json).filter((key) => !TOP_LEVEL.includes(key));
    if (unknown.length > 0 || Object.keys(json).length === 0) {
      throw new NotTerraformJson(
        unknown.length > 0 ? `"${unknown[0]}" is no top-level block of Terraform JSON` : "the document is empty",
      );
    }
    return new TerraformDocument(json);
  }

  /** Several files of one module as one document. */
  public static merge(parts: readonly Block[]): TerraformDocument {
    if (parts.length === 1) return new TerraformDocument(parts[0]!);
    const keys = [...new Set(parts.flatMap((part) => Object.keys(part)))].filter((key) => key !== "//");
    const merged = Object.fromEntries(keys.map((key) => [key, parts.flatMap((part) => blocksOf(part[key]))]));
    const comment = parts.map((part) => part["//"]).find((each) => each !== undefined);
    return new TerraformDocument(comment === undefined ? merged : { ...merged, "//": comment });
  }

  public readonly resources: readonly Resource[];
  public readonly outputs: Readonly<Record<string, unknown>>;
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byType: ReadonlyMap<string, Resource[]>;

  private constructor(public readonly json: Block) {
    this.resources = [...collect(json.resource, false), ...collect(json.data, true)];
    this.byAddress = new Map(this.resources.map((resource) => [resource.address, resource]));
    const byType = new Map<string, Resource[]>();
    for (const resource of this.resources) {
      if (resource.isData) continue;
      const same = byType.get(resource.type);
      if (same) same.push(resource);
      else byType.set(resource.type, [resource]);
    }
    this.byType = byType;
    this.outputs = Object.fromEntries(blocksOf(json.output).flatMap(named));
  }

  /** The managed resources of a type. */
  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public at(address: string): Resource | undefined {
    return this.byAddress.get(address);
  }

  /** The resource that a value names, when the value is one reference and nothing else. */
  public target(value: unknown): Resource | undefined {
    const reference = soleReference(value);
    return reference && this.at(reference.address);
  }

  /** All references to resources of this document, anywhere in a value. */
  public references(value: unknown): Reference[] {
    return referencesIn(value).filter((reference) => this.byAddress.has(reference.address));
  }
}

function collect(section: unknown, isData: boolean): Resource[] {
  return blocksOf(section).flatMap((types) =>
    named(types).flatMap(([type, section]) =>
      blocksOf(section).flatMap((names) =>
        named(names).flatMap(([name, body]) =>
          blocksOf(body)
            .slice(0, 1)
            .map((values) => ({
              address: `${isData ? "data." : ""}${type}.${name}`,
              type,
              name,
              isData,
              path: constructPath(values),
              values,
            })),
        ),
      ),
    ),
  );
}

/** What a block holds by name; `//` is a comment anywhere in Terraform JSON. */
function named(block: Block): [string, unknown][] {
  return Object.entries(block).filter(([name]) => name !== "//");
}

function constructPath(values: Block): string | undefined {
  const comment = values["//"];
  const metadata = isBlock(comment) ? comment.metadata : undefined;
  const path = isBlock(metadata) ? metadata.path : undefined;
  return typeof path === "string" ? path : undefined;
}

export function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Nested blocks: Terraform JSON writes one as an object, or any number as an array of objects. */
export function blocksOf(value: unknown): Block[] {
  if (Array.isArray(value)) return value.filter(isBlock);
  return isBlock(value) ? [value] : [];
}

/** The single nested block, if there is one. */
export function blockOf(value: unknown): Block | undefined {
  return blocksOf(value)[0];
}
