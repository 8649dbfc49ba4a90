import { ContainerImage } from "../lib";
import { ValidationError } from "../lib/core/errors";
import type { State } from "./state";

/** One environment's settings. */
export interface Environment {
  /** Google Cloud project ID; `NAME_GOOGLE_PROJECT` in the process environment wins over it. */
  readonly project: string;
  /** Version constraint of hashicorp/google, 6.50.0 or later. Readiness probes need 7.19. */
  readonly googleProvider: string;
  readonly state: State;
  /** Whether `destroy` may take it down at once. */
  readonly destroyable: boolean;
  /** On every resource that has labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Domains of the API; none means plain HTTP on the bare address. */
  readonly domains: readonly string[];
  /**
   * Image reference; `NAME_IMAGE` in the process environment wins over it and over `build`. Not
   * destroyable environments need a digest. @default that of `build`
   */
  readonly image?: string;
  /**
   * Builds the image from this checkout with a Docker engine, and pushes it. Instead of `image`;
   * where `NAME_IMAGE` is set, only its registry stays. @default none: no Docker engine is needed
   */
  readonly build?: BuildSettings;
  readonly regions: readonly string[];
  readonly drainingRegions: readonly string[];
  readonly service: ServiceSettings;
  /**
   * A public Cloud DNS zone of the project, in which the records of the domains are created.
   * @default the records are outputs, to set elsewhere
   */
  readonly dnsZone?: { readonly name: string; readonly dnsName: string };
  /**
   * What the load balancer refuses, and answers itself, before it asks a region. @default it passes
   * everything on
   */
  readonly edge?: EdgeSettings;
}

/** See `BuiltImageProps` for limits. */
export interface BuildSettings {
  /** The build context, from the root of this checkout. */
  readonly directory: string;
  /** Name of the image in the registry. */
  readonly name: string;
  /**
   * Multi-regions that hold a copy of it, `us`, `europe` and `asia`: those of the regions that pull
   * it.
   */
  readonly registryLocations: readonly string[];
}

/** See `EdgeSecurityProps` for limits. */
export interface EdgeSettings {
  /**
   * Header that carries the API key; requests without it get 403, and each key has a limit of its
   * own. The service checks the key itself.
   */
  readonly apiKeyHeader: string;
  /** Paths that need no key: exact, or `/docs/*`. */
  readonly keylessPaths: readonly string[];
  readonly requestsPerMinutePerKey: number;
  readonly requestsPerMinutePerIp: number;
  /**
   * Paths whose answers to GET Cloud CDN stores, as far as the service says `Cache-Control:
   * public`.
   */
  readonly cachedPaths: readonly string[];
}

/** How the model server runs; see `CloudRunOptions` for limits and defaults. */
export interface ServiceSettings {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly concurrency: number;
  readonly maxInstances: number;
  readonly minInstances?: number;
  readonly gpu?: "l4" | "rtxPro6000";
  readonly timeoutSeconds: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A Cloud Storage bucket with the weights, mounted read-only. */
  readonly modelBucket?: { readonly bucket: string; readonly mountPath: string };
  /**
   * Paths by which Cloud Run asks an instance how it is. @default startup: the port is open; the
   * others: not asked
   */
  readonly probes?: ProbeSettings;
}

/** Paths that answer 2xx. */
export interface ProbeSettings {
  /** When the model is loaded. */
  readonly startup?: string;
  /** While the process is alive, busy or not: where it fails, the instance is restarted. */
  readonly liveness?: string;
  /**
   * While the instance can take requests; needs provider 7.19. With `minInstances` of 1 or more,
   * regions fail over by it.
   */
  readonly readiness?: string;
}

