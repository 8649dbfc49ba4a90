import type { Resource, TerraformDocument } from "./document";
import { holdersOf, readHolders } from "./holders";
import { nested } from "./place";
import type { Topology } from "./topology";
import { textOf } from "./value";
import { type Workload, workloadsOf } from "./workloads";

const SECRET = "google_secret_manager_secret";
/** Roles that let one read a secret. */
const READERS = /^roles\/(secretmanager\.(secretAccessor|admin)|owner)$/;

/** A place in a Cloud Run template that reads a secret. */
export interface SecretPlace {
  /** The workload. */
  readonly resource: Resource;
  readonly at: string;
  readonly workload: Workload;
  readonly value: unknown;
  readonly version: unknown;
  readonly asVariable: boolean;
}

/** The same where the secret is one of this document. */
export interface SecretUse extends SecretPlace {
  readonly secret: Resource;
  /** Its versions in this document. */
  readonly versions: readonly Resource[];
  /** The service account of this document that reads it. */
  readonly account?: Resource;
}

export function secretPlaces(topology: Topology): readonly SecretPlace[] {
  return topology.once(readPlaces);
}

export function secretUses(topology: Topology): readonly SecretUse[] {
  return topology.once(readUses);
}

/** Secrets of this document that some workload reads, each once. */
export function secretsRead(topology: Topology): readonly SecretUse[] {
  return [...new Map(secretUses(topology).map((use) => [use.secret, use])).values()];
}

function readPlaces(topology: Topology): SecretPlace[] {
  return workloadsOf(topology).flatMap((workload) => {
    const { resource } = workload;
    const variables = workload.containers
      .flatMap((container) => nested(container, "env"))
      .flatMap((env) => nested(env, "value_source"))
      .flatMap((source) => nested(source, "secret_key_ref"))
      .map(({ at, block }) => ({ at, value: block.secret, version: block.version, asVariable: true }));
    const files = workload.volumes
      .flatMap((volume) => nested(volume, "secret"))
      .map((secret) => {
        const version = nested(secret, "items")[0]?.block.version;
        return { at: secret.at, value: secret.block.secret, version, asVariable: false };
      });
    return [...variables, ...files].map((place) => ({ ...place, resource, workload }));
  });
}

function readUses(topology: Topology): SecretUse[] {
  const { document } = topology;
  const byId = new Map(document.ofType(SECRET).map((secret) => [textOf(secret.values.secret_id), secret]));
  return secretPlaces(topology).flatMap((place) => {
    const secret = secretOf(document, byId, place.value);
    if (!secret) return [];
    const versions = document
      .ofType(`${SECRET}_version`)
      .filter(({ values }) => secretOf(document, byId, lastPart(values.secret)) === secret);
    const account = document.target(place.workload.block.service_account);
    const isOurs = account?.type === "google_service_account" && !account.isData;
    return [{ ...place, secret, versions, account: isOurs ? account : undefined }];
  });
}

/** The name in `projects/PROJECT/secrets/NAME`. */
function lastPart(value: unknown): unknown {
  return textOf(value)?.split("/").at(-1) ?? value;
}

function secretOf(
  document: TerraformDocument,
  byId: ReadonlyMap<string | undefined, Resource>,
  value: unknown,
): Resource | undefined {
  const target = document.target(value);
  if (target) return target.type === SECRET && !target.isData ? target : undefined;
  const text = textOf(value);
  // A name with a project may be of another project.
  return text === undefined || text.includes("/") ? undefined : byId.get(text);
}

/** Grants by which the account surely reads the secret, and whether there may be others. */
export function readersOf(topology: Topology, { secret }: SecretUse, account: Resource) {
  return holdersOf(topology.once(readReaders), account, secret.address, textOf(secret.values.secret_id));
}

const readReaders = (topology: Topology) => readHolders(topology, SECRET, "secret_id", READERS);
