import { Fact, kebab } from "./fact";

export type Scalar = string | number | boolean;

/** What an attribute may be. A row of `limits` is one of these, by the attribute's path. */
export class Limit extends Fact {
  /** The path relative to the blocks that the limit was written for. */
  public readonly path: string = "";
  public readonly isRequired: boolean = false;
  /** Conditions on other attributes of the same block; the limit holds only there. */
  public readonly conditions?: Conditions;
  /**
   * By the type of resource that the value refers to: the attributes that have the right format.
   */
  public readonly references: Readonly<Record<string, readonly string[]>> = {};
  /** Whether a reference to any other type is wrong. */
  public readonly isExclusive: boolean = false;
  public readonly name: string = "";
  private readonly called?: string;
  /** What no expression in the text can make right. */
  public readonly literal?: RegExp;

  public constructor(
    /** In words: `a whole number from 1 to 3600`. */
    public readonly text: string,
    /** Whether a value is allowed. Asked only of what is set and known. */
    public readonly holds: (value: unknown) => boolean,
    public readonly options: LimitOptions = {},
  ) {
    super();
  }

  public get key(): string {
    return [this.called ?? kebab(this.path), this.name].filter(Boolean).join("-");
  }

  public get title(): string {
    const where = this.conditions ? ` where ${conditionsText(this.conditions)}` : "";
    return `${mustText(`${this.path} ${verbOf(this)}`)}${where}`;
  }

  public get isEnumeration(): boolean {
    return this.options.isEnumeration ?? false;
  }

  /** For `set()` and `unset()`. */
  public get presence(): LimitOptions["presence"] {
    return this.options.presence;
  }

  public get min(): number {
    return this.options.min ?? Number.NEGATIVE_INFINITY;
  }

  public get max(): number {
    return this.options.max ?? Number.POSITIVE_INFINITY;
  }

  /** Of a text that must match one. */
  public get pattern(): RegExp {
    return this.options.pattern ?? /(?:)/;
  }

  /** It has to be set, too. */
  public required(): this {
    return this.with({ isRequired: true });
  }

  /** One of some values is allowed, too, such as 0 for "the default". */
  public or(...values: readonly Scalar[]): this {
    const { text, holds, options } = this;
    const other = oneOf(...values);
    const without = (list: readonly unknown[] = []) => list.filter((value) => !values.includes(value as Scalar));
    return this.with({
      text: `${other.text}, or ${text}`,
      holds: (value: unknown) => other.holds(value) || holds(value),
      options: { ...options, presence: undefined, allowed: [...values, ...(options.allowed ?? [])], refused: without(options.refused) },
    });
  }

  /** Only where other attributes of the same block are like this. */
  public when(conditions: Conditions): this {
    return this.with({ conditions });
  }

  /**
   * Which attributes of a resource have the right format: `refs({ google_compute_network: "id
   * self_link" })`. No attribute: the type is wrong.
   */
  public refs(attributes: Readonly<Record<string, string>>): this {
    const references = Object.fromEntries(Object.entries(attributes).map(([type, names]) => [type, names.split(" ").filter(Boolean)]));
    return this.with({ references });
  }

  /**
   * What is refused even in a text that Terraform has yet to complete: `refusing(/^projects\//)`.
   */
  public refusing(literal: RegExp): this {
    return this.with({ literal });
  }

  /** A reference to any type but those of `refs` is wrong. */
  public only(): this {
    return this.with({ isExclusive: true });
  }

  /** A second limit of one attribute needs a name of its own. */
  public named(name: string): this {
    return this.with({ name });
  }

  /** Where it stands in its table, and how it is called there. */
  public at(path: string, called?: string): this {
    return this.path === "" ? this.with({ path, called }) : this;
  }

  /** Values that the tests try, besides those at the bounds. */
  public trying(options: Pick<LimitOptions, "allowed" | "refused">): this {
    const { allowed = [], refused = [] } = this.options;
    return this.with({ options: { ...this.options, allowed: [...allowed, ...(options.allowed ?? [])], refused: [...refused, ...(options.refused ?? [])] } });
  }
}

