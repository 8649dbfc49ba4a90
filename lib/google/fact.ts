import type { Source } from "./source";

/** What happens to most of what Google Cloud does not allow. */
export const REJECTED = "Google Cloud rejects it at apply, half-way through the deploy.";

/**
 * What rows of every kind have in common: a name, a reason, a fix and a source. Each method returns
 * a changed copy.
 */
export abstract class Fact {
  /** What the row adds to its group's prefix in the id of its rule. */
  public abstract readonly key: string;
  /** What must hold, in words. */
  public abstract readonly title: string;
  public readonly fixText: string = "";
  public readonly source?: Source;
  public readonly whyText?: string;
  /** Whether Google Cloud accepts it, so that a violation is only a warning. */
  public readonly isAdvice: boolean = false;
  /** Whether it is said once for a document instead of once for each resource. */
  public readonly isOnce: boolean = false;

  /** What the user should do instead, and where the fact stands. */
  public fix(fixText: string, source = this.source): this {
    return this.with({ fixText, source });
  }

  /** Where the fact stands. */
  public from(source: Source): this {
    return this.with({ source });
  }

  /** What happens otherwise, where that is not that Google Cloud rejects it. */
  public why(whyText: string): this {
    return this.with({ whyText });
  }

  /** Google Cloud accepts it; why it is a bad idea all the same. */
  public advice(whyText: string): this {
    return this.with({ whyText, isAdvice: true });
  }

  /** Advice on which opinions differ: said once for a document. */
  public opinion(whyText: string): this {
    return this.with({ whyText, isAdvice: true, isOnce: true });
  }

  /** What happens where it does not hold. */
  public get reason(): string {
    if (this.whyText !== undefined) return this.whyText;
    const by = this.source?.refusedBy;
    return by === undefined ? REJECTED : `The provider rejects it: terraform ${by} says so too, but later.`;
  }

  protected with(changes: object): this {
    return Object.assign(Object.create(Object.getPrototypeOf(this) as object), this, changes) as this;
  }
}

/**
 * An attribute path as part of an id: `template.scaling.min_instance_count` →
 * `template-scaling-min-instance-count`.
 */
export function kebab(path: string): string {
  return path.replace("[]", "").replace(/[._]+/g, "-").replace(/^-|-$/g, "");
}
