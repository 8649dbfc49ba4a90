import { Fact, kebab } from "./fact";
import { type Conditions, conditionsText, fulfilling, type Limit, type Limits, mustText, oneOf, reference, set } from "./limit";
import { newerValues } from "./newer-values";
import { possibleValues } from "./possible-values";
import { references } from "./references";
import { provider, type Source } from "./source";

/** What must hold between attributes of a block. */
export abstract class Row extends Fact {
  public constructor(
    /** Path of the block; empty for the resource. */
    public readonly place: string,
    public readonly key: string,
    /** Attributes of the block on which it depends whether the row holds. */
    public readonly conditions: Conditions = {},
  ) {
    super();
  }

  protected get where(): string {
    return Object.keys(this.conditions).length === 0 ? "" : ` where ${conditionsText(this.conditions)}`;
  }
}

/** One of several attributes or blocks. */
export class Alternatives extends Row {
  public constructor(
    public readonly names: readonly string[],
    public readonly min: number,
    public readonly max: number,
    { in: place = "", id = kebab(`${place}.${max > 1 ? "any" : "one"}`), where }: RowOptions,
  ) {
    super(place, id, where);
  }

  public get title(): string {
    const count = this.max > 1 ? "at least one" : this.min === 1 ? "exactly one" : "at most one";
    const which = `${count} of ${this.names.join(this.names.length === 2 ? " or " : ", ")}`;
    return (this.place === "" ? `${which} must be set` : `${this.place} must have ${which}`) + this.where;
  }
}

/** What must hold of some attributes of a block where others are like this. */
export class Together extends Row {
  public constructor(
    conditions: Conditions,
    public readonly needed: Conditions,
    place: string,
    id: string,
    private readonly ownTitle?: string,
  ) {
    super(place, id, conditions);
  }

  public get title(): string {
    return this.ownTitle ?? mustText(conditionsText(this.needed)) + this.where;
  }
}

/** Two attributes of a block of which one must not be above the other. */
export class Order extends Row {
  public constructor(
    public readonly less: string,
    public readonly more: string,
    public readonly isStrict: boolean,
    { in: place = "", id = kebab(`${place}.${less}.order`), where }: RowOptions,
  ) {
    super(place, id, where);
  }

  public get title(): string {
    return `${this.less} must be ${this.isStrict ? "less than" : "at most"} ${this.more}${this.where}`;
  }
}

/**
 * An attribute of repeated blocks that must be different in each of them; of a list, every item.
 */
export class Unique extends Row {
  public constructor(
    /** The repeated block. */
    public readonly block: string,
    public readonly attribute: string,
    /** What makes two texts the same. */
    public readonly normalized: (text: string) => string,
    { in: place = "", id = kebab(`${place}.${block}.${attribute}.unique`), where }: RowOptions,
  ) {
    super(place, id, where);
  }

  public get title(): string {
    return `each value of ${this.block}.${this.attribute} must be given once${this.where}`;
  }
}

/**
 * `unique("host_rule.hosts", { id: "host-unique" })`: no value twice in all blocks of that name.
 */
export function unique(path: string, { normalized = (text) => text, ...options }: RowOptions & { readonly normalized?: (text: string) => string } = {}): Unique {
  const [block = "", attribute = ""] = path.split(".");
  return new Unique(block, attribute, normalized, options);
}

/**
 * Exactly one of some blocks or attributes, listed in one text: `exactlyOne("http_target
 * pubsub_target")`.
 */
export function exactlyOne(names: string, options: RowOptions = {}): Alternatives {
  return new Alternatives(names.split(" "), 1, 1, options);
}

/** At most one of them. */
export function atMostOne(names: string, options: RowOptions = {}): Alternatives {
  return new Alternatives(names.split(" "), 0, 1, options);
}

/** One of them, or several. */
export function atLeastOne(names: string, options: RowOptions = {}): Alternatives {
  return new Alternatives(names.split(" "), 1, Number.POSITIVE_INFINITY, options);
}

/**
 * `when({ affinity: "COOKIE" }, { ttl: set() }, { id: "affinity-ttl" })`: where the first holds,
 * the second must hold. A long list reads better under a title of its own.
 */
export function when(conditions: Conditions, needed: Conditions, options: Omit<RowOptions, "where"> & { readonly id: string; readonly title?: string }): Together {
  return new Together(conditions, needed, options.in ?? "", options.id, options.title);
}

/**
 * Blocks that must not be empty, each by its path: `notEmpty("log_config cdn_policy.cache_key_policy",
 * source)`. The provider counts what is written, false and 0 too.
 *
 * @param names Attributes of which one must be written. @default any
 */
export function notEmpty(paths: string, source: Source, names = ""): Together[] {
  const wanted = names.split(" ").filter(Boolean);
  const isWritten = (block: Readonly<Record<string, unknown>>) =>
    Object.entries(block).some(([name, value]) => (wanted.length === 0 || name === "dynamic" || wanted.includes(name)) && (value ?? null) !== null);
  const holds = (value: unknown) => [value].flat().every((block) => typeof block !== "object" || block === null || isWritten(block as Record<string, unknown>));
  const what = wanted.length === 0 ? "something" : `one of ${wanted.join(", ")}`;
  return paths.split(" ").map((path) => {
    const row = when({ [path]: set() }, { [path]: fulfilling(`has ${what}`, holds, { shape: true }) }, { id: "empty-block", title: `${path} must set ${what}` });
    return row.fix(`set ${what} in it, or leave ${path} out`, source);
  });
}

