import { isExpression, type Reference, referencesIn, soleReference } from "../language/reference";
import { groupBy } from "./group-by";

/** A resource or data source of a Terraform JSON document. */
export interface Resource {
  /** `google_compute_url_map.main`, with `data.` in front for a data source. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly isData: boolean;
  /** Where the construct tree has it; undefined in JSON that CDKTF did not write. */
  readonly path?: string;
  /** Equal blocks of resources of one type are one object. */
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

/**
 * One Terraform JSON document, indexed by address. Building it and following a reference are linear
 * in the document.
 */
export class TerraformDocument {
  /** @throws NotTerraformJson */
  public static parse(json: unknown): TerraformDocument {
    if (!isBlock(json)) throw new NotTerraformJson("the top level is no JSON object");
    const unknown = Object.keys(json).filter((key) => !TOP_LEVEL.includes(key));
    if (unknown.length > 0) throw new NotTerraformJson(`"${unknown[0]}" is not a top-level block of Terraform JSON`);
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
  /** Provider configurations, in the order of the document. */
  public readonly providers: readonly { readonly name: string; readonly alias?: string; readonly block: Block }[];
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byType: ReadonlyMap<string, Resource[]>;
  private readonly byProvider: ReadonlyMap<string, Block>;
  private readonly targets = new Map<string, Resource | null>();

  private constructor(public readonly json: Block) {
    this.resources = [...collect(json.resource, false), ...collect(json.data, true)];
    this.byAddress = new Map(this.resources.map((resource) => [resource.address, resource]));
    this.byType = groupBy(this.resources, ({ isData, type }) => (isData ? undefined : type));
    this.providers = blocksOf(json.provider)
      .flatMap(named)
      .flatMap(([name, section]) => blocksOf(section).map((block) => ({ name, alias: literal(block.alias), block })));
    // The first of a name counts.
    const byName = this.providers.map(({ name, alias, block }) => [alias ? `${name}.${alias}` : name, block] as const);
    this.byProvider = new Map(byName.reverse());
    this.outputs = Object.fromEntries(blocksOf(json.output).flatMap(named));
  }

  /** The types of the managed resources. */
  public get types(): ReadonlySet<string> {
    return new Set(this.byType.keys());
  }

  /** The managed resources of a type. */
  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public at(address: string): Resource | undefined {
    return this.byAddress.get(address);
  }

  /**
   * The Google Cloud resource that a value names, when the value is one reference and nothing else.
   * What another state, Vault or any other foreign source gives is unknown.
   */
  public target(value: unknown): Resource | undefined {
    if (typeof value !== "string") return undefined;
    // Many rules ask for the same few.
    const known = this.targets.get(value);
    if (known !== undefined) return known ?? undefined;
    const reference = soleReference(value);
    const target = reference && IS_OURS.test(reference.address) ? this.at(reference.address) : undefined;
    this.targets.set(value, target ?? null);
    return target;
  }

  /**
   * What tells the thing that a value names from others: equal for two values that surely name the
   * same one, undefined where it is not known. Instances of one `for_each` are different things,
   * and so are two attributes.
   */
  public identity(value: unknown): string | undefined {
    if (typeof value !== "string" || value === "") return undefined;
    if (!isExpression(value)) return value;
    const reference = soleReference(value);
    if (!reference || !IS_OURS.test(reference.address) || /\beach\.|\bcount\./.test(value)) return undefined;
    return `${reference.address}[${reference.key ?? ""}].${reference.attribute}`;
  }

  /**
   * The project that a resource is created in, where it is a literal: its own, or that of its
   * provider configuration.
   */
  public projectOf(resource: Resource): string | undefined {
    const { project } = resource.values;
    return isGiven(project) ? literal(project) : literal(this.providerOf(resource)?.project);
  }

  /**
   * The versions of hashicorp/google that the document asks Terraform for, as a constraint;
   * undefined where it does not say.
   */
  public get providerConstraint(): string | undefined {
    const asked = blocksOf(blockOf(this.json.terraform)?.required_providers).map(({ google }) => google);
    return asked.flatMap((each) => literal(isBlock(each) ? each.version : each) ?? [])[0];
  }

  /** The provider configuration of a resource; undefined where the document has none for it. */
  public providerOf({ type, values: { provider } }: Resource): Block | undefined {
    // What follows an alias in brackets is the key of a configuration with for_each.
    const [named] = typeof provider === "string" ? provider.split("[", 1) : type.split("_", 1);
    return this.byProvider.get(named!);
  }

  /** All references to resources of this document, anywhere in a value. */
  public references(value: unknown): Reference[] {
    return referencesIn(value).filter((reference) => this.byAddress.has(reference.address));
  }
}

/** Types that this library knows; what any other gives is unknown. */
const IS_OURS = /^(data\.)?(google|docker)_/;

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function literal(value: unknown): string | undefined {
  return typeof value === "string" && !isExpression(value) ? value : undefined;
}

function collect(section: unknown, isData: boolean): Resource[] {
  const found: Resource[] = [];
  for (const [type, ofType] of blocksOf(section).flatMap(named)) {
    const shared = new Map<string, unknown>();
    for (const [name, body] of blocksOf(ofType).flatMap(named)) {
      const [block] = blocksOf(body);
      if (!block) continue;
      const address = `${isData ? "data." : ""}${type}.${name}`;
      found.push({ address, type, name, isData, path: constructPath(block), values: sharing(block, shared) });
    }
  }
  return found;
}

/**
 * The same attributes; what equal ones of the same type hold is one object, so that readers know
 * without comparing what they have read before: many regions are alike.
 */
function sharing(block: Block, shared: Map<string, unknown>): Block {
  const values: Record<string, unknown> = { ...block };
  for (const name in block) {
    const value = block[name];
    if (typeof value !== "object" || value === null || name === "//") continue;
    const key = name + JSON.stringify(value);
    const known = shared.get(key);
    if (known === undefined) shared.set(key, value);
    else values[name] = known;
  }
  return values;
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