interface Format {
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** Formats that Google Cloud and HCP Terraform would only reject later. */
const PROJECT: Format = {
  pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  allowed:
    "a project ID: 6 to 30 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen",
};
const BUCKET: Format = {
  pattern: /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  allowed: "a bucket name: 3 to 63 lower-case letters, digits, hyphens, underscores and dots, without gs://",
};
const PREFIX: Format = {
  pattern: /^[^\s/]([^\s]*[^\s/])?$/,
  allowed: "a folder in the bucket, without slash at either end",
};
const HCP_NAME: Format = {
  pattern: /^[A-Za-z0-9_-]{1,90}$/,
  allowed: "1 to 90 letters, digits, hyphens and underscores",
};
const LABEL_KEY: Format = {
  pattern: /^[a-z][a-z0-9_-]{0,62}$/,
  allowed: "1 to 63 lower-case letters, digits, _ and -, starting with a letter",
};
const LABEL_VALUE: Format = {
  pattern: /^[a-z0-9_-]{0,63}$/,
  allowed: "at most 63 lower-case letters, digits, _ and -",
};
const PINNED: Format = {
  pattern: /@sha256:[0-9a-f]{64}$/,
  allowed: "an image with a digest, …@sha256:…, where an environment is not destroyable",
};

/** The compiler asks for these too, but synthesizing does not run it. */
const REQUIRED = ["googleProvider", "destroyable", "domains", "regions", "drainingRegions", "service"] as const;

/** What stands before the names of an environment's variables: `EU_DEV` for `eu-dev`. */
export function variablePrefix(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/**
 * The settings of one environment, with what the process environment overrides, checked.
 *
 * @throws ValidationError that says which setting of which environment is wrong, and what it may
 * be.
 */
export function resolveEnvironment(
  name: string,
  table: Readonly<Record<string, Environment>>,
  processEnv: Readonly<Record<string, string | undefined>>,
): Environment {
  const settings = Object.hasOwn(table, name) ? table[name] : undefined;
  const where = `stacks/environments.ts ${name}`;
  if (!settings) {
    throw new ValidationError(where, {
      what: "environment",
      got: name,
      allowed: Object.keys(table).join(", "),
      fix: "add it to the table",
    });
  }
  for (const setting of REQUIRED) {
    if (settings[setting] !== undefined) continue;
    throw new ValidationError(where, {
      what: setting,
      got: undefined,
      allowed: "a value",
      fix: "set it as the other environments do",
    });
  }
  // A variable that is set to nothing counts as not set, as for Terraform's provider.
  const overridden = (setting: "project" | "image", suffix: string) => {
    const variable = `${variablePrefix(name)}_${suffix}`;
    const value = processEnv[variable];
    return value ? { what: variable, value } : { what: setting, value: settings[setting] };
  };
  const project = overridden("project", "GOOGLE_PROJECT");
  const image = overridden("image", "IMAGE");
  check(where, project.what, project.value, PROJECT);
  const builds = image.value === undefined && settings.build !== undefined;
  if (!builds) {
    checkImage(where, image.what, image.value);
    if (!settings.destroyable) check(where, image.what, image.value, PINNED);
  }
  checkBuild(where, settings);
  checkState(where, settings.state);
  for (const [key, value] of Object.entries(settings.labels ?? {})) {
    check(where, "labels", key, LABEL_KEY);
    check(where, `labels.${key}`, value, LABEL_VALUE);
  }
  return { ...settings, project: project.value!, ...(!builds && { image: image.value }) };
}

function checkBuild(where: string, { image, build }: Environment): void {
  if (image === undefined || build === undefined) return;
  throw new ValidationError(where, {
    what: "build",
    got: "image and build",
    allowed: "one of the two",
    fix: "take image away to serve what is built from this checkout, or build to serve the image",
  });
}

/** The library says what an image reference is; here the message gets the name of the setting. */
function checkImage(where: string, what: string, value: string | undefined): void {
  if (value !== undefined && isImage(value)) return;
  throw new ValidationError(where, {
    what,
    got: value,
    allowed: "an image reference: HOST/PATH:TAG or HOST/PATH@sha256:DIGEST, path in lower case",
    fix: "copy it from the registry, without https://, or set build",
  });
}

function isImage(value: string): boolean {
  try {
    ContainerImage.fromReference(value);
    return true;
  } catch {
    return false;
  }
}

function checkState(where: string, state: State): void {
  switch (state?.kind) {
    case "local":
      return;
    case "gcs":
      check(where, "state.bucket", state.bucket, BUCKET);
      check(where, "state.prefix", state.prefix, PREFIX);
      return;
    case "hcp":
      check(where, "state.organization", state.organization, HCP_NAME);
      check(where, "state.workspace", state.workspace, HCP_NAME);
      return;
    default:
      throw new ValidationError(where, {
        what: "state",
        got: state,
        allowed: 'kind "local", "gcs" or "hcp"',
        fix: "say where Terraform keeps the state",
      });
  }
}

function check(where: string, what: string, value: string | undefined, format: Format): void {
  if (typeof value === "string" && format.pattern.test(value)) return;
  throw new ValidationError(where, { what, got: value, allowed: format.allowed, fix: `set ${what}` });
}
