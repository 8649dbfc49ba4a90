import type { Topology } from "../topology/topology";
import { clusters } from "./clusters";
import { type Envoy, loopback } from "./envoy";
import { INTERNAL_LISTENERS, listeners, originClusters } from "./listeners";
import type { Running } from "./plan";

/**
 * The configuration that makes Envoy the load balancer of a document, on 127.0.0.1. Run it with one
 * worker (`--concurrency 1`), so that rate limits and caches are those of one load balancer.
 */
export function envoyConfig(topology: Topology, running: Running): Envoy {
  return {
    admin: { address: loopback(running.adminPort) },
    bootstrap_extensions: [INTERNAL_LISTENERS],
    static_resources: {
      listeners: listeners(topology, running),
      clusters: [...clusters(topology, running), ...originClusters(topology, running)],
    },
  };
}
