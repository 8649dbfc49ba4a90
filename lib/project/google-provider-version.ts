import { type TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { atLeast, excludesAllFrom, lowerBound, parseConstraint } from "../language/version-constraint";
import { setInJsonAndHcl } from "./hcl-override";

/** The provider version that the bindings were generated from; it has every typed attribute. */
const PROVIDER_FLOOR = "6.50.0";
/** Of stacks that pin nothing: a major version comes by a pin, never by itself. */
const PROVIDER_CEILING = "8.0.0";

const CHILD_ID = "GoogleProviderVersion";

/**
 * The version of hashicorp/google that a stack requires.
 *
 * The typed bindings are frozen at 6.50.0. Newer attributes are set through `setNewerAttribute`,
 * which raises the stack's constraint, or throws if the stack is pinned to an older provider. A
 * stack that uses no such attribute and pins nothing keeps the bindings' constraint.
 */
@checked
export class GoogleProviderVersion extends Construct {
  /** The stack's single instance, created on first use. */
  public static of(scope: IConstruct): GoogleProviderVersion {
    const stack = TerraformStack.of(scope);
    return (
      (stack.node.tryFindChild(CHILD_ID) as GoogleProviderVersion | undefined) ??
      new GoogleProviderVersion(stack, CHILD_ID)
    );
  }

  private pinned?: string;
  private raised?: { version: string; because: string };

  private constructor(scope: Construct, id: string) {
    super(scope, id);
  }

  /**
   * Requires these provider versions instead of the bindings' own.
   *
   * @param constraint A Terraform version constraint with a lower bound: `7.45.0`, `~> 7.19`, `>=
   * 6.50.0, < 9.0.0`.
   * @throws ValidationError when it is malformed, admits versions below 6.50.0 or none at all, or
   * excludes an attribute in use.
   */
  public pin(constraint: string): void {
    const terms = parseConstraint(constraint);
    const low = terms && lowerBound(terms);
    if (!terms || !low || !atLeast(low, PROVIDER_FLOOR)) {
      throw new ValidationError(this, {
        what: "provider version",
        got: constraint,
        allowed: `a Terraform version constraint that starts at ${PROVIDER_FLOOR} or later, like "7.45.0", "~> 7.19" or ">= 6.50.0, < 9.0.0"`,
        fix: `raise its lower bound to ${PROVIDER_FLOOR}: the constructs use attributes that older providers do not have`,
      });
    }
    if (excludesAllFrom(terms, low)) {
      throw new ValidationError(this, {
        what: "provider version",
        got: constraint,
        allowed: "a constraint that admits at least one version",
        fix: "raise its upper bound above its lower bound",
      });
    }
    if (this.raised && excludesAllFrom(terms, this.raised.version))
      this.refuse(constraint, this.raised.version, this.raised.because);
    this.pinned = constraint;
    this.write();
  }

  /** Raises the constraint to `version`, the first with the attribute `because`. */
  public require(version: string, because: string): void {
    if (this.pinned && excludesAllFrom(parseConstraint(this.pinned)!, version))
      this.refuse(this.pinned, version, because);
    if (!this.raised || !atLeast(this.raised.version, version)) this.raised = { version, because };
    this.write();
  }

  private refuse(pinned: string, version: string, because: string): never {
    throw new ValidationError(this, {
      what: "provider version",
      got: pinned,
      allowed: `${version} or later, because of ${because}`,
      fix: `pin hashicorp/google to "~> ${version.replace(/\.0$/, "")}", or do without ${because}`,
    });
  }

  private write(): void {
    const { pinned, raised } = this;
    const low = pinned ? lowerBound(parseConstraint(pinned)!)! : undefined;
    const raise = raised && (!low || !atLeast(low, raised.version)) ? `>= ${raised.version}` : undefined;
    const base = pinned ?? `< ${PROVIDER_CEILING}`;
    const constraint = raise ? `${raise}, ${base}` : base;
    TerraformStack.of(this).addOverride("terraform.required_providers.google.version", constraint);
  }
}

/** Attributes newer than the bindings, with their first version (CHANGELOG, read 2026-11-22). */
const NEWER_ATTRIBUTES = {
  on_failed_health_check: { since: "7.39.0", path: "instance_lifecycle_policy.on_failed_health_check" },
  readiness_probe: { since: "7.19.0", path: "template.containers.0.readiness_probe" },
  default_uri_disabled: { since: "7.7.0", path: "default_uri_disabled" },
  cache_policy: { since: "7.30.0", path: "path_matcher" },
  security_policy: { since: "7.8.0", path: "security_policy" },
  ingest_on_write: { since: "7.32.0", path: "ingest_on_write" },
  request_body_inspection_size: { since: "7.17.0", path: "advanced_options_config.request_body_inspection_size" },
} as const;

/**
 * Sets an attribute missing from the bindings and raises the stack's provider version to its first.
 */
export function setNewerAttribute(
  resource: TerraformResource,
  attribute: keyof typeof NEWER_ATTRIBUTES,
  value: unknown,
): void {
  const { since, path } = NEWER_ATTRIBUTES[attribute];
  GoogleProviderVersion.of(resource).require(
    since,
    `${resource.terraformResourceType}.${attribute} at ${resource.node.path}`,
  );
  setInJsonAndHcl(resource, path, value);
}

/**
 * `mount_options` is in one of several volumes, so only the caller knows its path.
 *
 * @param volume Path of the volume: `template.volumes.0`.
 */
export function setGcsMountOptions(resource: TerraformResource, volume: string, options: readonly string[]): void {
  GoogleProviderVersion.of(resource).require(
    "7.4.0",
    `${resource.terraformResourceType}.mount_options at ${resource.node.path}`,
  );
  setInJsonAndHcl(resource, `${volume}.gcs.mount_options`, options);
}

/** Volumes on disk are a value of an attribute that older providers have, and refuse. */
export function requireDiskVolumes(resource: TerraformResource): void {
  GoogleProviderVersion.of(resource).require(
    "7.24.0",
    `${resource.terraformResourceType}.volumes.empty_dir.medium DISK at ${resource.node.path}`,
  );
}