export interface LimitOptions {
  readonly min?: number;
  readonly max?: number;
  /**
   * Whether only the shape matters (number of items, presence), so that expressions inside do not.
   */
  readonly shape?: boolean;
  readonly presence?: "set" | "unset";
  readonly isEnumeration?: boolean;
  readonly pattern?: RegExp;
  /** Values on both sides of each bound, for the tests. */
  readonly allowed?: readonly unknown[];
  readonly refused?: readonly unknown[];
}

/**
 * What attributes of one block are, by name: a value, one of several values, or a limit. A name
 * like `/protocol` is an attribute of the resource itself.
 */
export type Conditions = Readonly<Record<string, Scalar | readonly Scalar[] | Limit>>;

/**
 * Limits by attribute path. With `[]` at the end, each item of a list is judged. Every instance of
 * a repeated block is visited.
 */
export type Limits = Readonly<Record<string, Limit | readonly Limit[]>>;

/** The same limits below one or several blocks: `at("template", containers)`. */
export function at(places: string | readonly string[], limits: Limits): Limits {
  const rows = Object.entries(limits).map(([path, limit]) => ({ path, limits: [limit].flat().map((each) => each.at(path)) }));
  return Object.fromEntries([places].flat().flatMap((place) => rows.map(({ path, limits }) => [`${place}.${path}`, limits])));
}

export function conditionsText(conditions: Conditions): string {
  return Object.entries(conditions)
    .map(([name, condition]) => `${name.replace(/^\//, "")} ${condition instanceof Limit ? verbOf(condition) : `is ${listed(condition)}`}`)
    .join(" and ");
}

/** `is 1 to 3`, or as the text itself says it: `has a disk`. */
function verbOf({ text }: Limit): string {
  return text.startsWith("has ") ? text : `is ${text}`;
}

/** What is, as what must be. */
export function mustText(text: string): string {
  return text.replaceAll(" is not ", " must not be ").replaceAll(" is ", " must be ").replaceAll(" has ", " must have ");
}

function listed(values: Scalar | readonly Scalar[]): string {
  return [values]
    .flat()
    .map((value) => JSON.stringify(value))
    .join(" or ");
}

/** What has a size within limits. The tests try values on both sides of each. */
function sized(
  text: string,
  min: number,
  max: number,
  sizeOf: (value: unknown) => number,
  write: (size: number) => unknown,
  { step = 1, ...options }: LimitOptions & { readonly step?: number } = {},
): Limit {
  const holds = (value: unknown) => sizeOf(value) >= min && sizeOf(value) <= max;
  const tried = (isAllowed: boolean) => {
    const values = [min - step, min, min + step, max, max + step].filter(Number.isFinite).map(write);
    // An empty text is as good as none.
    return values.filter((value) => value !== "" && holds(value) === isAllowed);
  };
  return new Limit(text, holds, {
    min,
    max,
    ...(options.shape && { shape: true }),
    get allowed() {
      return tried(true);
    },
    get refused() {
      return [...tried(false), ...(options.refused ?? [])];
    },
  });
}

function upTo(what: string, min: number, max: number): string {
  return Number.isFinite(max) ? `${what} ${min} to ${max}` : `${what} ${min}`;
}

/** A whole number within limits. */
export function integer(min: number, max = Number.POSITIVE_INFINITY): Limit {
  const whole = (value: unknown) => (Number.isInteger(numeric(value)) ? numeric(value) : Number.NaN);
  return sized(upTo("a whole number from", min, max), min, max, whole, Number, { refused: [min + 0.5] });
}

/** A number within limits. */
export function number(min: number, max = Number.POSITIVE_INFINITY): Limit {
  return sized(upTo("a number from", min, max), min, max, numeric, Number, { step: 0.01 });
}

/** A number above `min` and up to `max`. */
export function above(min: number, max = Number.POSITIVE_INFINITY): Limit {
  const text = Number.isFinite(max) ? `a number above ${min} and up to ${max}` : `a number above ${min}`;
  return sized(text, min, max, (value) => (numeric(value) === min ? Number.NaN : numeric(value)), Number, { step: 0.01 });
}

/** A duration as Google's APIs write it, `3.5s`, within limits. */
export function seconds(min: number, max = Number.POSITIVE_INFINITY): Limit {
  const text = `${Number.isFinite(max) ? `${min} to ${max}` : `at least ${min}`} seconds, written like "${min}s"`;
  const sizeOf = (value: unknown) => (typeof value === "string" && /^\d+(\.\d{1,9})?s$/.test(value) ? Number(value.slice(0, -1)) : Number.NaN);
  return sized(text, min, max, sizeOf, (size) => `${size}s`, { refused: ["1 minute"] });
}

