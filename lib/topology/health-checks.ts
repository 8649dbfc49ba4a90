import { type Block, blockOf } from "./document";
import { isUnset, numberOf, textOrDefault } from "./value";

/**
 * How a health check probes: its one block `http_health_check`, `tcp_health_check` and so on;
 * undefined where that is not known.
 */
export function probeOf(check: Block): { readonly kind: string; readonly block: Block } | undefined {
  for (const [kind, value] of Object.entries(check)) {
    const block = /_health_check$/.test(kind) ? blockOf(value) : undefined;
    if (block) return { kind, block };
  }
  return undefined;
}

/**
 * The port that a health check probes where it says so, or by default; undefined for the serving
 * port and for what is not known.
 */
export function probedPort(check: Block): { readonly port: number; readonly isDefault: boolean } | undefined {
  const probe = probeOf(check);
  if (!probe || textOrDefault(probe.block.port_specification || undefined, "USE_FIXED_PORT") !== "USE_FIXED_PORT")
    return undefined;
  const port = numberOf(probe.block.port);
  if (port !== undefined) return { port, isDefault: false };
  if (!isUnset(probe.block, "port") || probe.kind.startsWith("grpc")) return undefined;
  return { port: /^(https|http2|ssl)_/.test(probe.kind) ? 443 : 80, isDefault: true };
}

/** Whether a health check takes the port of the backend service that uses it. */
export function probesServingPort(check: Block): boolean {
  return probeOf(check)?.block.port_specification === "USE_SERVING_PORT";
}
