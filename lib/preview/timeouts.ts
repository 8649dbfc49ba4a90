import type { Resource } from "../topology/document";
import { numberOf } from "../topology/value";

/**
 * Seconds after which a backend service gives up on a request: 30 where `timeout_sec` does not say
 * otherwise; with serverless NEGs an hour, whatever it says
 * (docs.cloud.google.com/load-balancing/docs/backend-service#timeout-setting, read 2026-11-28).
 */
export const SERVICE_TIMEOUT_SECONDS = { machines: 30, serverless: 3600 } as const;

export function timeoutOf({ values }: Resource, isServerless: boolean): number {
  if (isServerless) return SERVICE_TIMEOUT_SECONDS.serverless;
  return numberOf(values.timeout_sec) ?? SERVICE_TIMEOUT_SECONDS.machines;
}