/** A text of limited length. */
export function length(min: number, max: number): Limit {
  const sizeOf = (value: unknown) => (typeof value === "string" ? value.length : Number.NaN);
  return sized(`${min} to ${max} characters`, min, max, sizeOf, (size) => "x".repeat(Math.max(size, 0)));
}

/** A list, or a repeated block, of limited size. Its items may be expressions. */
export function items(min: number, max = Number.POSITIVE_INFINITY): Limit {
  const range = !Number.isFinite(max) ? `at least ${min}` : min === 0 ? `at most ${max}` : min === max ? `exactly ${min}` : `${min} to ${max}`;
  const sizeOf = (value: unknown) => (Array.isArray(value) ? value.length : 1);
  return sized(`${range} ${max === 1 ? "item" : "items"}`, min, max, sizeOf, (size) => Array.from({ length: Math.max(size, 0) }, () => ({})), { shape: true });
}

/** A map with a limited number of entries. */
export function entries(max: number): Limit {
  const sizeOf = (value: unknown) => (typeof value === "object" && value !== null ? Object.keys(value).length : 0);
  const write = (size: number) => Object.fromEntries(Array.from({ length: Math.max(size, 0) }, (_, index) => [`k${index}`, "v"]));
  return sized(`at most ${max} entries`, 0, max, sizeOf, write, { shape: true });
}

/**
 * Whether a value is one of some. Terraform JSON may write each as text, and false is what is left
 * out.
 */
export function isOneOf(values: readonly Scalar[], value: unknown): boolean {
  return values.some((each) => each === value || String(each) === value || (each === false && value === undefined));
}

/** One of some values. */
export function oneOf(...values: readonly Scalar[]): Limit {
  const listed = values.map((value) => JSON.stringify(value)).join(values.length === 2 ? " or " : ", ");
  const text = values.length > 2 ? `one of ${listed}` : listed;
  return new Limit(text, (value) => isOneOf(values, value), { isEnumeration: true, allowed: values, refused: ["SOMETHING_ELSE"] });
}

/** Everything but some values. */
export function not(...values: readonly Scalar[]): Limit {
  const text = `not ${values.map((value) => JSON.stringify(value)).join(" or ")}`;
  return new Limit(text, (value) => !values.some((each) => each === value || String(each) === value), { refused: values });
}

/** A text that matches. */
export function matching(pattern: RegExp, text: string): Limit {
  return new Limit(text, (value) => typeof value === "string" && pattern.test(value), { pattern });
}

/** Whatever a function says. */
export function fulfilling(text: string, holds: (value: unknown) => boolean, options: LimitOptions = {}): Limit {
  return new Limit(text, holds, options);
}

/**
 * A reference to one of some types, by one of these attributes. What is not a reference may be
 * anything.
 */
export function reference(text: string, attributes: Readonly<Record<string, string>>): Limit {
  return fulfilling(text, () => true).refs(attributes);
}

/**
 * A list, or a repeated block, without repetitions; of blocks, those of one attribute. Equal
 * expressions are equal values.
 */
export function distinct(what = "item", keyOf = (item: unknown): unknown => (what === "item" ? item : (item as Record<string, unknown>)?.[what])): Limit {
  const holds = (list: unknown) => {
    const keys = [list].flat().flatMap((item) => keyOf(item) ?? []);
    return new Set(keys).size === keys.length;
  };
  const twice = keyOf("a") === undefined ? [{ [what]: "a" }, { [what]: "a" }] : ["a", "a"];
  return new Limit(`without a repeated ${what}`, holds, { shape: true, refused: [twice] });
}

/** Set, to whatever. As a row it says that the attribute is required. */
export const set = (): Limit => new Limit("set", (value) => !(Array.isArray(value) && value.length === 0), { shape: true, presence: "set" }).required();

/** Not set. */
export const unset = (): Limit => new Limit("not set", (value) => value === "" || (Array.isArray(value) && value.length === 0), { shape: true, presence: "unset", refused: ["x"] });

/** Terraform JSON may write a number as text. */
function numeric(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}