/**
 * Secrets that no state holds: each goes with the number by which Terraform sees that it has changed.
 */
export function writeOnly(names: readonly string[], source: Source, place = ""): Together[] {
  const pairs = names.flatMap((name) => [
    [name, `${name}_version`],
    [`${name}_version`, name],
  ]);
  return pairs.map(([one = "", other = ""]) => when({ [one]: set() }, { [other]: set() }, { in: place, id: "write-only" }).fix(`set ${one} and ${other}`, source));
}

/**
 * The first attribute must be at most the second; numbers or durations. What is unset counts as its
 * default, if the table has one.
 */
export function order(less: string, more: string, { strictly = false, ...options }: RowOptions & { readonly strictly?: boolean } = {}): Order {
  return new Order(less, more, strictly, options);
}

export interface RowOptions {
  /**
   * The block that the attributes stand in, `path_matcher.route_rules`. @default the resource
   * itself
   */
  readonly in?: string;
  /** What the row adds to the group's prefix in its rule's id. */
  readonly id?: string;
  /** Attributes of the block on which it depends whether the row holds. @default always */
  readonly where?: Conditions;
}

/** How the resources of a type are named. */
export interface NameFacts {
  /** @default "name" */
  readonly attribute?: string;
  readonly format?: Limit;
  /** Attributes that say where a name is unique, besides the project. @default not known */
  readonly uniqueIn?: readonly string[];
  /** Whether names are unique over all projects. */
  readonly isGlobal?: boolean;
  /** Other types whose names are taken from the same space. */
  readonly sharedWith?: readonly string[];
}

/** Every attribute: any change replaces the resource. */
export const EVERYTHING = "everything";

/** All that Google Cloud and the provider say of one resource type. */
export interface ResourceFacts {
  /** The group of rules that its rows belong to, which begins their ids: `run`. */
  readonly group: string;
  readonly name?: NameFacts;
  /** The attribute that holds labels. */
  readonly labels?: "labels" | "user_labels";
  /** Attributes whose change replaces the resource, besides `project`. */
  readonly replacedBy?: readonly string[] | typeof EVERYTHING;
  /** What the provider keeps as it was when it is only left out. */
  readonly keptWhenUnset?: readonly string[];
  /** Whether clients outside Terraform hold on to it, so that it must never be replaced. */
  readonly isIdentity?: boolean;
  /** What it holds and is lost with it, in the plural: "objects". */
  readonly holds?: string;
  /** What an attribute is when it is left out, by path. */
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
  readonly limits?: Limits;
  readonly alternatives?: readonly Alternatives[];
  readonly together?: readonly Together[];
  readonly order?: readonly Order[];
  readonly unique?: readonly Unique[];
}

export interface ResourceType extends ResourceFacts {
  /** As Terraform names it. */
  readonly type: string;
}

/**
 * A table. Enumerations that the provider's documentation lists are rows, too, unless the table has
 * one of its own there.
 */
export function resourceType(type: string, facts: ResourceFacts): ResourceType {
  let limits: Limits | undefined;
  return {
    type,
    ...facts,
    // When asked for: a document has only a few of all types.
    get limits() {
      limits ??= withReferences(type, withPossibleValues(type, withNameFormat(facts)));
      return limits;
    },
  };
}

/** What no kind of name may be. */
const NO_NAME = "-Ü ".repeat(400);

/** The format of the name is a row called `name`, whatever the attribute. */
function withNameFormat({ name: { attribute = "name", format } = {}, limits = {} }: ResourceFacts): Limits {
  if (!format) return limits;
  const row = format.trying({ refused: [NO_NAME] }).at(attribute, "name");
  return { ...limits, [attribute]: [row, ...[limits[attribute] ?? []].flat()] };
}

/** What the attributes refer to; a row of the table that says so itself goes first. */
function withReferences(type: string, limits: Limits): Limits {
  const merged: Record<string, Limit | readonly Limit[]> = { ...limits };
  for (const [path, targets] of Object.entries(references[type] ?? {})) {
    const own = [limits[path] ?? []].flat();
    const missing = Object.fromEntries(Object.entries(targets).filter(([target]) => own.every((each) => !(target in each.references))));
    if (Object.keys(missing).length === 0) continue;
    const ways = Object.entries(missing).map(([target, names]) => `the ${names.split(" ").join(" or ")} of a ${target}`);
    const row = reference(`${ways.join(", or ")}, where it refers to one`, missing).named("reference");
    merged[path] = [...own, row.fix(`use ${ways[0]}`, provider(`documentation of ${type} 7.45.0`))];
  }
  return merged;
}

function withPossibleValues(type: string, limits: Limits): Limits {
  const merged: Record<string, Limit | readonly Limit[]> = { ...limits };
  for (const [path, values] of Object.entries(possibleValues[type] ?? {})) {
    const own = [limits[path] ?? []].flat();
    if (own.some(({ isEnumeration }) => isEnumeration)) continue;
    const listed = [...values.split(" "), ...(newerValues[type]?.[path]?.split(" ") ?? [])];
    const row = oneOf(...listed).fix(`use ${listed.join(" or ")}`, provider(`${type} 6.50.0`, "validate"));
    merged[path] = own.length === 0 ? row : [row, ...own];
  }
  return merged;
}
