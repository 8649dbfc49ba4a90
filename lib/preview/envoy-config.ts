import type { Topology } from "../topology/topology";
import type { Running } from "./plan";

/** A message of Envoy's configuration, as JSON. */
export type Envoy = Readonly<Record<string, unknown>>;

/** The configuration that makes Envoy the load balancer of a document, on 127.0.0.1. */
export function envoyConfig(_topology: Topology, running: Running): Envoy {
  return {
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: running.adminPort } } },
    static_resources: { listeners: [], clusters: [] },
  };
}
