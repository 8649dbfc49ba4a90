import { table } from "../table";
import type { RegionProcess, RegionState } from "./region-process";
import type { RunningPreview } from "./running-preview";
import { readCounts } from "./statistics";

/** What has been done to a region, in words; empty for nothing. */
export function stateWords({ stopped, broken, unready, draining, slowMs }: RegionState): string {
  const words = [
    stopped && "stopped",
    broken && "broken",
    unready && "unready",
    draining && "draining",
    slowMs > 0 && `slow by ${slowMs} ms`,
  ].filter(Boolean);
  return words.join(", ");
}

/** The regions, what was done to them, and what Envoy has sent there. */
export async function statusTable(preview: RunningPreview): Promise<string> {
  const { byPort } = await readCounts(preview);
  const row = ({ upstream: { id }, state, running: { port, roundTripMs } }: RegionProcess) => {
    const { requests = 0, errors = 0, isEjected = false, isUnhealthy = false } = byPort.get(port) ?? {};
    const seen = [isEjected && "ejected", isUnhealthy && "unhealthy"].filter(Boolean).join(", ");
    return [id, `${roundTripMs} ms`, `${requests}`, `${errors}`, stateWords(state) || "as deployed", seen || "in use"];
  };
  return table([["", "round trip", "requests", "errors", "done", "load balancer"], ...preview.regions.map(row)]);
}
