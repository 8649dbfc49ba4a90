import { blocksOf, type Resource, type TerraformDocument } from "./document";
import type { Topology } from "./topology";
import { isKnown, textOf, textOrDefault, textsOf } from "./value";

/** What listens on an address. */
export interface Frontend {
  readonly rule: Resource;
  /** The rule, as the subject of rules. */
  readonly resource: Resource;
  readonly isGlobal: boolean;
  /** Of a regional rule: its own, or that of its provider configuration; undefined where it is not known. */
  readonly region?: string;
  /** The address resource; undefined for a literal, an unresolved one, or none. */
  readonly address?: Resource;
  readonly ipVersion?: string;
  readonly portRange?: string;
  readonly scheme?: string;
  /** HTTP, HTTPS, TCP or SSL proxy. */
  readonly proxy?: Resource;
  readonly protocol?: "HTTP" | "HTTPS" | "TCP" | "SSL";
  readonly urlMap?: Resource;
  /**
   * Host names that the proxy has certificates for, as far as the document says; undefined where it
   * does not say all.
   */
  readonly certifiedHosts?: readonly string[];
}

const PROTOCOLS = { http: "HTTP", https: "HTTPS", tcp: "TCP", ssl: "SSL" } as const;

export function readFrontends(document: TerraformDocument): Frontend[] {
  return [
    ...document.ofType("google_compute_global_forwarding_rule"),
    ...document.ofType("google_compute_forwarding_rule"),
  ].map((rule) => {
    const proxy = document.target(rule.values.target);
    const kind = /_target_(http|https|tcp|ssl)_proxy$/.exec(proxy?.type ?? "")?.[1] as
      | keyof typeof PROTOCOLS
      | undefined;
    const address = document.target(rule.values.ip_address);
    return {
      rule,
      resource: rule,
      isGlobal: rule.type === "google_compute_global_forwarding_rule",
      region:
        rule.type === "google_compute_forwarding_rule"
          ? textOf(rule.values.region ?? document.providerOf(rule)?.region)
          : undefined,
      address,
      ipVersion: textOf(rule.values.ip_version) ?? textOf(address?.values.ip_version),
      portRange: textOf(rule.values.port_range)?.replace(/^(\d+)-\1$/, "$1"),
      scheme: textOf(rule.values.load_balancing_scheme),
      proxy: kind && proxy,
      protocol: kind && PROTOCOLS[kind],
      urlMap: document.target(proxy?.values.url_map),
      certifiedHosts: kind === "https" && proxy ? certifiedHosts(document, proxy) : undefined,
    };
  });
}

/**
 * The scheme that a forwarding rule will have; undefined where Terraform computes it, and for rules
 * that have none (written as "").
 */
export function schemeOfRule(rule: Resource): string | undefined {
  return textOrDefault(rule.values.load_balancing_scheme, "EXTERNAL") || undefined;
}

/** A target proxy, and the forwarding rules that lead to it. */
export interface Proxy {
  readonly resource: Resource;
  readonly isGlobal: boolean;
  readonly protocol: NonNullable<Frontend["protocol"]>;
  readonly rules: readonly Resource[];
}

export function readProxies({ document, frontends }: Topology): Proxy[] {
  return Object.entries(PROTOCOLS).flatMap(([kind, protocol]) =>
    ["", "region_"].flatMap((scope) =>
      document.ofType(`google_compute_${scope}target_${kind}_proxy`).map((resource) => ({
        resource,
        isGlobal: scope === "",
        protocol,
        rules: frontends.flatMap(({ proxy, rule }) => (proxy === resource ? [rule] : [])),
      })),
    ),
  );
}

/**
 * The hosts that a proxy's certificates name; undefined as soon as one of them is not in the
 * document.
 */
export function certifiedHosts(document: TerraformDocument, proxy: Resource): readonly string[] | undefined {
  const mapReference = textsInTemplate(proxy.values.certificate_map);
  if (mapReference !== undefined) {
    const map = document.references(mapReference).map((reference) => document.at(reference.address))[0];
    return map && map.type === "google_certificate_manager_certificate_map" ? mapHosts(document, map) : undefined;
  }
  const lists = [proxy.values.ssl_certificates, proxy.values.certificate_manager_certificates].filter(
    (list) => list !== undefined,
  );
  const hosts: string[] = [];
  for (const list of lists) {
    if (!Array.isArray(list)) return undefined;
    for (const item of list) {
      const domains = managedDomains(document.target(item));
      if (!domains) return undefined;
      hosts.push(...domains);
    }
  }
  return hosts;
}

function textsInTemplate(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function mapHosts(document: TerraformDocument, map: Resource): string[] | undefined {
  const hosts: string[] = [];
  for (const entry of document.ofType("google_certificate_manager_certificate_map_entry")) {
    const named = document.target(entry.values.map);
    // An entry whose map is an expression or a literal may belong here.
    if (!named && textOf(entry.values.map) !== textOf(map.values.name)) return undefined;
    if (named && named !== map) continue;
    if (entry.values.matcher !== undefined) return undefined;
    const hostname = textOf(entry.values.hostname);
    if (hostname === undefined) return undefined;
    hosts.push(hostname);
  }
  return hosts;
}

function managedDomains(certificate: Resource | undefined): string[] | undefined {
  const managed = blocksOf(certificate?.values.managed)[0];
  return managed && Array.isArray(managed.domains) && isKnown(managed.domains) ? textsOf(managed.domains) : undefined;
}
