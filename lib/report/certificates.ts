import { AUTHORIZATION, CERTIFICATE } from "../topology/certificates";
import { blockOf, type Resource } from "../topology/document";
import { recordSets } from "../topology/record-sets";
import type { Topology } from "../topology/topology";
import { textOf } from "../topology/value";
import { type Content, code, html, lines, table } from "./html";
import { nameOf, type Report, resourceLink, shownTexts } from "./report";

const CERTIFICATES = [
  CERTIFICATE,
  "google_compute_managed_ssl_certificate",
  "google_compute_ssl_certificate",
  "google_compute_region_ssl_certificate",
];

/** Certificates, and what the DNS of their domains has to say. */
export function certificateTables({ topology }: Report): Content {
  const certificates = CERTIFICATES.flatMap((type) => topology.document.ofType(type));
  const records = recordsToSet(topology);
  if (certificates.length === 0 && records.length === 0) return undefined;
  return [
    certificates.length > 0 &&
      table(
        "Certificates",
        ["Certificate", "Domains", "Issued"],
        certificates.map((each) => [
          resourceLink(each, nameOf(each)),
          lines(shownTexts(blockOf(each.values.managed)?.domains).map(code)),
          issuer(topology, each),
        ]),
      ),
    records.length > 0 &&
      html`<h3>DNS records</h3>
<p class="note">The values are known after the deploy: <code>terraform output dns_records</code>, where the stack has that output.</p>
${table(
  "DNS records of the domains",
  ["Name", "Type", "Data", "Set by"],
  records.map(({ name, type, data, by }) => [code(name), type, data, by]),
)}`,
  ];
}

function issuer({ document }: Topology, { values, type }: Resource): Content {
  const managed = blockOf(values.managed);
  if (!managed) return "self-managed";
  if (managed.issuance_config !== undefined) return "by a private certificate authority";
  const authorizations = Array.isArray(managed.dns_authorizations) ? managed.dns_authorizations : [];
  if (type !== CERTIFICATE || authorizations.length === 0) return "by Google, once the domain leads here";
  const found = authorizations.flatMap((each) => document.target(each) ?? []);
  return [
    "by Google, once its DNS record is there: ",
    lines(found.map((each) => resourceLink(each, textOf(each.values.domain) ?? nameOf(each)))),
  ];
}

interface RecordToSet {
  readonly name: string;
  readonly type: string;
  readonly data: Content;
  readonly by: Content;
}

function recordsToSet(topology: Topology): RecordToSet[] {
  const { document, frontends } = topology;
  const own = topology.once(recordSets);
  const setBy = (name: string, type: string): Content => {
    const found = own.find((each) => each.name === `${name.toLowerCase()}.` && each.type === type);
    return found ? ["this document: ", resourceLink(found.resource)] : "you";
  };
  const addresses = new Map<string, RecordToSet>();
  for (const { certifiedHosts = [], address, ipVersion = "IPV4" } of frontends) {
    if (!address) continue;
    const type = ipVersion === "IPV6" ? "AAAA" : "A";
    for (const host of certifiedHosts.map((each) => each.replace(/\.$/, ""))) {
      const data = textOf(address.values.address) ?? ["address of ", resourceLink(address, nameOf(address))];
      addresses.set(`${host} ${type} ${address.address}`, { name: host, type, data, by: setBy(host, type) });
    }
  }
  const authorizations = document.ofType(AUTHORIZATION).map((each): RecordToSet => {
    const domain = textOf(each.values.domain) ?? "?";
    const isOfProject = each.values.type === "PER_PROJECT_RECORD";
    const name = isOfProject ? `_acme-challenge_….${domain}` : `_acme-challenge.${domain}`;
    const isSet = topology.referrers(each.address).some(({ type }) => type === "google_dns_record_set");
    return {
      name,
      type: "CNAME",
      data: ["record of ", resourceLink(each, nameOf(each))],
      by: isSet ? "this document" : "you",
    };
  });
  return [...addresses.values(), ...authorizations];
}
