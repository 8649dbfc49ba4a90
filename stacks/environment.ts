import { ContainerImage } from "../lib";
import { ValidationError } from "../lib/core/errors";
import { checkSettings, type Shape } from "./settings";
import type { State } from "./state";

/** One environment's settings. */
export interface Environment {
  /** Google Cloud project ID; overridden by `NAME_GOOGLE_PROJECT` in the process environment. */
  readonly project: string;
  /** Version constraint of hashicorp/google, 6.50.0 or later. Readiness probes need 7.19. */
  readonly googleProvider: string;
  readonly state: State;
  /** Whether `destroy` may delete it at once. */
  readonly destroyable: boolean;
  /** Labels of every resource that supports them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Domains of the API; empty means plain HTTP on the bare address. */
  readonly domains: readonly string[];
  /**
   * Image reference; overridden, like `build`, by `NAME_IMAGE` in the process environment.
   * Protected environments must pin a digest. @default that of `build`
   */
  readonly image?: string;
  /**
   * Builds and pushes the image from this checkout with a Docker engine, instead of `image`. If
   * `NAME_IMAGE` is set, only the registry is kept. @default none: no Docker engine is needed
   */
  readonly build?: BuildSettings;
  readonly regions: readonly string[];
  readonly drainingRegions: readonly string[];
  /** Share of requests that the load balancer logs, 0 to 1: an entry is 1 to 2 KiB. */
  readonly logSampleRate: number;
  readonly service: ServiceSettings;
  /**
   * A public Cloud DNS zone of the project for the domains' records. @default the records are
   * outputs, to create elsewhere
   */
  readonly dnsZone?: { readonly name: string; readonly dnsName: string };
  /** What the load balancer refuses or answers itself. @default it passes everything on */
  readonly edge?: EdgeSettings;
  /** What is promised, and who is told when it is not kept. @default nothing is watched */
  readonly observability?: ObservabilitySettings;
  /** What the project may cost a month; who is told of incidents is told of it. @default no budget */
  readonly budget?: { readonly billingAccount: string; readonly amountPerMonth: number };
}

/** See `BuiltImageProps` for limits. */
export interface BuildSettings {
  /** The build context, from the root of this checkout. */
  readonly directory: string;
  /** Name of the image in the registry. */
  readonly name: string;
  /** Multi-regions with a copy, `us`, `europe` and `asia`: those the regions pull from. */
  readonly registryLocations: readonly string[];
}

/** See `EdgeSecurityProps` for limits. */
export interface EdgeSettings {
  /**
   * Header with the API key. Requests without it get 403, and each key has its own limit. The
   * service checks the key itself.
   */
  readonly apiKeyHeader: string;
  /** Paths that need no key: exact, or `/docs/*`. */
  readonly keylessPaths: readonly string[];
  readonly requestsPerMinutePerKey: number;
  readonly requestsPerMinutePerIp: number;
  /** Paths whose GET responses Cloud CDN stores if the service sends `Cache-Control: public`. */
  readonly cachedPaths: readonly string[];
}

/** See `ObservabilityOptions` for limits. */
export interface ObservabilitySettings {
  /** Email addresses that are told of incidents. */
  readonly emails: readonly string[];
  /** Share of requests that must not fail, worldwide and in every region: 0.999. */
  readonly availabilityGoal: number;
  /**
   * Share of requests that must be answered in time, streamed answers to their end. @default no
   * promise
   */
  readonly latency?: { readonly thresholdMs: number; readonly goal: number };
  /** Paths that answer GET without an API key, probed from all over the world. */
  readonly probePaths: readonly string[];
  /** How long the API's logs are kept. @default 30 days, as Cloud Logging does */
  readonly logRetentionDays?: number;
  /** Whether reads and writes of data are logged, which costs: see `DataAccessLogs`. @default false */
  readonly dataAccessLogs?: boolean;
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
  /** Paths of Cloud Run's probes. @default startup: the port is open; the others: not probed */
  readonly probes?: ProbeSettings;
}

/** Paths that answer 2xx. */
export interface ProbeSettings {
  /** Succeeds when the model is loaded. */
  readonly startup?: string;
  /** Succeeds while the process is alive, busy or not; on failure the instance is restarted. */
  readonly liveness?: string;
  /**
   * Succeeds while the instance can take requests; needs provider 7.19. With `minInstances` of 1 or
   * more, regions fail over by it.
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
  allowed: "an image with a digest, …@sha256:…, in a protected environment",
};

const SETTINGS: Shape<Omit<Environment, "project" | "state">> = {
  googleProvider: "text",
  destroyable: "boolean",
  labels: "object of texts",
  domains: "list of texts",
  "image?": "text",
  "build?": { directory: "text", name: "text", registryLocations: "list of texts" },
  regions: "list of texts",
  drainingRegions: "list of texts",
  logSampleRate: "number",
  service: {
    cpu: "number",
    memoryMiB: "number",
    concurrency: "number",
    maxInstances: "number",
    "minInstances?": "number",
    "gpu?": ["l4", "rtxPro6000"],
    timeoutSeconds: "number",
    "env?": "object of texts",
    "modelBucket?": { bucket: "text", mountPath: "text" },
    "probes?": { "startup?": "text", "liveness?": "text", "readiness?": "text" },
  },
  "dnsZone?": { name: "text", dnsName: "text" },
  "edge?": {
    apiKeyHeader: "text",
    keylessPaths: "list of texts",
    requestsPerMinutePerKey: "number",
    requestsPerMinutePerIp: "number",
    cachedPaths: "list of texts",
  },
  "observability?": {
    emails: "list of texts",
    availabilityGoal: "number",
    "latency?": { thresholdMs: "number", goal: "number" },
    probePaths: "list of texts",
    "logRetentionDays?": "number",
    "dataAccessLogs?": "boolean",
  },
  "budget?": { billingAccount: "text", amountPerMonth: "number" },
};

/** By its kind. */
const STATES: { readonly [K in State["kind"]]: Shape<Extract<State, { readonly kind: K }>> } = {
  local: { kind: ["local"] },
  gcs: { kind: ["gcs"], bucket: "text", prefix: "text" },
  hcp: { kind: ["hcp"], organization: "text", workspace: "text" },
};

/** The prefix of an environment's variables: `EU_DEV` for `eu-dev`. */
export function variablePrefix(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/**
 * The settings of one environment with overrides from the process environment, checked.
 *
 * @throws ValidationError that names the wrong setting, its environment and the allowed values.
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
  // The other two have checks of their own, and a variable may override the project.
  const { project: _, state, ...others } = settings;
  checkSettings(where, others, SETTINGS);
  // An empty variable counts as unset, as in Terraform's provider.
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
  checkProbePaths(where, settings);
  checkState(where, state);
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
    fix: "remove image to build from this checkout, or remove build to use the image",
  });
}

/** Cloud Armor answers 403 to a probe without the API key. */
function checkProbePaths(where: string, { edge, observability }: Environment): void {
  if (!edge) return;
  const { keylessPaths } = edge;
  for (const path of observability?.probePaths ?? []) {
    if (keylessPaths.some((each) => each === path || (each.endsWith("/*") && path.startsWith(each.slice(0, -1)))))
      continue;
    throw new ValidationError(where, {
      what: "observability.probePaths",
      got: path,
      allowed: `paths that need no key: ${keylessPaths.join(", ") || "there are none"}`,
      fix: "add it to edge.keylessPaths, or probe another",
    });
  }
}

/** Uses the library's check, but puts the setting's name into the message. */
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
  if (Object.hasOwn(STATES, state?.kind)) checkSettings(where, state, STATES[state.kind], "state.");
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
