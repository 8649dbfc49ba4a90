import { covers } from "../language/host-name";
import { isExpression, soleReference } from "../language/reference";
import type { Backend } from "./backends";
import type { CloudRunTarget } from "./cloud-run-targets";
import type { Resource } from "./document";
import type { Frontend } from "./frontends";
import { groupBy } from "./group-by";
import { isPublicService } from "./invocation";
import { addressOf, recordSets } from "./record-sets";
import type { Topology } from "./topology";
import { answerOf, type UrlMapAnswer, type UrlMapRequest } from "./url-map-answer";
import { textOf } from "./value";

/** Front ends by the address of their address resource. */
export function frontendsByAddress({ frontends }: Topology): ReadonlyMap<string, readonly Frontend[]> {
  return groupBy(frontends, ({ address }) => address?.address);
}

/** Whether it is known of all front ends on which address they listen. */
export function addressesKnown({ frontends }: Topology): boolean {
  return frontends.every(({ address, rule }) => address !== undefined || !isExpression(rule.values.ip_address));
}

/** The front ends that listen on an address resource. */
export function frontendsAt(topology: Topology, address: Resource): readonly Frontend[] {
  return topology.once(frontendsByAddress).get(address.address) ?? [];
}

/** The port that a front end listens on; undefined for several, or where it is not known. */
export function portOfFrontend({ portRange }: Frontend): number | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(portRange ?? "") ?? [];
  return first !== undefined && first === last && Number(first) <= 65535 ? Number(first) : undefined;
}

/** Hosts that records announce, in lower case and without the final dot, with their addresses. */
function readAnnounced(topology: Topology): ReadonlyMap<string, readonly (Resource | undefined)[]> {
  const records = topology.once(recordSets).filter(({ type }) => type === "A" || type === "AAAA");
  const byName = groupBy(records, ({ name }) => name?.replace(/\.$/, ""));
  return new Map(
    [...byName].map(([name, sets]) => [
      name,
      sets.flatMap(({ data }) => data.map(({ value }) => addressOf(topology, value)?.resource)),
    ]),
  );
}

/**
 * The front ends that a host leads to: by the address that it is, by its records, or by the
 * certificate of an HTTPS front end. Undefined where they are not all known.
 */
export function frontendsOf(topology: Topology, host: unknown): readonly Frontend[] | undefined {
  const reference = soleReference(host);
  const target = reference?.attribute === "address" ? topology.document.target(host) : undefined;
  const name = textOf(host)?.toLowerCase().replace(/\.$/, "");
  const certified = () =>
    topology.frontends
      .filter(({ certifiedHosts }) => certifiedHosts?.some((each) => covers(each.replace(/\.$/, ""), name ?? "")))
      .map(({ address }) => address);
  const addresses = target
    ? [target]
    : name === undefined
      ? []
      : (topology.once(readAnnounced).get(name) ?? topology.once(`certified ${name}`, certified));
  if (addresses.length === 0 || addresses.includes(undefined) || !topology.once(addressesKnown)) return undefined;
  const found = [...new Set(addresses as Resource[])].flatMap((address) => frontendsAt(topology, address));
  return found.length > 0 ? found : undefined;
}

/** What a front end serves by its URL map. */
export interface Served {
  readonly backends: readonly Backend[];
  /** Cloud Run services behind the backends. */
  readonly services: readonly CloudRunTarget[];
  /** Whether every answer needs a token or a sign-in: no backend lets anybody in without. */
  readonly isProtected: boolean;
}

/** What a front end serves; undefined where that is not all known, or nothing. */
export function servedBy(topology: Topology, { urlMap }: Frontend): Served | undefined {
  return (
    urlMap &&
    topology.once(`served ${urlMap.address}`, () => {
      const targets = topology.routesOf(urlMap).flatMap((route) => route.targets);
      return readServed(topology, [...new Set(targets.map(({ backend }) => topology.backendOf(backend)))]);
    })
  );
}

/** What the URL map of a front end does with a request; undefined where the document has none. */
export function answerAt(
  { urlMap, protocol }: Frontend,
  request: Omit<UrlMapRequest, "scheme">,
): UrlMapAnswer | undefined {
  return urlMap && answerOf(urlMap.values, { ...request, scheme: protocol === "HTTPS" ? "https" : "http" });
}

/**
 * What answers one request to a front end; undefined where that is not known, a redirect, or
 * nothing.
 */
export function answeredBy(
  topology: Topology,
  frontend: Frontend,
  request: Omit<UrlMapRequest, "scheme">,
): Served | undefined {
  const answer = answerAt(frontend, request);
  if (!answer?.isCertain) return answer && servedBy(topology, frontend);
  return readServed(
    topology,
    answer.targets.map(({ value }) => topology.backendOf(topology.document.target(value))),
  );
}

function readServed(topology: Topology, backends: readonly (Backend | undefined)[]): Served | undefined {
  if (backends.length === 0 || backends.includes(undefined)) return undefined;
  const known = backends as Backend[];
  if (known.some(({ groupsKnown }) => !groupsKnown)) return undefined;
  const ofBackend = known.map((backend) => ({ backend, services: servicesBehind(topology, backend) }));
  return {
    backends: known,
    services: ofBackend.flatMap(({ services }) => services),
    isProtected: ofBackend.every(
      ({ backend, services }) =>
        backend.iap ||
        (services.length > 0 &&
          services.length === backend.groups.length &&
          services.every((each) => needsToken(topology, each))),
    ),
  };
}

/** The Cloud Run services behind a backend service. */
export function servicesBehind(topology: Topology, { groups }: Backend): CloudRunTarget[] {
  return groups.flatMap(({ resource }) => (resource && topology.cloudRunBehind(resource)) ?? []);
}

/** Whether a service surely answers only to those who hold a grant that this document makes. */
export function needsToken(topology: Topology, { service, invokerBindings }: CloudRunTarget): boolean {
  return invokerBindings.length > 0 && isPublicService(topology, service) === false;
}
