import type { Topology } from "../../topology/topology";
import { isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { nested, workloadsOf } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const KEY = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;
const CONNECTOR = /^projects\/[^/]+\/locations\/([^/]+)\/connectors\/[^/]+$/;
const SUBNETWORK = /\/regions\/([^/]+)\/subnetworks\//;

/** Where a KMS key is, by its own name or by its key ring in the document; undefined where that is not known. */
export function keyLocation(topology: Topology, value: unknown): string | undefined {
  const literal = KEY.exec(textOf(value) ?? "");
  if (literal) return literal[1];
  const key = topology.document.target(value);
  const ring = key?.type === "google_kms_crypto_key" ? key.values.key_ring : undefined;
  const ringResource = topology.document.target(ring);
  return textOf(ringResource?.values.location) ?? /\/locations\/([^/]+)\/keyRings\//.exec(textOf(ring) ?? "")?.[1];
}

/** The way into a VPC network, and encryption keys. */
export const cloudRunNetworkRules: readonly Rule[] = [
  {
    id: "run-vpc-way",
    title: "vpc_access has a connector or a network interface, not both",
    severity: "error",
    why: "The provider and Google Cloud reject both.",
    fix: "keep network_interfaces (Direct VPC egress) with a subnetwork of the region",
    source: `${API}, VpcAccess, read 2026-11-22; schema of google 7.45.0`,
    check(topology, report) {
      for (const access of workloadsOf(topology).flatMap((workload) => nested(workload, "vpc_access"))) {
        const { block, at, resource } = access;
        if (block.connector !== undefined && nested(access, "network_interfaces").length > 0)
          report(resource, `${at}.connector`, block.connector);
      }
    },
  },
  {
    id: "run-vpc-interface",
    title: "a network interface has a network or a subnetwork",
    severity: "error",
    why: "Google Cloud rejects an interface without either at apply.",
    fix: "set subnetwork to one in the region of the service",
    source: `${API}, NetworkInterface.network, read 2026-11-22`,
    check(topology, report) {
      for (const access of workloadsOf(topology).flatMap((workload) => nested(workload, "vpc_access"))) {
        for (const { block, at, resource } of nested(access, "network_interfaces")) {
          if (block.network === undefined && block.subnetwork === undefined) report(resource, at, undefined);
        }
      }
    },
  },
  {
    id: "run-vpc-region",
    title: "connector and subnetwork are in the region of the workload",
    severity: "error",
    why: "Google Cloud rejects a network path through another region at apply.",
    fix: "use a subnetwork or connector of the same region",
    source: "docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc, from general knowledge, 2026-11",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.region === undefined || workload.region === "global") continue;
        for (const access of nested(workload, "vpc_access")) {
          const connector = access.block.connector;
          const connectorRegion =
            CONNECTOR.exec(textOf(connector) ?? "")?.[1] ?? textOf(topology.document.target(connector)?.values.region);
          if (connectorRegion !== undefined && connectorRegion !== workload.region)
            report(workload.resource, `${access.at}.connector`, connector, connectorRegion);
          for (const { block, at } of nested(access, "network_interfaces")) {
            const subnetworkRegion =
              SUBNETWORK.exec(textOf(block.subnetwork) ?? "")?.[1] ??
              textOf(topology.document.target(block.subnetwork)?.values.region);
            if (subnetworkRegion !== undefined && subnetworkRegion !== workload.region)
              report(workload.resource, `${at}.subnetwork`, block.subnetwork, subnetworkRegion);
          }
        }
      }
    },
  },
  {
    id: "run-vpc-subnet-size",
    title: "a subnetwork for Direct VPC egress has at least a /26 range",
    severity: "error",
    why: "Google Cloud rejects a smaller one: instances take their addresses from it, and keep them for a while after they end.",
    fix: "give the subnetwork a /26 or larger, better a /24",
    source: "gcloud run deploy --subnet, help of the Google Cloud SDK, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        for (const access of nested(workload, "vpc_access")) {
          for (const { block, at } of nested(access, "network_interfaces")) {
            const subnetwork = topology.document.target(block.subnetwork);
            const prefix = /\/(\d+)$/.exec(textOf(subnetwork?.values.ip_cidr_range) ?? "")?.[1];
            if (prefix !== undefined && Number(prefix) > 26)
              report(workload.resource, `${at}.subnetwork`, block.subnetwork, `/${prefix}`);
          }
        }
      }
    },
  },
  {
    id: "run-key-region",
    title: "the encryption key is in the region of the workload",
    severity: "error",
    why: "Google Cloud rejects a key of another location, also a global one, at apply.",
    fix: "make a key ring in each region",
    source:
      "docs.cloud.google.com/functions/docs/securing/cmek (a single-region key), read 2026-11-22; general knowledge",
    check(topology, report) {
      for (const { block, at, resource, region } of workloadsOf(topology)) {
        const location = keyLocation(topology, block.encryption_key);
        if (region !== undefined && location !== undefined && location !== region)
          report(resource, `${at}.encryption_key`, block.encryption_key, location);
      }
    },
  },
  {
    id: "run-key-name",
    title: "the encryption key is named in full",
    severity: "error",
    why: "Google Cloud rejects a short name, and the name of a key version, at apply.",
    fix: "write projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY, or use google_kms_crypto_key.NAME.id",
    source: `${API}, RevisionTemplate.encryptionKey, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        const key = textOf(block.encryption_key);
        if (key !== undefined && key !== "" && !KEY.test(key)) report(resource, `${at}.encryption_key`, key);
      }
    },
  },
  {
    id: "run-key-shutdown",
    title: "a shutdown duration goes with the revocation action SHUTDOWN",
    severity: "warning",
    why: "It means nothing with another action; whether Google Cloud rejects or ignores it, the API does not say.",
    fix: "set encryption_key_revocation_action = SHUTDOWN, or take the duration away",
    source: `${API}, RevisionTemplate.encryptionKeyShutdownDuration, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        const action = block.encryption_key_revocation_action;
        if (block.encryption_key_shutdown_duration !== undefined && isKnown(action) && action !== "SHUTDOWN")
          report(resource, `${at}.encryption_key_shutdown_duration`, block.encryption_key_shutdown_duration);
      }
    },
  },
];
